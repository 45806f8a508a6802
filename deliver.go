// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"sync"
	"time"

	"github.com/go-spur/spur/internal/record"
	"github.com/go-spur/spur/model"
)

// sealed is a finished span as observers and reporters see it.
type sealed struct {
	data model.Span
	ref  [1]model.Reference
}

var sealedPool = sync.Pool{New: func() any { return new(sealed) }}

// deliver shows the finished span to observers and, when it is sampled, to
// reporters. Nobody keeps it, so all of it is used again.
func (s *Span) deliver(w word, r *record.Record) {
	t := s.tracer()
	d := sealedPool.Get().(*sealed)
	s.seal(d, w)
	d.data.Operation, d.data.Duration = s.operationLocked(), time.Duration(s.duration) // nobody changes them any more
	if w&wordSampled != 0 {
		r.Fill(&d.data)
		d.data.References, d.data.DroppedRefs = s.references(&d.ref)
	}
	if w&wordObserved != 0 {
		t.observeFinish(s, &d.data)
	}
	if w&wordSampled != 0 {
		s.ctx.local.counters.sampled.Add(1)
		t.report(&d.data)
	} else {
		s.countUnreported(w)
	}
	*d = sealed{}
	sealedPool.Put(d)
}

// report gives a span to the reporters. One that panics may lack it in its books.
func (t *Tracer) report(data *model.Span) {
	defer t.survive()
	t.reporter.Report(data)
}

// seal sets what never changes. d is zero.
func (s *Span) seal(d *sealed, w word) {
	data, ctx, t := &d.data, s.current(), s.tracer()
	data.TraceID, data.SpanID, data.ParentID = ctx.traceID, ctx.spanID, ctx.parentID
	data.Flags, data.State = w.flags(), w.state()
	if ctx.baggage != nil {
		data.Baggage = t.freezer.Baggage(ctx.baggage)
	}
	if extra := ctx.local.extra; extra != nil {
		data.Extra, data.TraceState = extra, extra.TraceState
	}
	data.Start, data.ParentRemote, data.Process = s.start, s.bits&spanRemoteParent != 0, t.process
}
