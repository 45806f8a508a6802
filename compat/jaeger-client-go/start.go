// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"
	"reflect"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/uber/jaeger-client-go/log"
)

// StartSpan starts a span; the result is a *Span. The first valid ChildOf is its parent,
// else the first valid FollowsFrom.
func (t *Tracer) StartSpan(operationName string, options ...opentracing.StartSpanOption) opentracing.Span {
	if t.watches {
		return t.startWatched(operationName, options)
	}
	s := &Span{tracer: t}
	t.spur.StartSpanIn(&s.span, operationName, options...)
	if t.counted || t.logger != log.NullLogger {
		sso := t.read(options)
		t.logForeign(sso.References)
		t.countStarted(s, &sso)
	}
	return s
}

// startWatched starts a span that somebody but spur wants to know of.
func (t *Tracer) startWatched(operationName string, options []opentracing.StartSpanOption) *Span {
	sso := t.read(options)
	t.logForeign(sso.References)
	if sso.StartTime.IsZero() {
		sso.StartTime = t.now()
	}
	s := &Span{tracer: t, watch: &watch{rpcServer: isRPCServer(sso.Tags)}}
	given := []opentracing.StartSpanOption{opentracing.StartTime(sso.StartTime)}
	for _, r := range sso.References {
		given = append(given, t.sharedReference(s, r))
	}
	if t.late == nil && len(sso.Tags) > 0 {
		given = append(given, opentracing.Tags(sso.Tags))
	}
	t.spur.StartSpanIn(&s.span, operationName, given...)
	s.watch.references = t.references(sso.References)
	s.watch.late = s.SpanContext().late()
	s.ask(func(v2 SamplerV2) SamplingDecision { return v2.OnCreateSpan(s) })
	s.watch.observers = t.observeStart(s, operationName, sso)
	for k, v := range sso.Tags {
		if t.late != nil {
			s.setTagWatched(k, v)
		} else {
			s.observe("an observer's OnSetTag", func(o ContribSpanObserver) { o.OnSetTag(k, v) })
			s.keepTag(k, v)
		}
	}
	t.countStarted(s, &sso)
	return s
}

// read applies start options, which are the program's own code.
func (t *Tracer) read(options []opentracing.StartSpanOption) (sso opentracing.StartSpanOptions) {
	for _, o := range options {
		if o != nil {
			t.guard("a start option", func() { o.Apply(&sso) })
		}
	}
	return sso
}

// sharedReference makes the parent of an RPC server's span the span itself, as Zipkin has
// it, if the tracer is to.
func (t *Tracer) sharedReference(s *Span, r opentracing.SpanReference) opentracing.SpanReference {
	if t.options.zipkinSharedRPCSpan && s.watch.rpcServer && !s.watch.shared {
		if c, ok := t.ownContext(r.ReferencedContext); ok && c.IsValid() && r.Type != selfRefType {
			s.watch.shared = true
			return SelfRef(c)
		}
	}
	return r
}

// references are those with valid contexts.
func (t *Tracer) references(all []opentracing.SpanReference) (kept []Reference) {
	for _, r := range all {
		if c, ok := t.ownContext(r.ReferencedContext); ok && c.IsValid() && r.Type != selfRefType {
			kept = append(kept, Reference{Type: r.Type, Context: c})
		}
	}
	return kept
}

// logForeign tells the program of references to spans of other tracers.
func (t *Tracer) logForeign(all []opentracing.SpanReference) {
	for _, r := range all {
		if _, ok := t.ownContext(r.ReferencedContext); !ok {
			t.logger.Error(fmt.Sprintf("Reference contains invalid type of SpanReference: %s", reflect.ValueOf(r.ReferencedContext)))
		}
	}
}

func isRPCServer(tags map[string]interface{}) bool {
	v, ok := tags[string(ext.SpanKind)]
	return ok && (v == ext.SpanKindRPCServerEnum || v == string(ext.SpanKindRPCServerEnum))
}

// now is the time of the program's clock.
func (t *Tracer) now() (now time.Time) {
	if t.options.timeNow != nil && t.guard("TimeNow", func() { now = t.options.timeNow() }) {
		return now
	}
	return time.Now()
}

// countStarted counts a span, and the trace that begins or is joined with it.
func (t *Tracer) countStarted(s *Span, sso *opentracing.StartSpanOptions) {
	if !t.counted {
		return
	}
	m, c := t.metrics, s.SpanContext()
	newTrace := c.ParentID() == 0 && !hasParent(t, sso.References)
	joined := !newTrace && (c.ParentID() == 0 || isRPCServer(sso.Tags))
	switch {
	case !c.IsSamplingFinalized():
		m.SpansStartedDelayedSampling.Inc(1)
		if newTrace {
			m.TracesStartedDelayedSampling.Inc(1)
		}
	case c.IsSampled():
		m.SpansStartedSampled.Inc(1)
		switch {
		case newTrace:
			m.TracesStartedSampled.Inc(1)
		case joined:
			m.TracesJoinedSampled.Inc(1)
		}
	default:
		m.SpansStartedNotSampled.Inc(1)
		switch {
		case newTrace:
			m.TracesStartedNotSampled.Inc(1)
		case joined:
			m.TracesJoinedNotSampled.Inc(1)
		}
	}
}

// hasParent reports whether a span continues a trace.
func hasParent(t *Tracer, refs []opentracing.SpanReference) bool {
	for _, r := range refs {
		if c, ok := t.ownContext(r.ReferencedContext); ok && c.IsValid() {
			return true
		}
	}
	return false
}
