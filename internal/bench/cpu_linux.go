// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"syscall"
	"time"
)

// ProcessCPU is the CPU time that this process has used so far, user and system:
// of all goroutines and the garbage collector.
func ProcessCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
