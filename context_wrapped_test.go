// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
)

// wrappedContext is another module's SpanContext around ours.
type wrappedContext struct{ c SpanContext }

func (w wrappedContext) ForeachBaggageItem(func(k, v string) bool) {}
func (w wrappedContext) SpurContext() SpanContext                  { return w.c }

// wrappedSpan is another module's Span around ours.
type wrappedSpan struct {
	opentracing.Span
	own *Span
}

func (w wrappedSpan) Context() opentracing.SpanContext { return wrappedContext{w.own.SpanContext()} }
func (w wrappedSpan) SpurSpan() *Span                  { return w.own }

// wrappedTracer is another module's Tracer around ours.
type wrappedTracer struct {
	opentracing.Tracer
	own *Tracer
}

func (w wrappedTracer) SpurTracer() *Tracer { return w.own }

func TestWrappedContextIsOurs(t *testing.T) {
	c := remote(5, 6, "k", "v")
	for _, tt := range []struct {
		name   string
		refer  func(opentracing.SpanContext) opentracing.SpanReference
		span   model.SpanID // 0: a new one
		parent model.SpanID
		refs   []model.Reference
	}{
		{"child", opentracing.ChildOf, 0, 6, []model.Reference{{TraceID: c.TraceID(), SpanID: 6, Type: model.ChildOf}}},
		{"follows", opentracing.FollowsFrom, 0, 6, []model.Reference{{TraceID: c.TraceID(), SpanID: 6, Type: model.FollowsFrom}}},
		{"self", SelfRef, 6, 0, nil},
		{"link", Link, 0, 0, []model.Reference{{TraceID: c.TraceID(), SpanID: 6, Type: model.FollowsFrom}}},
	} {
		tracer, got := newTestTracer(t)
		tracer.StartSpan("op", tt.refer(wrappedContext{c})).Finish()
		s := got.only(t)
		if tt.span != 0 && s.SpanID != tt.span || s.ParentID != tt.parent || !reflect.DeepEqual(s.References, tt.refs) {
			t.Errorf("%s: span %v, parent %v, references %v", tt.name, s.SpanID, s.ParentID, s.References)
		}
		if n := tracer.Stats().Cut.Foreign; n != 0 {
			t.Errorf("%s: %d foreign references counted", tt.name, n)
		}
	}
	tracer, _ := newTestTracer(t)
	for _, f := range []opentracing.BuiltinFormat{opentracing.HTTPHeaders, opentracing.TextMap} {
		bare, wrapped := opentracing.TextMapCarrier{}, opentracing.TextMapCarrier{}
		if err := tracer.Inject(c, f, bare); err != nil {
			t.Fatal(err)
		}
		if err := tracer.Inject(wrappedContext{c}, f, wrapped); err != nil || wrapped["uber-trace-id"] == "" || !reflect.DeepEqual(wrapped, bare) {
			t.Errorf("format %d: %v, %v, want %v", f, err, wrapped, bare)
		}
	}
	var bare, wrapped bytes.Buffer
	if err := tracer.Inject(c, opentracing.Binary, &bare); err != nil {
		t.Fatal(err)
	}
	if err := tracer.Inject(wrappedContext{c}, opentracing.Binary, &wrapped); err != nil || wrapped.Len() == 0 || !bytes.Equal(wrapped.Bytes(), bare.Bytes()) {
		t.Errorf("binary: %v, %x, want %x", err, wrapped.Bytes(), bare.Bytes())
	}
}

func TestWrappedSpanIsOurs(t *testing.T) {
	tracer, got := newTestTracer(t)
	root := tracer.StartSpan("root").(*Span)
	ctx := opentracing.ContextWithSpan(context.Background(), wrappedSpan{root, root})
	if SpanFromContext(ctx) != root {
		t.Error("SpanFromContext does not see through the wrapper")
	}
	_, a := StartSpanFromContext(ctx, "a")
	_, b := tracer.Start(ctx, "b")
	for _, s := range []*Span{a, b} {
		if s.ctx.parentID != root.ctx.spanID || s.ctx.local != root.ctx.local {
			t.Errorf("%s does not descend from the wrapped span", s.OperationName())
		}
		s.Finish()
	}
	root.Finish()
	if len(got.all()) != 3 {
		t.Errorf("%d reported, want 3", len(got.all()))
	}
	empty := opentracing.ContextWithSpan(context.Background(), wrappedSpan{Span: opentracing.NoopTracer{}.StartSpan("x")})
	if SpanFromContext(empty) != nowhere {
		t.Error("a wrapper of nothing is not nowhere")
	}
}

