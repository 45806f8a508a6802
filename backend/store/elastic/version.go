// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// errVersion says that the server is none that the engine knows.
var errVersion = errors.New("needs Elasticsearch 7 to 9 or OpenSearch 1 to 3")

// version is what a server is.
type version struct {
	opensearch bool
	major      int
	number     string
}

func (v version) String() string {
	if v.opensearch {
		return "OpenSearch " + v.number
	}
	return "Elasticsearch " + v.number
}

// composable reports whether templates are of the newer kind. Jaeger uses the older
// one with OpenSearch, and who finds both gets the newer.
func (v version) composable() bool { return !v.opensearch && v.major >= 8 }

// detect asks the server what it is.
func (c *client) detect(ctx context.Context) (v version, err error) {
	b, err := c.call(ctx, request{method: http.MethodGet, path: "/"})
	if err != nil {
		return v, err
	}
	return parseVersion(b)
}

// parseVersion reads the answer to GET /.
func parseVersion(b []byte) (v version, err error) {
	var root struct {
		Tagline string `json:"tagline"`
		Version struct {
			Number       string `json:"number"`
			Distribution string `json:"distribution"`
		} `json:"version"`
	}
	if err := json.Unmarshal(b, &root); err != nil || root.Version.Number == "" {
		return v, fmt.Errorf("%w: what answers is neither: %.100q", errVersion, b)
	}
	v.number = root.Version.Number
	v.opensearch = root.Version.Distribution == "opensearch" || strings.Contains(root.Tagline, "OpenSearch")
	major, _, _ := strings.Cut(v.number, ".")
	v.major, err = strconv.Atoi(major)
	least, most := 7, 9
	if v.opensearch {
		least, most = 1, 3
		if v.major == 7 { // what it says when it is told to look like Elasticsearch
			v.major = 1
		}
	}
	if err != nil || v.major < least || v.major > most {
		return v, fmt.Errorf("%w: this is %.60s", errVersion, v)
	}
	return v, nil
}
