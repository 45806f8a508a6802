// SPDX-License-Identifier: Apache-2.0

package propagation

import "sync/atomic"

// counters is what a propagator counts. An extraction adds to one counter, and to
// dropped when members were left out; Seen is a sum made by the reader.
type counters struct {
	_        [64]byte // keeps the counters off the cache line of the configuration
	accepted atomic.Uint64
	rejected atomic.Uint64
	_        [48]byte // and extractions off that of injections
	injected atomic.Uint64
	dropped  atomic.Uint64
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
		Accepted:       c.accepted.Load(),
		Rejected:       c.rejected.Load(),
		Injected:       c.injected.Load(),
		BaggageDropped: c.dropped.Load(),
	}
	s.Seen = s.Accepted + s.Rejected
	return s
}
