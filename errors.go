// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
)

// ErrClosed is returned by what needs a running tracer after Shutdown or Close.
var ErrClosed = errors.New("spur: tracer is closed")

// ConfigError says which setting New cannot use and why. New joins several with
// errors.Join; find one with errors.As.
type ConfigError struct {
	Name  string // of the environment variable or option, such as JAEGER_TAGS
	Value string // as it was given, shortened to 128 bytes; secrets are masked
	Err   error  // what is wrong with it
}

// Error implements error: the name, the value and the reason.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("spur: %s=%q: %v", e.Name, e.Value, e.Err)
}

// Unwrap returns the reason.
func (e *ConfigError) Unwrap() error { return e.Err }
