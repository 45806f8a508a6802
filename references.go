// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"

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
	debugID string       // of a context without ids
	decided *spanContext // a context without ids that carries the caller's decision
	random  bool         // no parent, and the trace id is random
}

// from is the context whose trace the span continues, nil if it begins one.
func (l *lineage) from() *spanContext {
	if l.self != nil {
		return l.self
	}
	return l.parent
}

// caller is the context that has a say in whether a new local trace is sampled.
func (l *lineage) caller() *spanContext {
	if from := l.from(); from != nil {
		return from
	}
	return l.decided
}

// findLineage goes through the references that the edge policy admits.
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
			if kind != linkRef && kind != selfRef {
				l.takeIDless(c)
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
	inherit := l.from()
	if inherit == nil {
		return
	}
	l.debugID = "" // it asks for a trace, and there is one
	l.baggage = addMissing(inherit.baggage, l.baggage)
}

// addMissing returns b with those items of more whose keys it has not.
func addMissing(b, more *model.Baggage) *model.Baggage {
	if b == nil {
		return more
	}
	all := b
	for m := range more.All() {
		if _, taken := b.Get(m.Key); !taken {
			all = all.With(m)
		}
	}
	return all
}

// takeIDless takes what a context without ids carries.
func (l *lineage) takeIDless(c *spanContext) {
	l.baggage = addMissing(l.baggage, c.baggage)
	if c.local != nil && c.local.extra != nil && l.debugID == "" {
		l.debugID = c.local.extra.DebugID
	}
	if l.decided == nil && c.word.load()&wordDecided != 0 {
		l.decided = c
	}
}

// What the references of a span amount to, where that is little: see Span.bits.
const (
	spanParentRef    uint8 = 1 << iota // its only reference is its parent
	spanFollows                        // and of type FOLLOWS_FROM
	spanRemoteParent                   // its parent is in another process
)

// references are those of a span that has others than its parent.
type references struct {
	list    []model.Reference
	dropped uint32
}

// setReferences keeps the references: as two bits when there is but the parent. The
// rest of the span's context must be complete.
func (t *Tracer) setReferences(s *Span, o *startOptions, l *lineage) {
	if l.refs == 0 {
		return
	}
	if l.refs == 1 && l.parent != nil && l.self == nil {
		s.bits |= spanParentRef
		if l.follows {
			s.bits |= spanFollows
		}
		return
	}
	refs := &references{list: make([]model.Reference, 0, min(l.refs, t.limits.RefsPerSpan))}
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
		case len(refs.list) < t.limits.RefsPerSpan:
			refs.list = append(refs.list, ref)
			continue
		case r.ctx.spanContext == l.parent: // above all others
			refs.list[len(refs.list)-1] = ref
		}
		refs.dropped++
	}
	t.rare.refs.Add(uint64(refs.dropped))
	s.cur.Store(&laterContext{spanContext: s.ctx, refs: refs})
}

// EdgePolicy says what to make of a context that came from outside: at the edge
// of a system callers choose ids, flags and baggage that nobody vouches for.
type EdgePolicy uint8

// The policies.
const (
	TrustCaller  EdgePolicy = iota // the default: continue the caller's trace, with its flags and baggage
	LinkCaller                     // begin a trace that links to the caller's span, and take nothing else over
	IgnoreCaller                   // begin a trace as if the caller had sent nothing
)

// String returns the policy's name.
func (p EdgePolicy) String() string {
	names := [...]string{"trust", "link", "ignore"}
	if int(p) < len(names) {
		return names[p]
	}
	return fmt.Sprintf("EdgePolicy(%d)", uint8(p))
}

// Reference is a start option, for one listener or handler: it stands for
// opentracing.ChildOf of an extracted context, under the policy. A value that is no
// policy is taken for IgnoreCaller.
//
//	caller, _ := tracer.Extract(opentracing.HTTPHeaders, carrier)
//	span := tracer.StartSpan("GET /", spur.LinkCaller.Reference(caller))
func (p EdgePolicy) Reference(caller opentracing.SpanContext) opentracing.SpanReference {
	switch p {
	case TrustCaller:
		return opentracing.ChildOf(caller)
	case LinkCaller:
		return Link(caller)
	}
	return opentracing.SpanReference{}
}

// WithEdgePolicy sets the policy for every extracted context that a span of this
// tracer refers to as ChildOf or FollowsFrom. Contexts of this process are always
// trusted. The default is TrustCaller.
func WithEdgePolicy(p EdgePolicy) Option {
	return optionFunc(func(c *config) {
		if p > IgnoreCaller {
			c.fail("WithEdgePolicy", p.String(), errors.New("is not a policy"))
			return
		}
		c.edge = p
	})
}

// admit is what is left of a reference under the tracer's policy.
func (t *Tracer) admit(r *startReference) (kind opentracing.SpanReferenceType, ok bool) {
	if t.edge == TrustCaller || r.kind == linkRef || r.kind == selfRef || !r.ctx.IsRemote() {
		return r.kind, true
	}
	return linkRef, t.edge == LinkCaller
}
