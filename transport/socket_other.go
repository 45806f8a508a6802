// SPDX-License-Identifier: Apache-2.0

//go:build !unix && !windows

package transport

// socketError knows nothing here.
func socketError(uintptr) error { return nil }

// isRefused knows no such error here: every error is a hard one.
func isRefused(error) bool { return false }

// isTooLarge knows no such error here.
func isTooLarge(error) bool { return false }

// isFull knows no such error here.
func isFull(error) bool { return false }
