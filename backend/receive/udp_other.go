// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package receive

import "net"

// prepareSocket asks for a buffer of so many bytes. What was granted is not
// known: all, it says. What the kernel drops is not told.
func prepareSocket(conn *net.UDPConn, size int) (granted int, err error) {
	return size, conn.SetReadBuffer(size)
}

func socketDrops(*net.UDPConn) (drops uint32, ok bool) { return 0, false }

// hasDatagram reports whether one may wait to be read: that is not known.
func hasDatagram(*net.UDPConn) bool { return true }
