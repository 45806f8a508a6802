// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"errors"
	"net/url"
	"reflect"
	"strings"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// Injector writes a context into a carrier of the format that it is registered for.
type Injector interface {
	Inject(ctx SpanContext, carrier interface{}) error
}

// Extractor reads a context from a carrier of the format that it is registered for. When
// there is none it returns opentracing.ErrSpanContextNotFound.
type Extractor interface {
	Extract(carrier interface{}) (SpanContext, error)
}

var (
	_ Injector  = (*TextMapPropagator)(nil)
	_ Extractor = (*TextMapPropagator)(nil)
)

// TextMapPropagator carries contexts in text, as tracers do for opentracing.TextMap and
// opentracing.HTTPHeaders. Its methods may be called from any goroutine.
type TextMapPropagator struct {
	textual *propagation.Textual
	keys    HeadersConfig
	kind    propagation.Kind
	metrics *Metrics
}

// NewTextMapPropagator makes a propagator whose values travel as they are. headerKeys nil,
// empty names and names that text maps cannot have mean the defaults.
func NewTextMapPropagator(headerKeys *HeadersConfig, metrics Metrics) *TextMapPropagator {
	return newTextMapPropagator(propagation.Text, headerKeys, &metrics)
}

// NewHTTPHeaderPropagator makes a propagator whose values are percent-encoded, for HTTP
// headers. The names are those of NewTextMapPropagator.
func NewHTTPHeaderPropagator(headerKeys *HeadersConfig, metrics Metrics) *TextMapPropagator {
	return newTextMapPropagator(propagation.HTTP, headerKeys, &metrics)
}

func newTextMapPropagator(kind propagation.Kind, keys *HeadersConfig, metrics *Metrics) *TextMapPropagator {
	p := &TextMapPropagator{keys: keys.complete(), kind: kind, metrics: metrics.complete()}
	var err error
	if p.textual, err = propagation.Jaeger(kind, propagation.WithJaegerHeaders(p.keys.spurHeaders())); err != nil {
		p.keys = (*HeadersConfig)(nil).complete()
		p.textual, _ = propagation.Jaeger(kind)
	}
	return p
}

// Inject writes sc into an opentracing.TextMapWriter, and nothing when sc has neither ids
// nor baggage. Baggage beyond spur's limits, or that would break the carrier, is left out.
func (p *TextMapPropagator) Inject(sc SpanContext, abstractCarrier interface{}) error {
	to, ok := abstractCarrier.(opentracing.TextMapWriter)
	if !ok || isNilMap(to) {
		return opentracing.ErrInvalidCarrier
	}
	m := sc.ctx.Model()
	if h, ok := to.(opentracing.HTTPHeadersCarrier); ok {
		p.textual.Inject(&m, propagation.Header(h))
	} else {
		p.textual.Inject(&m, to)
	}
	return nil
}

// Extract reads a context from an opentracing.TextMapReader. Baggage beyond spur's limits
// is left out. A context of baggage or a debug id alone is a success.
func (p *TextMapPropagator) Extract(abstractCarrier interface{}) (SpanContext, error) {
	from, ok := abstractCarrier.(opentracing.TextMapReader)
	if !ok {
		return SpanContext{}, opentracing.ErrInvalidCarrier
	}
	var m model.Context
	var err error
	if h, ok := from.(opentracing.HTTPHeadersCarrier); ok {
		m, err = p.textual.Extract(propagation.Header(h))
	} else {
		m, err = p.textual.Extract(from)
	}
	if err == nil {
		return newContext(m), nil
	}
	if err = p.keys.explain(p.kind, from, err); !errors.Is(err, opentracing.ErrSpanContextNotFound) {
		p.metrics.DecodingErrors.Inc(1)
	}
	return SpanContext{}, err
}

func isNilMap(v interface{}) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Map && r.IsNil()
}

// newContext makes a context of the program's own of what was read. Tracer.Extract makes
// it remote, so that its decision counts.
func newContext(m model.Context) SpanContext {
	m.State &^= model.StateRemote
	if m.IsValid() && !m.IsSampled() {
		m.State |= model.StateDeferred
	}
	return SpanContext{ctx: spur.NewSpanContext(m)}
}

// explain returns err of an extraction in jaeger-client-go's words, if it has some. Zero
// ids are no context.
func (c *HeadersConfig) explain(kind propagation.Kind, from opentracing.TextMapReader, err error) error {
	if !isCorrupted(err) {
		return opentracing.ErrSpanContextNotFound
	}
	var value string
	found := false
	wrong := from.ForeachKey(func(k, v string) error {
		if strings.EqualFold(k, c.TraceContextHeaderName) {
			value, found = v, true
		}
		return nil
	})
	if wrong != nil {
		return wrong // the carrier's own
	}
	if !found || len(value) > maxExplained {
		return decodingError{err}
	}
	if kind == propagation.HTTP {
		if text, err := url.QueryUnescape(value); err == nil {
			value = text
		}
	}
	switch ctx, wrong := ContextFromString(value); {
	case wrong != nil:
		return decodingError{wrong}
	case !ctx.IsValid():
		return opentracing.ErrSpanContextNotFound
	}
	return decodingError{err}
}

// decodingError is an opentracing.ErrSpanContextCorrupted with another text.
type decodingError struct{ error }

func (e decodingError) Unwrap() []error {
	return []error{opentracing.ErrSpanContextCorrupted, e.error}
}
