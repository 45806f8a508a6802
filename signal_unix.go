// SPDX-License-Identifier: Apache-2.0

//go:build unix

package spur

import (
	"os"
	"syscall"
)

// raise sends the process a signal. Those that os/signal delivers are all of the
// system's type, and a process may always signal itself.
func raise(s os.Signal) {
	if n, ok := s.(syscall.Signal); ok {
		_ = syscall.Kill(os.Getpid(), n)
	}
}
