// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"io"
	"math"

	"github.com/go-spur/spur/sampler"
)

// DebugThrottler decides how many debug requests from outside are honoured.
// Jaeger's debug flag keeps a backend from downsampling, and anybody who can set
// a header can ask for it.
//
// Allow is asked by each local root whose caller sent a sampled debug flag or a
// jaeger-debug-id, with the name the span starts with. When it says no the trace
// is still sampled, but goes on without the debug flag, and Stats.Cut.DebugCapped
// counts it. The tag sampling.priority and the flags of other tracers in this
// process are the program's own wish: nobody is asked. Allow runs on the
// goroutine that starts the span, possibly on several at once, and must not block.
// One that panics says no; Stats.Cut.Panics counts it.
//
// The interface does not change.
type DebugThrottler interface {
	Allow(operation string) bool
}

// WithDebugThrottler replaces the default throttler, which allows
// Limits.DebugPerSec, one a second unless set otherwise, for all operations
// together. RemoteDebugThrottler asks a server. The tracer owns d: Shutdown closes
// it if it is an io.Closer.
func WithDebugThrottler(d DebugThrottler) Option {
	return optionFunc(func(c *config) {
		if d == nil {
			c.fail("WithDebugThrottler", "nil", errNil)
			return
		}
		c.throttler = d
	})
}

// buildThrottler returns the throttler that was set, or the default.
func (c *config) buildThrottler() DebugThrottler {
	if c.throttler != nil {
		return c.throttler
	}
	return newLocalThrottler(c.limits.DebugPerSec)
}

// localThrottler is the default. It goes by real time whatever WithClock says: it
// protects the backend from people outside, to whom a test's clock means nothing,
// and a wall clock that is stepped back would shut them out.
type localThrottler struct{ bucket *sampler.RateLimiting }

// newLocalThrottler takes any number: those that are no rate allow nothing.
func newLocalThrottler(perSecond float64) localThrottler {
	if !(perSecond > 0) {
		perSecond = 0
	}
	bucket, _ := sampler.NewRateLimiting(math.Min(perSecond, sampler.MaxTracesPerSecond)) // in range: no error
	return localThrottler{bucket}
}

func (l localThrottler) Allow(string) bool { return l.bucket.Sample(sampler.Params{}).Sample }

// allowDebug asks the throttler and counts its refusals.
func (t *Tracer) allowDebug(operation string) (ok bool) {
	defer func() {
		if recover() != nil {
			t.rare.panics.Add(1) // and ok is false
		}
		if !ok {
			t.rare.debugCapped.Add(1)
		}
	}()
	return t.debug.Allow(operation)
}

// closeThrottler is for Shutdown.
func closeThrottler(d DebugThrottler) error {
	if c, ok := d.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
