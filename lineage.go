// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
)

// lineage is what the references of a span amount to.
type lineage struct {
	parent  *spanContext // first valid ChildOf, else first valid FollowsFrom; nil for a root
	self    *spanContext // SelfRef
	follows bool         // the parent is a FollowsFrom
	refs    int          // references to record
	baggage *model.Baggage
	debugID string // of a context without ids
}

func (t *Tracer) findLineage(l *lineage, o *startOptions) {
	var followed *spanContext
	for i := range o.references() {
		r := o.reference(i)
		kind, ok := t.admit(r)
		if r.kind = kind; !ok {
			r.ctx = SpanContext{} // nobody looks at it again
			continue
		}
		c := r.ctx.spanContext
		if !r.ctx.IsValid() {
			if kind != linkRef {
				l.loose(c)
			}
			continue
		}
		switch kind {
		case selfRef:
			l.self = c
			continue
		case opentracing.ChildOfRef:
			if l.parent == nil {
				l.parent = c
			}
		case opentracing.FollowsFromRef:
			if followed == nil {
				followed = c
			}
		}
		l.refs++
	}
	if l.parent == nil && followed != nil {
		l.parent, l.follows = followed, true
	}
	inherit := l.parent
	if l.self != nil {
		inherit = l.self
	}
	if inherit == nil {
		return
	}
	if l.baggage == nil {
		l.baggage = inherit.baggage
		return
	}
	merged := l.baggage
	l.baggage = inherit.baggage
	for m := range merged.All() { // the parent's own items win
		if _, taken := inherit.baggage.Get(m.Key); !taken {
			l.baggage = l.baggage.With(m)
		}
	}
}

// loose takes what a context without ids carries.
func (l *lineage) loose(c *spanContext) {
	if c.baggage != nil {
		if l.baggage == nil {
			l.baggage = c.baggage
		} else {
			for m := range c.baggage.All() {
				if _, taken := l.baggage.Get(m.Key); !taken {
					l.baggage = l.baggage.With(m)
				}
			}
		}
	}
	if c.trace != nil && c.trace.ext != nil && c.trace.ext.extra != nil && l.debugID == "" {
		l.debugID = c.trace.ext.extra.DebugID
	}
}

// setReferences keeps the references: as two bits when there is but the parent.
func (t *Tracer) setReferences(s *Span, o *startOptions, l *lineage) {
	if l.refs == 0 {
		return
	}
	if l.refs == 1 && l.parent != nil && l.self == nil {
		s.own.shard |= spanParentRef
		if l.follows {
			s.own.shard |= spanFollows
		}
		return
	}
	ext := &extension{tracer: t, refs: make([]model.Reference, 0, min(l.refs, t.limits.RefsPerSpan))}
	for i := range o.references() {
		r := o.reference(i)
		if !r.ctx.IsValid() || r.kind == selfRef {
			continue
		}
		ref := model.Reference{TraceID: r.ctx.traceID, SpanID: r.ctx.spanID, Type: model.FollowsFrom}
		if r.kind == opentracing.ChildOfRef {
			ref.Type = model.ChildOf
		}
		switch {
		case len(ext.refs) < t.limits.RefsPerSpan:
			ext.refs = append(ext.refs, ref)
			continue
		case r.ctx.spanContext == l.parent: // above all others
			ext.refs[len(ext.refs)-1] = ref
		}
		ext.droppedRefs++
	}
	t.rare.refs.Add(uint64(ext.droppedRefs))
	s.own.ext = ext
}
