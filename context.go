// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

var _ opentracing.SpanContext = SpanContext{}

// SpanContext is the part of a span that others need to refer to it: ids, flags
// and baggage. Ids and baggage never change, the flags are those of the live trace. The
// zero SpanContext refers to nothing and is ignored as a parent. Compare with Equal, not
// with ==. All methods may be called from any goroutine, also after Finish.
type SpanContext struct {
	*spanContext
}

// spanContext is embedded in a Span, or stands alone in a detachedContext or a
// laterContext. It never changes.
type spanContext struct {
	traceID  model.TraceID
	spanID   model.SpanID
	parentID model.SpanID
	word     *traceWord
	local    *localTrace // nil when the context is detached and has no extra
	baggage  *model.Baggage
}

// detachedContext is a context without a span: what Extract makes.
type detachedContext struct {
	word traceWord
	ctx  spanContext
}

// NewSpanContext makes a context from its parts, such as a custom propagator's.
// Spans started from it are local roots: the sampler is asked about them, and told that
// a remote parent decided, or, with model.StateDeferred, that it did not. Without ids,
// it is told so with model.StateDecided alone.
func NewSpanContext(c model.Context) SpanContext {
	d := &detachedContext{ctx: spanContext{
		traceID: c.TraceID, spanID: c.SpanID, parentID: c.ParentID, baggage: c.Baggage,
	}}
	state := c.State
	if c.IsValid() {
		state &^= model.StateDecided // its flags are a decision anyway
	}
	d.word.store(wordOf(c.Flags, state))
	if c.Extra != nil {
		d.ctx.local = &localTrace{extra: c.Extra}
	}
	d.ctx.word = &d.word
	return SpanContext{&d.ctx}
}

// Model returns the context as plain data. A trace whose sampler has not decided yet
// has model.StateDeferred.
func (c SpanContext) Model() (m model.Context) {
	c.model(&m)
	return m
}

// model is Model into m, which is zero.
func (c SpanContext) model(m *model.Context) {
	p, w := c.parts(), c.parts().word.load()
	m.TraceID, m.SpanID, m.ParentID, m.Flags, m.State, m.Baggage = p.traceID, p.spanID, p.parentID, w.flags(), w.state(), p.baggage
	if p.local != nil {
		m.Extra = p.local.extra
	}
}

var noContext = spanContext{word: new(traceWord)}

// parts is never nil.
func (c SpanContext) parts() *spanContext {
	if c.spanContext == nil {
		return &noContext
	}
	return c.spanContext
}

// TraceID returns the id of the trace, zero for a zero context.
func (c SpanContext) TraceID() model.TraceID { return c.parts().traceID }

// SpanID returns the id of the span, zero for a zero context.
func (c SpanContext) SpanID() model.SpanID { return c.parts().spanID }

// ParentID returns the id of the span's parent, zero when it has none.
func (c SpanContext) ParentID() model.SpanID { return c.parts().parentID }

// Flags returns Jaeger's flags byte as it is now: flags belong to the trace.
func (c SpanContext) Flags() model.Flags { return c.parts().word.load().flags() }

// IsValid reports whether neither trace id nor span id is zero.
func (c SpanContext) IsValid() bool { return c.TraceID().IsValid() && c.SpanID() != 0 }

// IsSampled reports whether the trace is recorded, as far as is decided now.
func (c SpanContext) IsSampled() bool { return c.Flags()&model.FlagSampled != 0 }

// IsDebug reports whether the trace carries Jaeger's debug flag.
func (c SpanContext) IsDebug() bool { return c.Flags()&model.FlagDebug != 0 }

// IsFirehose reports whether the trace carries Jaeger's firehose flag.
func (c SpanContext) IsFirehose() bool { return c.Flags()&model.FlagFirehose != 0 }

// EnableFirehose is Span.EnableFirehose for a context: the flag belongs to the trace. A zero
// context has none.
func (c SpanContext) EnableFirehose() {
	if c.spanContext != nil && c.word.load()&wordPassing == 0 {
		c.word.bits.Or(uint32(wordFirehose))
	}
}

// SamplingState returns what a Late sampler keeps about the local trace. It is nil when the
// trace was decided about as it began, and for a context without a span.
func (c SpanContext) SamplingState() *sampler.TraceState {
	if l := c.parts().local; l != nil && l.late != nil {
		return &l.late.state
	}
	return nil
}

// IsRemote reports whether the context came out of a carrier.
func (c SpanContext) IsRemote() bool { return c.parts().word.load()&wordRemote != 0 }

// Equal reports whether both refer to the same span of the same trace.
func (c SpanContext) Equal(d SpanContext) bool {
	return c.TraceID() == d.TraceID() && c.SpanID() == d.SpanID()
}

// Baggage returns the baggage members, nil when there are none.
func (c SpanContext) Baggage() *model.Baggage { return c.parts().baggage }

