// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"sync"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// maxBinary is how much of a binary carrier is read for a propagator that cannot
// tell where a context ends.
const maxBinary = 64 << 10

// Inject implements opentracing.Tracer: it writes a span's context into a carrier.
// opentracing.HTTPHeaders and TextMap want an http.Header or an
// opentracing.TextMapWriter, opentracing.Binary an io.Writer. Baggage beyond the
// limits, or that would break the carrier, is left out and counted.
func (t *Tracer) Inject(sc opentracing.SpanContext, name, carrier any) error {
	ctx, ok := ownContext(sc)
	if !ok {
		return opentracing.ErrInvalidSpanContext
	}
	t = t.orNone()
	f := t.codec(name)
	switch {
	case f.text != nil:
		to, ok := setter(carrier)
		if !ok {
			return opentracing.ErrInvalidCarrier
		}
		if h, ok := to.(propagation.Header); ok && f.own != nil { // nothing of the user's is called
			var m model.Context
			ctx.model(&m)
			t.countUndecided(ctx)
			f.own.Inject(&m, h)
			return nil
		}
		m := t.lend(ctx)
		err := t.try(func() { f.text.Inject(m, to) })
		giveBack(m)
		return err
	case f.binary != nil:
		w, ok := carrier.(io.Writer)
		if !ok {
			return opentracing.ErrInvalidCarrier
		}
		m := t.lend(ctx)
		var failed error
		err := t.try(func() { _, failed = w.Write(f.binary.AppendBinary(nil, m)) })
		giveBack(m)
		return cmp.Or(err, failed)
	}
	return opentracing.ErrUnsupportedFormat
}

// Extract implements opentracing.Tracer: it reads the context that a carrier holds, an
// http.Header, an opentracing.TextMapReader or, for opentracing.Binary, an io.Reader,
// from which it takes no more than the context. The result is a SpanContext, or nil
// with an error that is or wraps one of OpenTracing's.
func (t *Tracer) Extract(name, carrier any) (opentracing.SpanContext, error) {
	var m model.Context
	var err error
	t = t.orNone()
	f := t.codec(name)
	switch {
	case f.text != nil:
		from, ok := reader(carrier)
		if !ok {
			return nil, opentracing.ErrInvalidCarrier
		}
		if h, ok := from.(propagation.Header); ok && f.own != nil {
			m, err = f.own.Extract(h)
		} else if p := t.try(func() { m, err = f.text.Extract(from) }); p != nil {
			err = p
		}
	case f.binary != nil:
		r, ok := carrier.(io.Reader)
		if !ok {
			return nil, opentracing.ErrInvalidCarrier
		}
		p := t.try(func() {
			var b []byte
			if b, err = readBinary(f.binary, r); err == nil {
				m, err = f.binary.ParseBinary(b)
			}
		})
		if p != nil {
			err = p
		}
	default:
		return nil, opentracing.ErrUnsupportedFormat
	}
	if err != nil {
		return nil, openTracingError(err)
	}
	m.State |= model.StateRemote // whatever the propagator says
	return NewSpanContext(m), nil
}

// readBinary reads a context's bytes, and what comes after them only if the
// propagator cannot tell where they end.
func readBinary(p propagation.BinaryPropagator, r io.Reader) ([]byte, error) {
	if f, ok := p.(propagation.FrameReader); ok {
		return f.ReadFrame(r)
	}
	return io.ReadAll(io.LimitReader(r, maxBinary))
}

// noCodec serves no format.
var noCodec codec

// codec finds what serves a format: noCodec if nothing does.
func (t *Tracer) codec(name any) *codec {
	if f, ok := name.(opentracing.BuiltinFormat); ok { // which compares quickly
		switch f {
		case opentracing.HTTPHeaders:
			return t.http
		case opentracing.TextMap:
			return t.textMap
		}
	}
	if name == nil || !reflect.ValueOf(name).Comparable() {
		return &noCodec
	}
	return cmp.Or(t.formats[name], &noCodec)
}

// findFormats prepares codec and Stats.
func (t *Tracer) findFormats() {
	t.http, t.textMap = t.formats[opentracing.HTTPHeaders], t.formats[opentracing.TextMap]
	seen := map[any]bool{} // one propagator may serve several formats
	for _, f := range t.formats {
		f.own, _ = f.text.(*propagation.Textual)
		p := any(f.text)
		if f.text == nil {
			p = f.binary
		}
		if reflect.ValueOf(p).Comparable() {
			if seen[p] {
				continue
			}
			seen[p] = true
		}
		if st, ok := p.(propagation.Statser); ok {
			t.formatStatsers = append(t.formatStatsers, formatStatser{st, make(chan struct{}, 1)})
		}
	}
}

// contextPool lends the object that a Propagator gets a pointer to.
var contextPool = sync.Pool{New: func() any { return new(model.Context) }}

func (t *Tracer) lend(c SpanContext) *model.Context {
	m := contextPool.Get().(*model.Context)
	c.model(m)
	t.countUndecided(c)
	return m
}

// countUndecided counts a context that is injected before a decision.
func (t *Tracer) countUndecided(c SpanContext) {
	if c.spanContext != nil && c.word.load()&wordUndecided != 0 {
		t.rare.undecidedInjected.Add(1)
	}
}

func giveBack(m *model.Context) {
	*m = model.Context{}
	contextPool.Put(m)
}

// setter returns a carrier to write to. Header maps become propagation.Header,
// which propagators write to directly.
func setter(carrier any) (propagation.Setter, bool) {
	switch c := carrier.(type) {
	case opentracing.HTTPHeadersCarrier:
		return propagation.Header(c), c != nil
	case http.Header:
		return propagation.Header(c), c != nil
	case propagation.Header:
		return c, c != nil
	case opentracing.TextMapCarrier:
		return c, c != nil
	case opentracing.TextMapWriter:
		return c, true
	}
	return nil, false
}

// reader returns a carrier to read from.
func reader(carrier any) (propagation.Reader, bool) {
	switch c := carrier.(type) {
	case opentracing.HTTPHeadersCarrier:
		return propagation.Header(c), true
	case http.Header:
		return propagation.Header(c), true
	case opentracing.TextMapReader:
		return c, true
	}
	return nil, false
}

// openTracingError translates a propagator's or carrier's error; what is neither
// "not found" nor "corrupted" came from the carrier.
func openTracingError(err error) error {
	switch {
	case err == propagation.ErrNotFound, errors.Is(err, propagation.ErrNotFound): //nolint:errorlint // mostly it is that itself
		return opentracing.ErrSpanContextNotFound
	case errors.Is(err, propagation.ErrCorrupted):
		return fmt.Errorf("%w: %w", opentracing.ErrSpanContextCorrupted, err)
	}
	return err
}
