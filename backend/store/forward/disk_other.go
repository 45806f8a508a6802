// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package forward

import (
	"errors"
	"os"
	"syscall"
)

// isFull reports whether err is for want of disk: ERROR_DISK_FULL of Windows.
func isFull(err error) bool { return errors.Is(err, syscall.Errno(112)) }

// lockFile opens a file. It cannot tell whether another process has it.
func lockFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}
