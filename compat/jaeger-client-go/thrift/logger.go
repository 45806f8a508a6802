// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"log"
	"os"
)

// Logger writes a line.
type Logger func(msg string)

// NopLogger writes nothing.
func NopLogger(msg string) {}

// StdLogger returns a Logger that writes to logger, to stderr if it is nil.
func StdLogger(logger *log.Logger) Logger {
	if logger == nil {
		logger = log.New(os.Stderr, "", log.LstdFlags)
	}
	return func(msg string) { logger.Print(msg) }
}
