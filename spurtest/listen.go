// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

const anyPort = "127.0.0.1:0"

// listenError says why a receiver cannot listen at addr.
func listenError(who, addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("spurtest: starting the %s: the port of %s is taken, by another %[1]s perhaps: stop that, or listen at another: %[3]w", who, addr, err)
	}
	return fmt.Errorf("spurtest: starting the %s at %q: %w", who, addr, err)
}

// reachable is the address at which a listener can be reached from this host.
func reachable(a net.Addr) netip.AddrPort {
	ap := netip.MustParseAddrPort(a.String())
	if ap.Addr().IsUnspecified() {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), ap.Port())
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
