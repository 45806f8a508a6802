// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// guard lets through what the user of this server may have sent: requests for
// a name that is the server's, and changes that no foreign page asks for.
func (s *server) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if !hostAllowed(r.Host, s.AllowedHosts) {
			writeError(w, errorf(http.StatusForbidden, "host %q is not allowed: see --allowed-hosts", shorten(r.Host)))
			return
		}
		if err := s.origins.Check(r); err != nil {
			writeError(w, errorf(http.StatusForbidden, "%v", err))
			return
		}
		h.ServeHTTP(w, r)
	})
}

func hostAllowed(host string, allowed []string) bool {
	if slices.Contains(allowed, "*") {
		return true
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") ||
		slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, host) })
}
