// SPDX-License-Identifier: Apache-2.0

//go:build unix

package exitsignal

import (
	"os"
	"syscall"
)

// Ends reports whether a signal that nobody listens to ends a Go program: see
// os/signal. It leaves out those that report an error of the program's own.
func Ends(s os.Signal) bool {
	switch s {
	case syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGABRT:
		return true
	}
	return false
}

// Raise sends the process a signal. Those that os/signal delivers are all of the
// system's type, and a process may always signal itself.
func Raise(s os.Signal) {
	if n, ok := s.(syscall.Signal); ok {
		_ = syscall.Kill(os.Getpid(), n)
	}
}
