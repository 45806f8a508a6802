// SPDX-License-Identifier: Apache-2.0

package throttler

// Throttler decides which requests to debug are honoured. It is asked on the goroutine
// that starts or marks the span, and from several at once.
type Throttler interface {
	// IsAllowed says whether a span of the operation may be a debug span.
	IsAllowed(operation string) bool
}

// DefaultThrottler honours every request.
type DefaultThrottler struct{}

// IsAllowed implements Throttler.
func (DefaultThrottler) IsAllowed(string) bool { return true }
