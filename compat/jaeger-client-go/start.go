// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"
	"reflect"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

// StartSpan starts a span; the result is a *Span. The first valid ChildOf is its parent,
// else the first valid FollowsFrom.
func (t *Tracer) StartSpan(operationName string, options ...opentracing.StartSpanOption) opentracing.Span {
	switch {
	case !t.made():
		return &Span{}
	case t.keepsOnly && plain(options):
		return t.startKept(operationName, options)
	case t.watches:
		return t.startWatched(operationName, options)
	}
	s := &Span{tracer: t}
	t.spur.StartSpanIn(&s.span, operationName, options...)
	if t.readsOptions {
		t.countStarted(s, t.lineageOf(options))
	}
	return s
}

// plain reports whether all options are OpenTracing's own, which need no Apply.
func plain(options []opentracing.StartSpanOption) bool {
	for _, o := range options {
		switch o.(type) {
		case opentracing.SpanReference, opentracing.Tag, opentracing.Tags, opentracing.StartTime:
		default:
			return false
		}
	}
	return true
}

// startKept starts a span that nobody but reporters of the program's own want to know of,
// with plain options.
func (t *Tracer) startKept(operationName string, options []opentracing.StartSpanOption) *Span {
	s := newWatched(t, false)
	t.spur.StartSpanIn(&s.span, operationName, options...)
	w := s.watch
	for _, o := range options {
		switch o := o.(type) {
		case opentracing.SpanReference:
			if c, ok := t.ownContext(o.ReferencedContext); ok && c.IsValid() && o.Type != selfRefType {
				w.references = append(w.references, Reference{Type: o.Type, Context: c})
			}
		case opentracing.Tag:
			w.rpcServer = w.rpcServer || o.Key == string(ext.SpanKind) && isServer(o.Value)
			s.keepTag(o.Key, o.Value)
		case opentracing.Tags:
			w.rpcServer = w.rpcServer || isRPCServer(o)
			for k, v := range o {
				s.keepTag(k, v)
			}
		}
	}
	if t.readsOptions {
		t.countStarted(s, t.lineageOf(options))
	}
	return s
}

// startWatched starts a span that somebody but spur wants to know of.
func (t *Tracer) startWatched(operationName string, options []opentracing.StartSpanOption) *Span {
	sso := t.read(options)
	timed := len(t.observers) > 0 || t.late != nil
	if timed && sso.StartTime.IsZero() {
		sso.StartTime = t.now()
	}
	s := newWatched(t, isRPCServer(sso.Tags))
	if timed {
		s.watch.start = sso.StartTime
	}
	priority, late := t.takePriority(&sso)
	given := make([]opentracing.StartSpanOption, 0, 4)
	given = append(given, opentracing.StartTime(sso.StartTime)) // zero: now
	for _, r := range t.shareParent(s, sso.References) {
		given = append(given, r)
	}
	if t.late == nil && len(sso.Tags) > 0 {
		given = append(given, opentracing.Tags(sso.Tags))
	}
	t.spur.StartSpanIn(&s.span, operationName, given...)
	s.watch.references = t.references(sso.References)
	if s.watch.late = s.SpanContext().late(); s.watch.late != nil {
		s.watch.late.root.CompareAndSwap(0, uint64(s.SpanContext().SpanID()))
	}
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
	if late {
		s.setTagWatched(priorityTag, priority)
	}
	var l lineage
	t.addOptions(&l, &sso)
	t.countStarted(s, l)
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

// shareParent makes the parent of an RPC server's span the span itself, as Zipkin has it,
// if the tracer is to.
func (t *Tracer) shareParent(s *Span, refs []opentracing.SpanReference) []opentracing.SpanReference {
	if !t.options.zipkinSharedRPCSpan || !s.watch.rpcServer {
		return refs
	}
	parent := -1
	for i, r := range refs {
		c, ok := t.ownContext(r.ReferencedContext)
		switch {
		case !ok || !c.IsValid() || r.Type == selfRefType:
		case r.Type == opentracing.ChildOfRef:
			return withSelf(refs, i, c)
		case parent < 0:
			parent = i
		}
	}
	if parent < 0 {
		return refs
	}
	c, _ := t.ownContext(refs[parent].ReferencedContext)
	return withSelf(refs, parent, c)
}

// withSelf returns refs with SelfRef at i.
func withSelf(refs []opentracing.SpanReference, i int, c SpanContext) []opentracing.SpanReference {
	refs = append([]opentracing.SpanReference(nil), refs...)
	refs[i] = SelfRef(c)
	return refs
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

// lineage is what the counters want to know of a span's options.
type lineage struct {
	parent bool // it continues a trace
	server bool // it is an RPC server's
}

// lineageOf reads options as read does, but OpenTracing's own without their Apply, which
// takes memory.
func (t *Tracer) lineageOf(options []opentracing.StartSpanOption) (l lineage) {
	for _, o := range options {
		switch o := o.(type) {
		case opentracing.SpanReference:
			t.addReference(&l, o)
		case opentracing.Tag:
			l.server = l.server || o.Key == string(ext.SpanKind) && isServer(o.Value)
		case opentracing.Tags:
			l.server = l.server || isRPCServer(o)
		case opentracing.StartTime, nil:
		default:
			sso := t.read([]opentracing.StartSpanOption{o})
			t.addOptions(&l, &sso)
		}
	}
	return l
}

func (t *Tracer) addOptions(l *lineage, sso *opentracing.StartSpanOptions) {
	for _, r := range sso.References {
		t.addReference(l, r)
	}
	l.server = l.server || isRPCServer(sso.Tags)
}

// addReference takes a reference in, and tells the program of one to another tracer's span.
// One to nothing is none, as its Apply has it.
func (t *Tracer) addReference(l *lineage, r opentracing.SpanReference) {
	if r.ReferencedContext == nil {
		return
	}
	c, ok := t.ownContext(r.ReferencedContext)
	if !ok {
		t.logger.Error(fmt.Sprintf("Reference contains invalid type of SpanReference: %s", reflect.ValueOf(r.ReferencedContext)))
	}
	l.parent = l.parent || c.IsValid()
}

func isRPCServer(tags map[string]interface{}) bool {
	return isServer(tags[string(ext.SpanKind)])
}

func isServer(kind interface{}) bool {
	return kind == ext.SpanKindRPCServerEnum || kind == string(ext.SpanKindRPCServerEnum)
}

// now is the time of the program's clock.
func (t *Tracer) now() (now time.Time) {
	if t.options.timeNow != nil && t.guard("TimeNow", func() { now = t.options.timeNow() }) {
		return now
	}
	return time.Now()
}

// countStarted counts a span, and the trace that begins or is joined with it.
func (t *Tracer) countStarted(s *Span, l lineage) {
	if !t.counted {
		return
	}
	m, c := t.metrics, s.SpanContext()
	newTrace := !l.parent
	joined := l.parent && (c.ParentID() == 0 || l.server)
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
