// SPDX-License-Identifier: Apache-2.0

// Package hosts says by which names a server may be called. A page of a foreign
// site can make its own name lead to this machine (DNS rebinding); what it sends
// then has that name in the Host header.
package hosts

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Allowed reports whether host, the Host header of a request, is localhost, an IP
// address, or one of names; "*" among them allows any.
func Allowed(host string, names []string) bool {
	if slices.Contains(names, "*") {
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
		slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, host) })
}
