// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"math"
	"slices"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// Stats is a copy of everything the tracer counts. While no span is being finished,
// it holds for each destination:
//
//	Spans.FinishedSampled == Sent + Unconfirmed + DroppedTotal() + BufferedSpans
type Stats struct {
	Spans        SpanStats
	Destinations []reporter.DestinationStats
	Propagation  []propagation.FormatStats
	Sampling     sampler.Status
	Cut          CutStats
	Source       string // which setting chose the destination, such as "JAEGER_AGENT_HOST"; "default" if none did
}

// SpanStats counts spans: Started is Open and the three kinds of finished ones together.
type SpanStats struct {
	Started           uint64
	Open              uint64 // not finished; in the end those that never are
	FinishedSampled   uint64 // given to every reporter
	FinishedUnsampled uint64 // of traces that are not recorded
	FinishedUndecided uint64 // finished before a Late sampler had decided: not reported
	DoubleFinish      uint64 // calls of Finish on a finished span: ignored
	UseAfterFinish    uint64 // other calls that would change a finished span: ignored; not all are noticed when the trace is not recorded
}

// CutStats counts what Limits and misuse cost.
type CutStats struct {
	Tags        uint64 // tags dropped
	Logs        uint64 // logs dropped
	Fields      uint64 // log fields dropped
	References  uint64 // references dropped
	Values      uint64 // keys, values and operation names cut short
	Baggage     uint64 // baggage items refused by SetBaggageItem
	Panics      uint64 // log fields, samplers and other hooks of the user that panicked
	Foreign     uint64 // references to another tracer's span contexts
	DebugCapped uint64 // inbound debug flags and ids that the throttler refused
	Undecided   uint64 // contexts injected before a Late sampler had decided
}

// addFormat adds a format where its name belongs, to the one of the same name if
// there is one: a format serves several kinds of carrier.
func (s *Stats) addFormat(f propagation.FormatStats) {
	i := 0
	for i < len(s.Propagation) && s.Propagation[i].Format < f.Format {
		i++
	}
	if i < len(s.Propagation) && s.Propagation[i].Format == f.Format {
		s.Propagation[i].Add(f)
		return
	}
	s.Propagation = slices.Insert(s.Propagation, i, f)
}

// counterShards spread the counters of the hot path over cache lines. A local
// trace picks one when it starts and its spans stay with it.
const counterShards = 16

// counters is one shard.
type counters struct {
	started, sampled, unsampled atomic.Uint64
	_                           [5]uint64
}

// shardOf picks a shard by the goroutine: by where its stack is. It stays with it while
// the goroutine does, and those that run at a time rarely share one.
func shardOf() uint8 {
	var here byte
	const spread = 0x9e3779b97f4a7c15 // 2⁶⁴ ÷ the golden ratio
	return uint8(uint64(uintptr(unsafe.Pointer(&here))>>11) * spread >> 60)
}

// rare counts what is not on the hot path.
type rare struct {
	undecided, doubleFinish, useAfterFinish atomic.Uint64
	refs, values, baggage, panics           atomic.Uint64
	foreign, debugCapped, undecidedInjected atomic.Uint64
}

// formatStatser is a propagator that counts.
type formatStatser struct {
	propagation.Statser
	asking chan struct{} // see inTurn
}

// statsTime is how long one Status or Stats of the user's is waited for.
const statsTime = time.Second

// inTurn calls a Status or Stats of the user's, and reports whether it returned in
// time; if not, it may do so later. Calls share turn, of capacity 1, so that one that
// hangs leaves one goroutine behind, however often it is asked.
func (t *Tracer) inTurn(turn chan struct{}, f func()) bool {
	ctx, cancel := context.WithTimeout(context.Background(), statsTime)
	defer cancel()
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	return t.closing(ctx, func() error {
		defer func() { <-turn }()
		f()
		return nil
	}) == nil
}

// Stats returns what has been counted so far, also after Close. It takes the
// reporters' locks for a moment and allocates. A Status or Stats of the user's that
// hangs is waited for for a second, and left out.
func (t *Tracer) Stats() Stats {
	t = t.orNone()
	var s Stats
	for _, st := range t.statsers {
		t.guard(func() { s.Destinations = append(s.Destinations, st.Stats()...) })
	}
	s.Spans = t.spanStats()
	for _, p := range t.formatStatsers {
		var formats []propagation.FormatStats
		if !t.inTurn(p.asking, func() { formats = p.Stats() }) {
			continue
		}
		for _, f := range formats {
			s.addFormat(f)
		}
	}
	h := t.sampler.Load()
	if st, ok := h.Sampler.(sampler.Statuser); ok {
		var status sampler.Status
		if t.inTurn(h.asking, func() { status = st.Status() }) {
			s.Sampling = status
		}
		if p := s.Sampling.Param; math.IsNaN(p) || math.IsInf(p, 0) {
			s.Sampling.Param = 0 // JSON has no such numbers
		}
	}
	r := &t.rare
	cut := t.freezer.Counts()
	s.Cut = CutStats{
		Tags: cut.Tags, Logs: cut.Logs, Fields: cut.Fields, References: r.refs.Load(),
		Values: cut.Values + r.values.Load(), Baggage: r.baggage.Load(), Panics: cut.Panics + r.panics.Load(), Foreign: r.foreign.Load(),
		DebugCapped: r.debugCapped.Load(), Undecided: r.undecidedInjected.Load(),
	}
	s.Source = t.source
	return s
}

// spanStats looks at finished spans first, so that Open is never negative.
func (t *Tracer) spanStats() SpanStats {
	r := &t.rare
	s := SpanStats{
		FinishedUndecided: r.undecided.Load(), DoubleFinish: r.doubleFinish.Load(), UseAfterFinish: r.useAfterFinish.Load(),
	}
	for i := range t.counters {
		s.FinishedSampled += t.counters[i].sampled.Load()
		s.FinishedUnsampled += t.counters[i].unsampled.Load()
	}
	for i := range t.counters {
		s.Started += t.counters[i].started.Load()
	}
	s.Open = s.Started - s.FinishedSampled - s.FinishedUnsampled - s.FinishedUndecided
	return s
}
