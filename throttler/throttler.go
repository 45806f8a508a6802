// SPDX-License-Identifier: Apache-2.0

package throttler

import "errors"

// ErrInvalidOption is what NewRemote returns, wrapped with the name of an option
// that has no meaning.
var ErrInvalidOption = errors.New("throttler: invalid option")

// Throttler decides whether a debug request is honoured.
//
// Allow is asked by each local root whose caller sent a sampled debug flag or a
// jaeger-debug-id, with the name the span starts with. When it says no the request
// is as good as one that did not ask for debug: the caller's sampled flag counts,
// and without one the sampler is asked. The tag sampling.priority and the flags of
// other tracers in this process are the program's own wish: nobody is asked. Allow
// runs on the goroutine that starts the span, possibly on several at once, and must
// not block. One that panics says no.
//
// A tracer owns its Throttler: Shutdown closes it if it is an io.Closer. If it has
// a method Identify(uuid string), the tracer calls it once with the process tag
// client-uuid. The interface does not change.
type Throttler interface {
	Allow(operation string) bool
}
