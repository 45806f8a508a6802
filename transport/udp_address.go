// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"fmt"

	"github.com/go-spur/spur/internal/address"
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
	host, port, ip, err := address.HostPort(addr)
	if err != nil {
		return target{}, badAddress(addr, err)
	}
	return target{text: address.Join(host, port), host: host, port: port, literal: ip}, nil
}

// badAddress shows addr without secrets, cut to a readable length.
func badAddress(addr string, err error) error {
	shown, _ := format.Shorten(address.Hide(addr), 80)
	return fmt.Errorf("%w %q: %w", ErrAddress, shown, err)
}
