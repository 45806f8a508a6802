// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"io"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/propagation"
)

var (
	_ Injector  = (*BinaryPropagator)(nil)
	_ Extractor = (*BinaryPropagator)(nil)
)

// BinaryPropagator carries contexts in bytes, as tracers do for opentracing.Binary. Its
// methods may be called from any goroutine.
type BinaryPropagator struct {
	binary *propagation.JaegerBinary
}

// NewBinaryPropagator makes a BinaryPropagator. The tracer may be nil.
func NewBinaryPropagator(tracer *Tracer) *BinaryPropagator {
	b, _ := propagation.Binary() // which fails for wrong options only
	return &BinaryPropagator{binary: b}
}

// Inject writes sc to an io.Writer. Baggage beyond spur's limits is left out.
func (p *BinaryPropagator) Inject(sc SpanContext, abstractCarrier interface{}) error {
	to, ok := abstractCarrier.(io.Writer)
	if !ok {
		return opentracing.ErrInvalidCarrier
	}
	m := sc.ctx.Model()
	_, err := to.Write(p.binary.AppendBinary(nil, &m))
	return err
}

// Extract reads a context from an io.Reader, and no more than that. What cannot be read is
// opentracing.ErrSpanContextCorrupted.
func (p *BinaryPropagator) Extract(abstractCarrier interface{}) (SpanContext, error) {
	from, ok := abstractCarrier.(io.Reader)
	if !ok {
		return SpanContext{}, opentracing.ErrInvalidCarrier
	}
	b, err := p.binary.ReadFrame(from)
	if err != nil {
		return SpanContext{}, opentracing.ErrSpanContextCorrupted
	}
	m, err := p.binary.ParseBinary(b)
	if err != nil {
		return SpanContext{}, opentracing.ErrSpanContextCorrupted
	}
	return newContext(m), nil
}
