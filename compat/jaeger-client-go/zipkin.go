// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
)

// ZipkinSpanFormat is the format whose carrier is an InjectableZipkinSpan or an
// ExtractableZipkinSpan. It has no baggage, and the lower half of the trace id alone.
const ZipkinSpanFormat = "zipkin-span-format"

// ExtractableZipkinSpan is a carrier that Tracer.Extract reads. A trace id of 0 is no
// context.
type ExtractableZipkinSpan interface {
	TraceID() uint64
	SpanID() uint64
	ParentID() uint64
	Flags() byte
}

// InjectableZipkinSpan is a carrier that Tracer.Inject writes.
type InjectableZipkinSpan interface {
	SetTraceID(traceID uint64)
	SetSpanID(spanID uint64)
	SetParentID(parentID uint64)
	SetFlags(flags byte)
}

// zipkinCodec serves ZipkinSpanFormat.
type zipkinCodec struct{}

// Inject implements Injector.
func (zipkinCodec) Inject(ctx SpanContext, carrier interface{}) error {
	to, ok := carrier.(InjectableZipkinSpan)
	if !ok {
		return opentracing.ErrInvalidCarrier
	}
	to.SetTraceID(ctx.TraceID().Low)
	to.SetSpanID(uint64(ctx.SpanID()))
	to.SetParentID(uint64(ctx.ParentID()))
	to.SetFlags(ctx.Flags())
	return nil
}

// Extract implements Extractor.
func (zipkinCodec) Extract(carrier interface{}) (SpanContext, error) {
	from, ok := carrier.(ExtractableZipkinSpan)
	if !ok {
		return SpanContext{}, opentracing.ErrInvalidCarrier
	}
	id := from.TraceID()
	if id == 0 {
		return SpanContext{}, opentracing.ErrSpanContextNotFound
	}
	return newContext(model.Context{
		TraceID: model.TraceID{Low: id}, SpanID: model.SpanID(from.SpanID()), ParentID: model.SpanID(from.ParentID()),
		Flags: model.Flags(from.Flags()),
	}), nil
}
