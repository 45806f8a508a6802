// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"cmp"
	"slices"

	"github.com/go-spur/spur/internal/record"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// start makes a span in these steps: parent, ids, local trace, time, name, tags,
// decision, references. Until it returns nobody else has the span, which is zero.
func (t *Tracer) start(s *Span, op string, o *startOptions) *Span {
	if o.foreign > 0 || o.panics > 0 {
		t.rare.foreign.Add(uint64(o.foreign))
		t.rare.panics.Add(uint64(o.panics))
	}
	if t.plain && o.undirected() {
		t.startPlain(s, op, o)
		return s
	}
	var l lineage
	t.findLineage(&l, o)
	s.ctx.baggage = l.baggage
	var mono int64
	if t.clock.custom == nil {
		mono = t.clock.mono()
	}
	if t.disabled {
		t.startPassing(s, op, &l, mono)
		return s
	}
	local := t.descend(s, &l, mono)
	s.start = t.startTime(s, o, mono)
	s.setOperationLocked(t.freezer.Operation(op))
	var unrecorded *record.Record
	if local {
		unrecorded = t.startLocal(s, o)
	} else {
		unrecorded = t.startRoot(s, o, &l)
	}
	if o.namer != nil && s.ctx.word.recording() {
		t.askName(s, o)
	}
	t.setReferences(s, o, &l)
	s.ctx.local.counters.started.Add(1)
	if len(t.observers.start) > 0 {
		t.startObserved(s, unrecorded)
	}
	if unrecorded != nil {
		unrecorded.Release()
	}
	return s
}

// descend sets ids and the local trace. It reports whether that exists already;
// otherwise the span is a local root.
func (t *Tracer) descend(s *Span, l *lineage, mono int64) (local bool) {
	c := &s.ctx
	from := l.from()
	switch {
	case l.self != nil:
		c.traceID, c.spanID, c.parentID = from.traceID, from.spanID, from.parentID
	case from != nil:
		c.traceID, c.parentID = from.traceID, from.spanID
		c.spanID = t.newSpanID()
	default:
		c.traceID, l.random = t.newTraceID()
		if c.spanID = model.SpanID(c.traceID.Low); c.spanID == 0 {
			c.spanID = t.newSpanID()
		}
	}
	if from != nil && t.owns(from) {
		c.word, c.local = from.word, from.local
		return true
	}
	c.word, c.local = &s.word, t.newLocalTrace(mono)
	return false
}

// owns reports whether a context belongs to a local trace of this tracer, which
// its descendants join. Word and clock of another tracer's mean nothing here.
func (t *Tracer) owns(c *spanContext) bool {
	return c.local != nil && c.local.tracer == t && c.word.load()&wordDetached == 0
}

// startTime is o's time, or now.
func (t *Tracer) startTime(s *Span, o *startOptions, mono int64) int64 {
	if o.time.IsZero() && t.clock.custom == nil {
		return mono + s.ctx.local.offset
	}
	var start int64
	var clamped bool
	if o.time.IsZero() {
		start, clamped = t.customNow()
	} else {
		start, clamped = unixNano(o.time)
	}
	if clamped {
		o.addTag(tagTimeClamped, true)
	}
	return start
}

// startLocal applies the start tags of a span of a trace that exists. It returns
// them when they are not recorded, but observers want them.
func (t *Tracer) startLocal(s *Span, o *startOptions) (unrecorded *record.Record) {
	if o.prioritized {
		s.setPriority(o.priority)
	}
	if o.namer != nil && (s.ctx.word.load()&wordUndecided != 0 || t.observers.any()) {
		t.askName(s, o)
	}
	if o.hasTags() && (s.ctx.word.recording() || len(t.observers.start) > 0) {
		s.rec = t.startTags(o)
	}
	if s.ctx.word.load()&wordUndecided != 0 {
		e := sampler.Event{Kind: sampler.EventStart}
		if s.rec != nil {
			e.Tags = append(e.Tags, s.rec.Tags()...) // the decision may add to the record
		}
		s.reconsider(e)
	}
	if !s.ctx.word.recording() {
		s.rec, unrecorded = nil, s.rec
	}
	return unrecorded
}

