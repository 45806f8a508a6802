// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// aliasError says that no index has this alias.
type aliasError string

func (e aliasError) Error() string {
	return fmt.Sprintf("no index has the alias %s, which jaeger-es-rollover init makes", string(e))
}

// needed are the aliases that nothing can be read without. There may be none of
// dependencies, nor of the archive.
func (n *names) needed() []string {
	if !n.aliases {
		return nil
	}
	return []string{n.prefix + string(spans) + "-read", n.prefix + string(services) + "-read"}
}

// checkAliases asks the server for the aliases that are needed. The error is an
// aliasError, or that nothing answers. Which indices have one is asked in the way that
// needs no right but to read; what else the server answers, to who may only write say,
// is no error.
func (s *Store) checkAliases(ctx context.Context) error {
	for _, alias := range s.names.needed() {
		b, err := s.client.call(ctx, request{
			method: http.MethodGet, path: "/" + alias + "/_field_caps",
			query: "fields=_id&ignore_unavailable=true&allow_no_indices=true",
		})
		if errors.As(err, new(*serverError)) {
			continue
		}
		if err != nil {
			return err
		}
		var caps struct {
			Indices []string `json:"indices"` // nil if the server does not say it
		}
		if json.Unmarshal(b, &caps) == nil && caps.Indices != nil && len(caps.Indices) == 0 {
			return unavailable(aliasError(alias))
		}
	}
	return nil
}

// lacks reports whether the alias that is needed among names to read is missing, and
// returns it. That no shards have answered says so. When the archive has, it is what the
// server said when it was last asked.
func (s *Store) lacks(read string, shards int) (alias string, missing bool) {
	alias, _, _ = strings.Cut(read, ",")
	if !slices.Contains(s.names.needed(), alias) {
		return alias, false
	}
	_, err := s.link.trouble()
	return alias, shards == 0 || errors.Is(err, aliasError(alias))
}
