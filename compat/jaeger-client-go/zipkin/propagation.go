// SPDX-License-Identifier: Apache-2.0

package zipkin

import (
	"errors"
	"strings"

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

// BaggagePrefix is what the names of headers with baggage begin with, instead of
// "baggage-". They are found in any case.
func BaggagePrefix(prefix string) Option {
	return func(p *Propagator) { p.prefix = prefix }
}

// Propagator writes and reads B3 headers. Its methods may be called from any goroutine.
type Propagator struct {
	prefix string
	b3     *propagation.Textual
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
	if p.b3, err = propagation.B3(propagation.Text, propagation.WithB3BaggagePrefix(p.prefix)); err != nil {
		p.b3, _ = propagation.B3(propagation.Text)
	}
	return p
}

// Inject writes ids, the decision and baggage into an opentracing.TextMapWriter. Baggage
// beyond spur's limits, or that would break the carrier, is left out.
func (p Propagator) Inject(sc jaeger.SpanContext, abstractCarrier interface{}) error {
	m := sc.SpurContext().Model()
	m.State &^= model.StateDeferred // jaeger-client-go says that what is undecided is not sampled
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

// Extract reads a context from an opentracing.TextMapReader: x-b3-*, or b3. One without a
// decision is not sampled. Baggage beyond spur's limits is left out, and all of it when
// there are no ids: then the error is opentracing.ErrSpanContextNotFound.
func (p Propagator) Extract(abstractCarrier interface{}) (jaeger.SpanContext, error) {
	from, ok := abstractCarrier.(opentracing.TextMapReader)
	if !ok {
		return jaeger.SpanContext{}, opentracing.ErrInvalidCarrier
	}
	var m model.Context
	var err error
	if h, ok := from.(opentracing.HTTPHeadersCarrier); ok {
		m, err = p.b3.Extract(propagation.Header(h))
	} else {
		m, err = p.b3.Extract(from)
	}
	if errors.Is(err, propagation.ErrCorrupted) {
		return jaeger.SpanContext{}, explain(from, err)
	}
	if err != nil || !m.IsValid() {
		return jaeger.SpanContext{}, opentracing.ErrSpanContextNotFound
	}
	baggage := map[string]string{}
	for item := range m.Baggage.All() {
		baggage[item.Key] = item.Value
	}
	return jaeger.NewSpanContext(jaeger.TraceID(m.TraceID), jaeger.SpanID(m.SpanID), jaeger.SpanID(m.ParentID), m.IsSampled(), baggage), nil
}

// explain returns err of an extraction as jaeger-client-go has it: a trace id that is
// missing or zero is no context, and one that cannot be read has an error of its own.
func explain(from opentracing.TextMapReader, err error) error {
	var value string
	_ = from.ForeachKey(func(k, v string) error {
		if strings.EqualFold(k, "x-b3-traceid") {
			value = v
		}
		return nil
	})
	if len(value) > maxExplained {
		return err
	}
	switch id, wrong := jaeger.TraceIDFromString(value); {
	case value == "" || wrong == nil && !id.IsValid():
		return opentracing.ErrSpanContextNotFound
	case wrong != nil:
		return wrong
	}
	return err
}

// maxExplained bounds what an error quotes of a header.
const maxExplained = 128
