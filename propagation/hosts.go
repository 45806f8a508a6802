// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/go-spur/spur/internal/address"
)

// ErrHostPattern is what ParseHosts wraps.
var ErrHostPattern = errors.New("propagation: bad host pattern")

// Hosts is a set of hosts, to say which calls take contexts along: headers sent
// to strangers tell them ids and baggage, and break requests that are signed.
// It does not change, and may be used from any goroutine. A nil Hosts is empty.
type Hosts struct {
	all      bool
	names    map[string]bool // lower-case, without the dot at the end
	suffixes []string        // ".example.com"
	prefixes []netip.Prefix
}

// ParseHosts makes a set of patterns: a host name ("db.example.com"), a domain's
// hosts, not itself ("*.example.com"), an IP address, a network ("10.0.0.0/8"),
// or "*" for all. Names are matched without regard to case. The error names the
// pattern.
func ParseHosts(patterns ...string) (*Hosts, error) {
	h := &Hosts{names: map[string]bool{}}
	for _, p := range patterns {
		name := strings.ToLower(strings.TrimSpace(p))
		switch {
		case name == "*":
			h.all = true
		case strings.Contains(name, "/"):
			prefix, err := netip.ParsePrefix(name)
			if err != nil {
				return nil, fmt.Errorf("%w %q: %w", ErrHostPattern, shorten(p), err)
			}
			h.prefixes = append(h.prefixes, prefix.Masked())
		default:
			domain := strings.TrimPrefix(name, "*.")
			host, ip, err := address.Host(domain)
			switch {
			case err != nil:
				return nil, fmt.Errorf("%w %q: %w", ErrHostPattern, shorten(p), err)
			case ip && domain != name:
				return nil, fmt.Errorf("%w %q: an address has no domain", ErrHostPattern, shorten(p))
			case ip:
				addr, _ := netip.ParseAddr(host)
				addr = addr.Unmap().WithZone("")
				h.prefixes = append(h.prefixes, netip.PrefixFrom(addr, addr.BitLen()))
			case domain != name:
				h.suffixes = append(h.suffixes, "."+strings.TrimSuffix(host, "."))
			default:
				h.names[strings.TrimSuffix(host, ".")] = true
			}
		}
	}
	return h, nil
}

// Match reports whether the set has a host, given with or without a port, as in
// http.Request.URL.Host. It resolves nothing: a name matches no network.
func (h *Hosts) Match(host string) bool {
	if h == nil {
		return false
	}
	if h.all {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap().WithZone("")
		for _, p := range h.prefixes {
			if p.Contains(addr) {
				return true
			}
		}
		return false
	}
	if h.names[host] {
		return true
	}
	for _, s := range h.suffixes {
		if len(host) > len(s) && strings.HasSuffix(host, s) {
			return true
		}
	}
	return false
}
