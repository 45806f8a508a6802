// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"errors"
	"syscall"
)

// Winsock's numbers; the syscall constants of these names are invented ones.
const (
	wsaEWOULDBLOCK  = syscall.Errno(10035)
	wsaEMSGSIZE     = syscall.Errno(10040)
	wsaECONNRESET   = syscall.Errno(10054)
	wsaENOBUFS      = syscall.Errno(10055)
	wsaECONNREFUSED = syscall.Errno(10061)
)

// socketError knows nothing here: refusals show in the write after.
func socketError(uintptr) error { return nil }

// isRefused: the receiver's host says that nobody listens; Windows calls that a
// reset. On a datagram socket always about something sent before.
func isRefused(err error) bool {
	return errors.Is(err, wsaECONNRESET) || errors.Is(err, wsaECONNREFUSED) || errors.Is(err, syscall.ECONNREFUSED)
}

// isTooLarge: the datagram is larger than the socket or the path takes.
func isTooLarge(err error) bool {
	return errors.Is(err, wsaEMSGSIZE) || errors.Is(err, syscall.EMSGSIZE)
}

// isFull: there is no room for the datagram at this moment.
func isFull(err error) bool {
	return errors.Is(err, wsaENOBUFS) || errors.Is(err, wsaEWOULDBLOCK) || errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.EAGAIN)
}
