// SPDX-License-Identifier: Apache-2.0

//go:build unix

package forward

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// isFull reports whether err is for want of disk.
func isFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) || errors.Is(err, unix.EFBIG)
}

// lockFile opens a file that only one process has open.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close() // err is what matters
		return nil, fmt.Errorf("%s: another process uses this folder: %w", path, err)
	}
	return f, nil
}
