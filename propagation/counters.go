// SPDX-License-Identifier: Apache-2.0

package propagation

import "sync/atomic"

// counters is what a propagator counts for one family. An extraction adds to one
// of the first four, and to dropped when members were left out; sums are made by
// the reader.
type counters struct {
	_         [64]byte // keeps the counters off the cache line of their neighbours
	alone     atomic.Uint64
	agreed    atomic.Uint64
	conflicts atomic.Uint64
	rejected  atomic.Uint64
	_         [32]byte // and extractions off that of injections
	injected  atomic.Uint64
	dropped   atomic.Uint64
	states    atomic.Uint64
}

// accept counts a context that was returned, or had the trace id of the one that
// was.
func (c *counters) accept(alone bool) {
	if alone {
		c.alone.Add(1)
	} else {
		c.agreed.Add(1)
	}
}

// leftOut adds members that were left out.
func (c *counters) leftOut(n int) {
	if n > 0 {
		c.dropped.Add(uint64(n))
	}
}

func (c *counters) snapshot(format string) FormatStats {
	s := FormatStats{
		Format:         format,
		Alone:          c.alone.Load(),
		Conflicts:      c.conflicts.Load(),
		Rejected:       c.rejected.Load(),
		Injected:       c.injected.Load(),
		BaggageDropped: c.dropped.Load(),
		StatesDropped:  c.states.Load(),
	}
	s.Accepted = s.Alone + c.agreed.Load()
	s.Seen = s.Accepted + s.Conflicts + s.Rejected
	return s
}
