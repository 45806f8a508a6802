// SPDX-License-Identifier: Apache-2.0

package sink

import (
	"net"
	"syscall"
)

// growReceiveBuffer asks for a receive buffer of size bytes, beyond the system's
// limit where that is allowed (to root), and returns what the kernel granted.
func growReceiveBuffer(c *net.UDPConn, size int) (granted int) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	err = raw.Control(func(fd uintptr) {
		if syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, size) != nil {
			_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, size)
		}
		granted, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF)
	})
	if err != nil {
		return 0
	}
	return granted / 2 // Linux doubles the size, for its own overhead, and answers with the double
}
