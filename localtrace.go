// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// localTrace is what the spans of a local trace have in common, beside the word.
// It does not change. Nearly all local traces use one of their tracer's (see era);
// one that has more to say has a copy of its own. That of an extracted context has
// extra alone, or is nil.
type localTrace struct {
	tracer   *Tracer
	offset   int64     // of the wall clock: see clock
	counters *counters // the shard of its spans
	extra    *model.Extra
	late     *lateTrace // nil unless its sampler could not decide when it began
}

// lateTrace is what a Late sampler needs to decide.
type lateTrace struct {
	state       sampler.TraceState
	root        *Span              // where the sampler's tags go
	parent      sampler.ParentKind // what Sample was told
	parentFlags model.Flags
	awaits      sampler.EventKind // the one at which it can decide; 0 is any
}

// asksAt reports whether the sampler is asked at events of a kind.
func (l *lateTrace) asksAt(kind sampler.EventKind) bool { return l.awaits == 0 || l.awaits == kind }

// traceState returns the W3C tracestate, or "".
func (l *localTrace) traceState() string {
	if l == nil || l.extra == nil {
		return ""
	}
	return l.extra.TraceState
}

// ownLocal gives a local root that starts a localTrace of its own.
func (s *Span) ownLocal() *localTrace {
	l := *s.ctx.local
	s.ctx.local = &l
	return &l
}

// ownLate is ownLocal for one that waits for a late decision.
func (s *Span) ownLate() *lateTrace {
	own := &struct { // in one piece, for speed
		localTrace
		lateTrace
	}{localTrace: *s.ctx.local}
	own.late = &own.lateTrace
	s.ctx.local = &own.localTrace
	return own.late
}
