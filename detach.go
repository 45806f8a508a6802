// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

// Detach returns a context for work that outlives ctx: it has ctx's values and current
// span, but no deadline, and is not cancelled with it. Spans that Tracer.Start and
// StartSpanFromContext of this package start in it follow ctx's current span (a
// FOLLOWS_FROM reference) instead of being its children: it may finish before they do.
// OpenTracing's own StartSpanFromContext still makes children.
func Detach(ctx context.Context) context.Context {
	ctx = context.WithoutCancel(orBackground(ctx))
	if s := SpanFromContext(ctx); s != nowhere {
		ctx = opentracing.ContextWithSpan(ctx, &detachedSpan{s})
	}
	return ctx
}

// detachedSpan is the current span of a context that Detach made.
type detachedSpan struct{ *Span }

// Go runs fn on a goroutine of its own, in a span that follows ctx's current one: see
// Detach, which makes fn's context, and StartSpanFromContext. The span starts before Go
// returns and finishes when fn returns. A panic of fn is logged on the span and goes on,
// which ends the process. Nobody waits for fn; spans that finish after Tracer.Close are
// counted as dropped.
func Go(ctx context.Context, operation string, fn func(ctx context.Context), opts ...opentracing.StartSpanOption) {
	ctx, span := StartSpanFromContext(Detach(ctx), operation, opts...)
	go func() {
		defer span.Finish()
		defer func() {
			if p := recover(); p != nil {
				span.LogPanic(p)
				panic(p)
			}
		}()
		if fn == nil {
			span.SetError(errors.New("spur: nothing to do: Go was given a nil function"))
			return
		}
		fn(ctx)
	}()
}

// LogPanic sets the tag error and logs the value of a panic, in OpenTracing's form:
// event "error", error.kind "panic", message. It is for code that recovers, lets the
// span finish and panics again.
func (s *Span) LogPanic(value any) {
	if s.told() {
		s.SetBool(string(ext.Error), true)
		s.LogKV("event", "error", "error.kind", "panic", "message", value) // bounded, whatever value is
	}
}

// Links is a start option: a Link to each valid context, as for a span that handles a
// batch of messages. References beyond Limits.RefsPerSpan are dropped and counted.
type Links []opentracing.SpanContext

// Apply implements opentracing.StartSpanOption. Other tracers get FollowsFrom
// references, the nearest thing they know.
func (l Links) Apply(o *opentracing.StartSpanOptions) {
	for _, c := range l {
		opentracing.FollowsFrom(c).Apply(o)
	}
}