func TestWrappedGlobalTracer(t *testing.T) {
	tracer, got := newTestTracer(t)
	defer opentracing.SetGlobalTracer(opentracing.NoopTracer{})
	opentracing.SetGlobalTracer(wrappedTracer{tracer, tracer})
	ctx, s := StartSpanFromContext(context.Background(), "op", opentracing.Tag{Key: "k", Value: 1})
	s.Finish()
	if SpanFromContext(ctx) != s || tagMap(got.only(t).Tags)["k"] != int64(1) {
		t.Errorf("reported %+v", got.only(t))
	}
}

// A wrapper whose tracer is not there yet.
func TestWrappedGlobalTracerOfNothing(t *testing.T) {
	defer opentracing.SetGlobalTracer(opentracing.NoopTracer{})
	opentracing.SetGlobalTracer(wrappedTracer{Tracer: opentracing.NoopTracer{}})
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("panic: %v", p)
		}
	}()
	if ctx, s := StartSpanFromContext(context.Background(), "op"); s != nowhere || ctx != context.Background() {
		t.Errorf("started %v", s)
	}
}

// opentracing.ContextWithSpan asks the span for its tracer; a nil *Span is what a
// function returns that found none.
func TestNilSpanInAContext(t *testing.T) {
	tracer, got := newTestTracer(t)
	ctx := opentracing.ContextWithSpan(context.Background(), (*Span)(nil))
	if SpanFromContext(ctx) != nowhere {
		t.Error("a nil span is not nowhere")
	}
	_, s := tracer.Start(ctx, "op")
	s.Finish()
	if span := got.only(t); span.ParentID != 0 || len(span.References) != 0 || span.TraceID.High == 0 {
		t.Errorf("not a root: %+v", span)
	}
	if (*Span)(nil).Tracer() == nil {
		t.Error("a nil span has no tracer")
	}
}

// Code that found no span hands its context to its own tracer's Inject.
func TestNowhereInjectsNothing(t *testing.T) {
	s := SpanFromContext(context.Background())
	header, text := http.Header{}, opentracing.TextMapCarrier{}
	for _, tt := range []struct {
		format  opentracing.BuiltinFormat
		carrier any
	}{{opentracing.HTTPHeaders, header}, {opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)}, {opentracing.TextMap, text}} {
		if err := s.Tracer().Inject(s.Context(), tt.format, tt.carrier); err != nil {
			t.Errorf("%T: %v", tt.carrier, err)
		}
	}
	if len(header)+len(text) > 0 {
		t.Errorf("wrote %v, %v", header, text)
	}
	if _, err := s.Tracer().Extract(opentracing.HTTPHeaders, header); err != opentracing.ErrSpanContextNotFound {
		t.Errorf("extract: %v", err)
	}
	s.Tracer().StartSpan("child", opentracing.ChildOf(s.Context())).Finish()
}

// fmt used to walk through a span's fields, past its mutex.
func TestSpanPrintsAsItsContext(t *testing.T) {
	tracer, got := newTestTracer(t, WithIDGenerator(&sequence{}))
	s := tracer.StartSpan("op").(*Span)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for i := range 100 {
			s.SetTag("k", i).SetOperationName("renamed")
		}
	}()
	const want = "00000000000000010000000000000001:0000000000000001:0000000000000000:1"
	for range 100 {
		if text := fmt.Sprint(s); text != want {
			t.Fatalf("prints %q, want %q", text, want)
		}
	}
	other := tracer.StartSpan("other")
	other.SetTag("span", s).Finish()
	if v := tagMap(got.only(t).Tags)["span"]; v != want {
		t.Errorf("as a tag: %v", v)
	}
	wg.Wait()
	s.Finish()
}
