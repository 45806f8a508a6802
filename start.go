// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// start makes a span in these steps: parent, ids, trace, time, name, references,
// tags, decision. Until it returns nobody else has the span.
func (t *Tracer) start(op string, o *startOptions) *Span {
	if o.foreign > 0 {
		t.rare.foreign.Add(uint64(o.foreign))
	}
	var l lineage
	t.findLineage(&l, o)
	s := &Span{}
	s.own.ext = &t.base
	s.ctx.baggage = l.baggage
	if t.disabled {
		t.startPassing(s, op, &l)
		return s
	}
	local := t.descend(s, &l)
	s.start = t.startTime(s, o)
	s.setOperationLocked(t.operation(op))
	t.setReferences(s, o, &l)
	var unrecorded *record
	if local {
		unrecorded = t.startLocal(s, o)
	} else {
		unrecorded = t.startRoot(s, o, &l)
	}
	t.count(s).started.Add(1)
	if len(t.observers.start) > 0 {
		t.startObserved(s, unrecorded)
	}
	if unrecorded != nil {
		unrecorded.release()
	}
	return s
}

// descend sets ids and the trace. It reports whether the span belongs to a local
// trace that exists already; otherwise it is a local root.
func (t *Tracer) descend(s *Span, l *lineage) (local bool) {
	c := &s.ctx
	from := l.parent
	switch {
	case l.self != nil:
		from = l.self
		c.traceID, c.spanID, c.parentID = from.traceID, from.spanID, from.parentID
	case from != nil:
		c.traceID, c.parentID = from.traceID, from.spanID
		c.spanID = t.newSpanID()
	default:
		c.traceID = t.newTraceID()
		if c.spanID = model.SpanID(c.traceID.Low); c.spanID == 0 {
			c.spanID = t.newSpanID()
		}
	}
	if from != nil && t.owns(from.trace) {
		c.trace = from.trace
		return true
	}
	c.trace = &s.own
	s.own.shard = t.hints.pick()
	s.own.era = t.clock.current()
	return false
}

// owns reports whether a context belongs to a local trace of this tracer, which
// its descendants join. The word, clock era and samplers of another tracer's
// mean nothing here.
func (t *Tracer) owns(tr *trace) bool {
	return tr != nil && tr.word.Load()&wordDetached == 0 && tr.ext.tracer == t
}

// startTime is o's time, or now.
func (t *Tracer) startTime(s *Span, o *startOptions) int64 {
	if o.time.IsZero() {
		return t.clock.start(s.ctx.trace.era)
	}
	start, clamped := unixNano(o.time)
	if clamped {
		o.addTag(tagTimeClamped, true)
	}
	return start
}

// startLocal applies the start tags of a span of a trace that exists. It returns
// them when they are not recorded, but observers want them.
func (t *Tracer) startLocal(s *Span, o *startOptions) (unrecorded *record) {
	if n, ok := o.priority(); ok {
		s.setPriority(n)
	}
	if o.hasTags() && (s.ctx.trace.recording() || len(t.observers.start) > 0) {
		s.rec = t.startTags(o)
	}
	if s.ctx.trace.word.Load()&wordUndecided != 0 {
		e := sampler.Event{Kind: sampler.EventStart}
		if s.rec != nil {
			e.Tags = append(e.Tags, s.rec.tags...) // the decision may add to the record
		}
		s.reconsider(e)
	}
	if !s.ctx.trace.recording() {
		s.rec, unrecorded = nil, s.rec
	}
	return unrecorded
}

