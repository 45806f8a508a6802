// SPDX-License-Identifier: Apache-2.0

package zipkin

import (
	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
	"github.com/uber/jaeger-client-go"
)

var (
	_ jaeger.Injector  = Propagator{}
	_ jaeger.Extractor = Propagator{}
)

// Option changes what NewZipkinB3HTTPHeaderPropagator makes.
type Option func(propagator *Propagator)

// BaggagePrefix is what the names of headers with baggage begin with; "baggage-" when
// empty. They are found in any case.
func BaggagePrefix(prefix string) Option {
	return func(p *Propagator) { p.prefix = prefix }
}

const defaultPrefix = "baggage-"

// Propagator writes and reads B3 headers. Its methods may be called from any goroutine.
type Propagator struct {
	prefix string
	b3     *propagation.Textual // for what is written
}

// NewZipkinB3HTTPHeaderPropagator makes a Propagator. A prefix with control bytes is not
// used.
func NewZipkinB3HTTPHeaderPropagator(opts ...Option) Propagator {
	var p Propagator
	for _, opt := range opts {
		if opt != nil {
			opt(&p)
		}
	}
	var err error
	if p.b3, err = propagation.B3(propagation.Text, propagation.WithB3BaggagePrefix(p.prefix)); err != nil || p.prefix == "" {
		p.b3, _ = propagation.B3(propagation.Text)
		p.prefix = defaultPrefix
	}
	return p
}

// Inject writes ids, the decision and baggage into an opentracing.TextMapWriter. Baggage
// beyond spur's limits, or that would break the carrier, is left out.
func (p Propagator) Inject(sc jaeger.SpanContext, abstractCarrier interface{}) error {
	m := sc.SpurContext().Model()
	m.State &^= model.StateDeferred // what is undecided is not sampled here
	switch to := abstractCarrier.(type) {
	case opentracing.HTTPHeadersCarrier:
		if to == nil {
			return opentracing.ErrInvalidCarrier
		}
		p.b3.Inject(&m, propagation.Header(to))
	case opentracing.TextMapWriter:
		if text, ok := to.(opentracing.TextMapCarrier); ok && text == nil {
			return opentracing.ErrInvalidCarrier
		}
		p.b3.Inject(&m, to)
	default:
		return opentracing.ErrInvalidCarrier
	}
	return nil
}

// Extract reads a context from an opentracing.TextMapReader. One without a decision is not
// sampled. Without a trace id the error is opentracing.ErrSpanContextNotFound; one that
// cannot be read has an error of its own.
func (p Propagator) Extract(abstractCarrier interface{}) (jaeger.SpanContext, error) {
	from, ok := abstractCarrier.(opentracing.TextMapReader)
	if !ok {
		return jaeger.SpanContext{}, opentracing.ErrInvalidCarrier
	}
	r := newReading(p.prefix)
	if err := from.ForeachKey(r.take); err != nil {
		return jaeger.SpanContext{}, err
	}
	if !r.trace.IsValid() {
		return jaeger.SpanContext{}, opentracing.ErrSpanContextNotFound
	}
	return jaeger.NewSpanContext(r.trace, r.span, r.parent, r.sampled, r.baggage), nil
}