// startRoot decides about a local root. If it has start tags they are frozen first, because
// the sampler may look at them, unless an Early sampler excludes it. They are returned when
// they are not recorded.
func (t *Tracer) startRoot(s *Span, o *startOptions, l *lineage) (unrecorded *record.Record) {
	v := votes{debugID: l.debugID != "", random: l.random, noDebug: t.noDebug, observed: t.observers.any()}
	if l.from() != nil {
		t.continueFrom(s, l)
	}
	h := t.sampler.Load()
	p := sampler.Params{TraceID: s.ctx.traceID}
	if caller := l.caller(); caller != nil {
		v.caller = caller.word.load()
		p.Parent, p.ParentFlags = v.caller.parentKind(), v.caller.flags()
	} else {
		h = h.root
	}
	if o.namer != nil && (v.observed || v.asksDebug() || !t.ignoresOperation(h, &p)) {
		t.askName(s, o)
	}
	p.Operation = s.operationLocked()
	if v.asksDebug() {
		v.granted = t.allowDebug(p.Operation)
	}
	w := decide(&v)
	var r *record.Record
	if o.hasTags() {
		mayBe := w&wordSampled != 0 || p.ParentFlags.IsSampled() || o.prioritized || v.observed
		if !mayBe && t.excludes(h, &p) {
			s.word.store(w)
			return nil
		}
		r = t.startTags(o)
		p.Tags = r.Tags()
	}
	var d sampler.Decision
	if w&wordSampled == 0 {
		d = t.askSampler(h, s, &p)
		v.sampler = answerOf(&d)
		w = decide(&v)
	}
	if o.prioritized {
		v.priority = signOf(o.priority)
		w = decide(&v)
	}
	s.word.store(w)
	if !w.recording() {
		return r
	}
	if !d.Sample || w&wordSampled == 0 {
		d.Tags = nil
	}
	t.rootTags(s, r, d.Tags, l.debugID)
	return nil
}

// continueFrom takes over what a parent in another trace passes on, beside ids,
// word and baggage.
func (t *Tracer) continueFrom(s *Span, l *lineage) {
	from := l.from()
	if l.self == nil && from.word.load()&wordRemote != 0 {
		s.bits |= spanRemoteParent
	}
	if from.local.traceState() != "" {
		s.ownLocal().extra = from.local.extra
	}
}

// askSampler asks the sampler about a local root. Only a Late sampler may leave the
// decision open.
func (t *Tracer) askSampler(h *samplerHolder, s *Span, p *sampler.Params) sampler.Decision {
	if h.simple {
		return h.Sample(*p)
	}
	d, state := t.sample(h, p)
	if !d.Undecided {
		return d
	}
	if h.late == nil {
		d.Undecided = false
		return d
	}
	late := s.ownLate()
	late.root, late.parent, late.parentFlags = s, p.Parent, p.ParentFlags
	if awaits, ok := state.(sampler.Awaits); ok {
		late.awaits = sampler.EventKind(awaits)
	} else if state != nil {
		late.state.Store(state)
	}
	return d
}

// rootTags records what the sampler says and the debug id.
func (t *Tracer) rootTags(s *Span, r *record.Record, tags []model.Tag, debugID string) {
	if r == nil && (len(tags) > 0 || debugID != "") {
		r = t.freezer.NewRecord()
	}
	r.SetTags(tags)
	if debugID != "" {
		r.Freeze("jaeger-debug-id", debugID)
	}
	s.rec = r
}

// startTags freezes the start tags into a record.
func (t *Tracer) startTags(o *startOptions) *record.Record {
	r := t.freezer.NewRecord()
	o.eachTag(r.Freeze)
	return r
}

// startObserved tells the observers, also of a span that is not recorded.
func (t *Tracer) startObserved(s *Span, unrecorded *record.Record) {
	var tags []model.Tag
	if r := cmp.Or(s.rec, unrecorded); r != nil {
		tags = slices.Clone(r.Tags())
	}
	t.observeStart(s, tags)
}

// startPassing starts a span of a disabled tracer: it stands for the caller's
// span, whose ids and flags it passes on, and records nothing.
func (t *Tracer) startPassing(s *Span, op string, l *lineage, mono int64) {
	s.ctx.word, s.ctx.local = &s.word, t.newLocalTrace(mono)
	s.start = t.startTime(s, &startOptions{}, mono)
	s.setOperationLocked(t.freezer.Name(op))
	v := votes{disabled: true}
	if caller := l.caller(); caller != nil {
		v.caller = caller.word.load()
	}
	if from := l.from(); from != nil {
		s.ctx.traceID, s.ctx.spanID, s.ctx.parentID = from.traceID, from.spanID, from.parentID
		if from.local != nil && from.local.extra != nil {
			s.ownLocal().extra = from.local.extra
		}
	}
	s.word.store(decide(&v))
}

// allowDebug asks the throttler and counts its refusals.
func (t *Tracer) allowDebug(operation string) (ok bool) {
	t.guard(func() { ok = t.debug.Allow(operation) })
	if !ok {
		t.rare.debugCapped.Add(1)
	}
	return ok
}
