// SPDX-License-Identifier: Apache-2.0

//go:build unix

package transport

import (
	"errors"
	"syscall"
)

// socketError reads SO_ERROR, which clears it.
func socketError(fd uintptr) error {
	n, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR)
	if err != nil || n == 0 {
		return nil
	}
	return syscall.Errno(n)
}

// isRefused: the receiver's host says that nobody listens. On a datagram socket
// always about something sent before.
func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// isTooLarge: the datagram is larger than the socket or the path takes.
func isTooLarge(err error) bool { return errors.Is(err, syscall.EMSGSIZE) }

// isFull: there is no room for the datagram at this moment.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.EAGAIN)
}
