// SPDX-License-Identifier: Apache-2.0

package poll

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ErrEndpoint is what Endpoint returns, wrapped.
var ErrEndpoint = errors.New("poll: bad endpoint")

// Endpoint makes the address of a service's document from what people write: a
// URL, or host:port alone, which means http. An address without a path has the
// given one. The service's name is added to the query.
func Endpoint(raw, path, service string) (*url.URL, error) {
	whole := raw
	if !strings.Contains(raw, "://") {
		whole = "http://" + raw
	}
	u, err := url.Parse(whole)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrEndpoint, cause(err))
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%w: scheme %q is not http or https", ErrEndpoint, u.Scheme)
	case u.Hostname() == "":
		return nil, fmt.Errorf("%w: no host", ErrEndpoint)
	}
	if u.Path == "" {
		u.Path = path
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += "service=" + url.QueryEscape(service)
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}
