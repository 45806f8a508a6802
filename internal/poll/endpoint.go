// SPDX-License-Identifier: Apache-2.0

package poll

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// ErrEndpoint is what Endpoint returns, wrapped.
var ErrEndpoint = errors.New("poll: bad endpoint")

// Endpoint makes the address of a service's document from what people write: a
// URL, or host, host:port or host:port/path alone, which mean http and, without a
// port, the given one. The port of a URL without one is its scheme's. An address
// without a path has the given one. The service's name takes the place of a
// parameter service in the query. IPv6 addresses stand in brackets.
func Endpoint(raw, port, path, service string) (*url.URL, error) {
	whole, bare := raw, !strings.Contains(raw, "://")
	if bare {
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
	case !isHost(u):
		return nil, fmt.Errorf("%w: %.64q is no host", ErrEndpoint, u.Host)
	}
	if n, err := strconv.ParseUint(u.Port(), 10, 16); u.Port() != "" && (err != nil || n == 0) {
		return nil, fmt.Errorf("%w: port %.16q is not between 1 and 65535", ErrEndpoint, u.Port())
	}
	if bare && u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), port)
	}
	if u.Path == "" {
		u.Path = path
	}
	u.RawQuery = withService(u.RawQuery, service)
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// isHost tells names and addresses from what url.Parse lets through besides.
func isHost(u *url.URL) bool {
	host := u.Hostname()
	if strings.Contains(host, ":") || strings.HasPrefix(u.Host, "[") {
		ip, err := netip.ParseAddr(host)
		return err == nil && ip.Is6() && strings.HasPrefix(u.Host, "[")
	}
	return !strings.ContainsFunc(host, func(r rune) bool {
		alphanumeric := r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return r <= 0x7f && !alphanumeric && r != '-' && r != '.' && r != '_'
	})
}

// withService returns a query with the service's name and nothing else changed.
func withService(query, service string) string {
	var kept []string
	for _, pair := range strings.Split(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(key); pair != "" && (err != nil || name != "service") {
			kept = append(kept, pair)
		}
	}
	return strings.Join(append(kept, "service="+url.QueryEscape(service)), "&")
}
