// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"fmt"

	"github.com/opentracing/opentracing-go"
)

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
	switch p {
	case TrustCaller:
		return "trust"
	case LinkCaller:
		return "link"
	case IgnoreCaller:
		return "ignore"
	}
	return fmt.Sprintf("EdgePolicy(%d)", uint8(p))
}

// Reference is a start option, for one listener or handler: it stands for
// opentracing.ChildOf of an extracted context, under the policy.
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
			c.fail("WithEdgePolicy", p.String(), errPolicy)
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
