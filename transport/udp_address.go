// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/go-spur/spur/internal/format"
)

// target is a host and port that passed parseTarget.
type target struct {
	text    string // host:port, IPv6 in brackets
	host    string
	port    string
	literal bool // host is an IP address
}

// parseTarget checks syntax only. A name that a resolver might know passes.
func parseTarget(addr string) (target, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		var ae *net.AddrError
		if errors.As(err, &ae) {
			err = errors.New(ae.Err) // without the address, which badAddress shows
		}
		return target{}, badAddress(addr, err.Error())
	}
	p, err := strconv.ParseUint(port, 10, 16)
	if err != nil || p == 0 {
		return target{}, badAddress(addr, "port is not within 1 to 65535")
	}
	port = strconv.FormatUint(p, 10)
	if ip, err := netip.ParseAddr(host); err == nil {
		if !goodZone(ip) {
			return target{}, badAddress(addr, "the zone is not a name")
		}
		host = ip.String()
		return target{text: net.JoinHostPort(host, port), host: host, port: port, literal: true}, nil
	}
	if why := badName(host); why != "" {
		return target{}, badAddress(addr, why)
	}
	return target{text: net.JoinHostPort(host, port), host: host, port: port}, nil
}

// badName says what keeps host from being a name, or "". Letters beyond ASCII
// pass: a hosts file may have them.
func badName(host string) string {
	if host == "" {
		return "host is missing"
	}
	if len(host) > 253 {
		return "host is longer than 253 bytes"
	}
	for i := 0; i < len(host); i++ {
		c := host[i]
		ok := c >= 0x80 || c == '-' || c == '_' || c == '.' ||
			'0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !ok {
			return "host is neither a name nor an IP address"
		}
	}
	return ""
}

// goodZone reports whether an address has no zone or one that can be the name of an
// interface.
func goodZone(ip netip.Addr) bool {
	zone := ip.Zone()
	return zone == "" || badName(zone) == "" && isToken(zone)
}

// badAddress shows addr cut to a readable length and without what stands before
// an @, where people put passwords.
func badAddress(addr, why string) error {
	if i := strings.LastIndexByte(addr, '@'); i >= 0 {
		addr = "…" + addr[i:]
	}
	return fmt.Errorf("%w %q: %s", ErrAddress, format.Short(addr, 80), why)
}
