// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package bench

import (
	"net"
	"time"
)

// processCPU is not known here: metrics made of it are 0.
func processCPU() time.Duration { return 0 }

// growReceiveBuffer asks for a receive buffer of size bytes. What was granted is
// not known; size is believed when there was no error.
func growReceiveBuffer(c *net.UDPConn, size int) (granted int) {
	if c.SetReadBuffer(size) != nil {
		return 0
	}
	return size
}
