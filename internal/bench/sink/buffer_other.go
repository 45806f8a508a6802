// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package sink

import "net"

// growReceiveBuffer asks for a receive buffer of size bytes. What was granted is
// not known; size is believed when there was no error.
func growReceiveBuffer(c *net.UDPConn, size int) (granted int) {
	if c.SetReadBuffer(size) != nil {
		return 0
	}
	return size
}