// BaggageItem is Span.BaggageItem for a context.
func (c SpanContext) BaggageItem(key string) string {
	m, _ := c.Baggage().Find(key)
	return m.Value
}

// ForeachBaggageItem implements opentracing.SpanContext: newest first, until
// handler returns false.
func (c SpanContext) ForeachBaggageItem(handler func(k, v string) bool) {
	for m := range c.Baggage().All() {
		if !handler(m.Key, m.Value) {
			return
		}
	}
}

// WithBaggageItem returns a copy of the context that carries one more item; an
// empty value removes the item instead. Limits are not applied here, but when
// the context is injected.
func (c SpanContext) WithBaggageItem(key, value string) SpanContext {
	switch {
	case c.spanContext == nil && value == "":
		return c
	case c.spanContext == nil:
		return NewSpanContext(model.Context{Baggage: model.NewBaggage(model.Member{Key: key, Value: value})})
	}
	return SpanContext{&c.spanContext.withBaggage(key, value).spanContext}
}

// laterContext is a context with what few spans have: baggage items of their own, of
// which the newest is in the same allocation, and references beside the parent.
type laterContext struct {
	spanContext
	refs *references // of a span, nil when they are not kept here
	head model.Baggage
}

func (c *spanContext) withBaggage(key, value string) *laterContext {
	l := &laterContext{spanContext: *c}
	if value == "" {
		l.baggage = c.baggage.Without(key)
	} else {
		l.baggage = l.head.Link(model.Member{Key: key, Value: value}, c.baggage)
	}
	return l
}

// String returns trace:span:parent:flags, as uber-trace-id carries it.
func (c SpanContext) String() string {
	buf := make([]byte, 0, 32+1+16+1+16+1+2)
	buf = append(c.TraceID().AppendHex(buf), ':')
	buf = append(c.SpanID().AppendHex(buf), ':')
	buf = append(c.ParentID().AppendHex(buf), ':')
	const digits = "0123456789abcdef"
	f := c.Flags()
	if f > 0xf {
		buf = append(buf, digits[f>>4])
	}
	return string(append(buf, digits[f&0xf]))
}

// contextProvider is a foreign SpanContext that wraps one of ours.
type contextProvider interface {
	SpurContext() SpanContext
}

// ownContext returns our context behind an OpenTracing one.
func ownContext(c opentracing.SpanContext) (SpanContext, bool) {
	switch c := c.(type) {
	case SpanContext:
		return c, true
	case contextProvider:
		return providedContext(c)
	}
	return SpanContext{}, false
}

// providedContext survives a provider that panics: it provides none.
func providedContext(c contextProvider) (own SpanContext, ok bool) {
	var err error
	defer guard.Recover(&err)
	own = c.SpurContext()
	return own, true
}

// SpanFromContext returns the span that Tracer.Start, ContextWithSpan or OpenTracing's
// functions put into ctx. It is never nil: without a span of spur's in ctx it is one
// that records nothing and whose context is not valid. A span that wraps one of spur's
// says so by a method SpurSpan() *Span.
func SpanFromContext(ctx context.Context) *Span {
	switch s := opentracing.SpanFromContext(orBackground(ctx)).(type) {
	case *Span:
		if s != nil {
			return s
		}
	case *detachedSpan:
		return s.Span
	case interface{ SpurSpan() *Span }:
		var own *Span
		if guard.Run(func() { own = s.SpurSpan() }) == nil && own != nil {
			return own
		}
	}
	return nowhere
}

// ContextWithSpan returns ctx with s as its current span, for OpenTracing too. A nil s
// stands for the span that records nothing.
func ContextWithSpan(ctx context.Context, s *Span) context.Context {
	return opentracing.ContextWithSpan(orBackground(ctx), s.orNowhere())
}

// orBackground stands in for a context that is nil.
func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}

// StartSpanFromContext is Tracer.Start with the tracer of ctx's current span. Without a
// span of spur's in ctx it is OpenTracing's global tracer, if that is one of spur's or
// has a method SpurTracer() *Tracer; if not, nothing is recorded and ctx is returned as
// it is.
func StartSpanFromContext(ctx context.Context, operation string, opts ...opentracing.StartSpanOption) (context.Context, *Span) {
	ctx = orBackground(ctx)
	if s := SpanFromContext(ctx); s != nowhere {
		return s.tracer().Start(ctx, operation, opts...)
	}
	switch t := opentracing.GlobalTracer().(type) {
	case *Tracer:
		return t.Start(ctx, operation, opts...)
	case interface{ SpurTracer() *Tracer }:
		var own *Tracer
		if guard.Run(func() { own = t.SpurTracer() }) == nil && own != nil {
			return own.Start(ctx, operation, opts...)
		}
	}
	return ctx, nowhere
}
