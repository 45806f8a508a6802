// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"errors"
	"net/http"
	"reflect"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// ownCodecs is how many formats are registered at least: those of addCodecs.
const ownCodecs = 2

// addCodecs registers the formats that spur does not know, unless the program has.
func (t *Tracer) addCodecs() {
	for _, f := range [ownCodecs]struct {
		format interface{}
		codec  interface {
			Injector
			Extractor
		}
	}{
		{SpanContextFormat, contextCodec{}},
		{ZipkinSpanFormat, zipkinCodec{}},
	} {
		if _, ok := t.injectors[f.format]; !ok {
			t.injectors[f.format] = f.codec
		}
		if _, ok := t.extractors[f.format]; !ok {
			t.extractors[f.format] = f.codec
		}
	}
}

// codec returns what is registered for a format.
func codec[T any](registered map[interface{}]T, format interface{}) (c T, ok bool) {
	switch format.(type) {
	case opentracing.BuiltinFormat:
		if len(registered) == ownCodecs { // the program has none of its own
			return c, false
		}
	case string:
	default:
		if format == nil || !reflect.ValueOf(format).Comparable() {
			return c, false
		}
	}
	c, ok = registered[format]
	return c, ok
}

// extractCustom reads a context with the program's own extractor.
func (t *Tracer) extractCustom(e Extractor, carrier interface{}) (opentracing.SpanContext, error) {
	var c SpanContext
	var err error
	if !t.guard("an extractor", func() { c, err = e.Extract(carrier) }) {
		return nil, errPanicked
	}
	if err != nil {
		return nil, err
	}
	m := c.ctx.Model()
	m.State = m.State&^model.StateDeferred | model.StateRemote
	return contextOf(spur.NewSpanContext(m)), nil
}

// extractError counts an error of spur's, and returns it as jaeger-client-go does.
func (t *Tracer) extractError(format, carrier interface{}, err error) error {
	if !isCorrupted(err) {
		return err
	}
	kind := propagation.HTTP
	switch format {
	case opentracing.Binary:
		return opentracing.ErrSpanContextCorrupted
	case opentracing.TextMap:
		kind = propagation.Text
	}
	if h, ok := carrier.(http.Header); ok {
		carrier = opentracing.HTTPHeadersCarrier(h)
	}
	if from, ok := carrier.(opentracing.TextMapReader); ok {
		keys := t.options.headerKeys.complete()
		t.guard("a carrier", func() { err = keys.explain(kind, from, err) })
	}
	if !errors.Is(err, opentracing.ErrSpanContextNotFound) {
		t.metrics.DecodingErrors.Inc(1)
	}
	return err
}

func isCorrupted(err error) bool {
	return errors.Is(err, opentracing.ErrSpanContextCorrupted) || errors.Is(err, propagation.ErrCorrupted)
}