// startRoot decides about a local root. The start tags are frozen first: the
// sampler may look at them. They are returned when they are not recorded.
func (t *Tracer) startRoot(s *Span, o *startOptions, l *lineage) (unrecorded *record) {
	var r *record
	p := sampler.Params{TraceID: s.ctx.traceID, Operation: s.operationLocked()}
	if o.hasTags() {
		r = t.startTags(o)
		p.Tags = r.tags
	}
	word := uint32(0)
	from := l.parent
	if l.self != nil {
		from = l.self
	}
	debugID := ""
	if from != nil {
		word |= t.inherit(s, from, &p)
	} else {
		debugID = l.debugID
	}
	var d sampler.Decision
	switch {
	case debugID != "":
		word |= wordSampled
		if t.allowDebug(p.Operation) {
			word |= wordDebug
		}
	case p.ParentFlags.IsSampled() && word&wordDebug != 0:
		word |= wordSampled
	default:
		h := t.sampler.Load()
		var state any
		d, state = t.sample(h, &p)
		switch {
		case d.Undecided && h.late != nil:
			word |= wordUndecided
			t.await(s, &p, state)
		case d.Sample:
			word |= decidedBits(&d)
			if !p.ParentFlags.IsSampled() {
				word &^= wordDebug // asks for nothing by itself: see model.Flags
			}
		}
	}
	if t.observers.any() {
		word |= wordObserved
	}
	s.own.word.Store(word)
	if n, ok := o.priority(); ok {
		s.setPriority(n)
		word = s.own.word.Load()
	}
	if word&wordRecording == 0 {
		return r
	}
	if !d.Sample {
		d.Tags = nil
	}
	t.rootTags(s, r, d.Tags, debugID)
	return nil
}

// rootTags records what the sampler says and the debug id.
func (t *Tracer) rootTags(s *Span, r *record, tags []model.Tag, debugID string) {
	if r == nil && (len(tags) > 0 || debugID != "") {
		r = acquireRecord()
	}
	if s.own.word.Load()&wordSampled != 0 {
		for i := range tags {
			t.rare.cut(r.setTag(tags[i].Key, tags[i].Value, &t.limits))
		}
	}
	if debugID != "" {
		if k, v, ok := t.tag(PlaceTag, "jaeger-debug-id", debugID); ok {
			t.rare.cut(r.setTag(k, v, &t.limits))
		}
	}
	s.rec = r
}

// inherit takes over a foreign parent's flags and tracestate, and returns the
// bits of the new local trace.
func (t *Tracer) inherit(s *Span, from *spanContext, p *sampler.Params) uint32 {
	if from.trace == nil {
		return 0
	}
	state := from.trace.word.Load()
	p.Parent, p.ParentFlags = sampler.ParentRemote, from.trace.flags()
	local := state&wordDetached == 0
	switch {
	case state&(wordDeferred|wordUndecided) != 0:
		p.Parent = sampler.ParentRemoteDeferred
	case local:
		p.Parent = sampler.ParentLocal
	}
	word := uint32(p.ParentFlags)&^wordSampled | state&wordW3CRandom
	if state&wordRemote != 0 && s.ctx.spanID != from.spanID { // else it is a SelfRef
		s.own.shard |= spanRemoteParent
	}
	if p.ParentFlags.IsDebug() && p.ParentFlags.IsSampled() && !local && !t.allowDebug(p.Operation) {
		word &^= wordDebug
	}
	if ext := from.trace.ext; ext != nil && ext.extra != nil && ext.extra.TraceState != "" {
		own := t.ownExtension(s)
		own.extra = ext.extra
	}
	return word
}

// await prepares a local trace whose sampler has not decided.
func (t *Tracer) await(s *Span, p *sampler.Params, state any) {
	own := t.ownExtension(s)
	own.late, own.root = new(sampler.TraceState), s
	if state != nil {
		own.late.Store(state)
	}
	own.parent, own.parentFlags = p.Parent, p.ParentFlags
}

// ownExtension gives a span that starts an extension of its own.
func (t *Tracer) ownExtension(s *Span) *extension {
	if s.own.ext == &t.base {
		s.own.ext = &extension{tracer: t}
	}
	return s.own.ext
}

// startTags freezes the start tags into a record.
func (t *Tracer) startTags(o *startOptions) *record {
	r := acquireRecord()
	o.eachTag(func(key string, value any) {
		if k, v, ok := t.tag(PlaceTag, key, value); ok {
			t.rare.cut(r.setTag(k, v, &t.limits))
		}
	})
	return r
}

// startObserved tells the observers, also of a span that is not recorded.
func (t *Tracer) startObserved(s *Span, unrecorded *record) {
	r := unrecorded
	if s.rec != nil {
		r = s.rec
	}
	if r == nil {
		t.observeStart(s, nil)
		return
	}
	t.observeStart(s, append([]model.Tag(nil), r.tags...))
}
