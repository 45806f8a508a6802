// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/internal/record"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// startPlain is start for a new trace, where t.plain. o is nil, or has nothing but tags and a
// Namer.
func (t *Tracer) startPlain(s *Span, op string, o *startOptions) {
	mono := t.clock.mono()
	id := model.TraceID{Low: nonZero()}
	if t.traceID128 {
		id.High = nonZero()
	}
	c := &s.ctx
	c.traceID, c.spanID = id, model.SpanID(id.Low)
	c.word, c.local = &s.word, t.newLocalTrace(mono)
	s.start = mono + c.local.offset
	s.setOperationLocked(t.freezer.Operation(op))
	c.local.counters.started.Add(1)
	h, p, w := t.sampler.Load().root, sampler.Params{TraceID: id}, wordRandom
	if o != nil {
		t.decidePlain(s, o, h, &p)
		return
	}
	p.Operation = s.operationLocked()
	if d := t.askSampler(h, s, &p); d.Sample || d.Undecided {
		w = plainWords[answerOf(&d)]
		if len(d.Tags) > 0 && !d.Undecided {
			s.rec = t.freezer.NewRecord()
			s.rec.SetTags(d.Tags)
		}
	}
	s.word.store(w)
}

// decidePlain is startRoot for startPlain. Nobody but the sampler has a say.
func (t *Tracer) decidePlain(s *Span, o *startOptions, h *samplerHolder, p *sampler.Params) {
	s.word.store(wordRandom)
	if o.namer != nil && !t.ignoresOperation(h, p) {
		t.askName(s, o)
	}
	p.Operation = s.operationLocked()
	if o.hasTags() && t.excludes(h, p) {
		return
	}
	var r *record.Record
	if o.hasTags() {
		r = t.startTags(o)
		p.Tags = r.Tags()
	}
	d := t.askSampler(h, s, p)
	w := plainWords[answerOf(&d)]
	s.word.store(w)
	if !w.recording() {
		if r != nil {
			r.Release()
		}
		return
	}
	if d.Undecided {
		d.Tags = nil
	}
	t.rootTags(s, r, d.Tags, "")
	if o.namer != nil {
		t.askName(s, o)
	}
}

// plainWords are the words of new traces in which nobody but the sampler has a say.
var plainWords = func() (words [answers]word) {
	for a := range words {
		words[a] = decide(&votes{random: true, sampler: answer(a)})
	}
	return words
}()

// soleParent reports whether an option, if there is no other, says nothing, or names a parent
// in a local trace that is decided about, which it returns.
func (t *Tracer) soleParent(opt opentracing.StartSpanOption) (parent *spanContext, ok bool) {
	ref, ok := opt.(opentracing.SpanReference)
	if !ok || ref.Type != opentracing.ChildOfRef {
		return nil, false
	}
	if ref.ReferencedContext == nil {
		return nil, true
	}
	c, _ := ownContext(ref.ReferencedContext)
	ok = c.IsValid() && t.owns(c.spanContext) && c.word.load()&wordUndecided == 0
	return c.spanContext, ok
}

// startChild is start for a child whose only option is soleParent, where t.plain.
func (t *Tracer) startChild(s *Span, op string, parent *spanContext) {
	s.ctx = *parent
	s.ctx.parentID, s.ctx.spanID = parent.spanID, model.SpanID(nonZero())
	s.start = t.clock.mono() + parent.local.offset
	s.setOperationLocked(t.freezer.Operation(op))
	s.bits = spanParentRef
	parent.local.counters.started.Add(1)
}
