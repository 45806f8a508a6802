// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"reflect"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func remote(trace, span uint64, items ...string) SpanContext {
	c := model.Context{TraceID: model.TraceID{Low: trace}, SpanID: model.SpanID(span), Flags: 1, State: model.StateRemote}
	for i := 0; i < len(items); i += 2 {
		c.Baggage = c.Baggage.With(model.Member{Key: items[i], Value: items[i+1]})
	}
	return NewSpanContext(c)
}

func TestParentAndReferences(t *testing.T) {
	a, b, c := remote(1, 10), remote(2, 20, "k", "b"), remote(3, 30)
	none := remote(0, 0, "k", "loose", "extra", "x")
	ref := func(trace, span uint64, kind model.ReferenceType) model.Reference {
		return model.Reference{TraceID: model.TraceID{Low: trace}, SpanID: model.SpanID(span), Type: kind}
	}
	child, follows, self := opentracing.ChildOf, opentracing.FollowsFrom, SelfRef
	for _, tt := range []struct {
		name    string
		opts    []opentracing.StartSpanOption
		trace   uint64 // 0: a new one
		parent  uint64
		refs    []model.Reference
		baggage map[string]string
	}{
		{"none", nil, 0, 0, nil, nil},
		{"child", []opentracing.StartSpanOption{child(a)}, 1, 10, []model.Reference{ref(1, 10, model.ChildOf)}, nil},
		{"follows", []opentracing.StartSpanOption{follows(a)}, 1, 10, []model.Reference{ref(1, 10, model.FollowsFrom)}, nil},
		{"first child wins", []opentracing.StartSpanOption{follows(a), child(b), child(c)}, 2, 20, []model.Reference{ref(1, 10, model.FollowsFrom), ref(2, 20, model.ChildOf), ref(3, 30, model.ChildOf)}, map[string]string{"k": "b"}},
		{"first follows wins", []opentracing.StartSpanOption{follows(c), follows(a)}, 3, 30, []model.Reference{ref(3, 30, model.FollowsFrom), ref(1, 10, model.FollowsFrom)}, nil},
		{"a child without ids hides nobody", []opentracing.StartSpanOption{child(none), child(b)}, 2, 20, []model.Reference{ref(2, 20, model.ChildOf)}, map[string]string{"k": "b", "extra": "x"}},
		{"baggage alone", []opentracing.StartSpanOption{child(none)}, 0, 0, nil, map[string]string{"k": "loose", "extra": "x"}},
		{"zero, nil and foreign contexts", []opentracing.StartSpanOption{child(SpanContext{}), child(nil), child(mocktracer.MockSpanContext{}), child(a)}, 1, 10, []model.Reference{ref(1, 10, model.ChildOf)}, nil},
		{"link", []opentracing.StartSpanOption{Link(a)}, 0, 0, []model.Reference{ref(1, 10, model.FollowsFrom)}, nil},
		{"self with another", []opentracing.StartSpanOption{self(b), follows(c)}, 2, 0, []model.Reference{ref(3, 30, model.FollowsFrom)}, map[string]string{"k": "b"}},
		{"six", []opentracing.StartSpanOption{child(a), child(b), child(c), child(a), child(b), child(c)}, 1, 10, []model.Reference{
			ref(1, 10, 0), ref(2, 20, 0), ref(3, 30, 0), ref(1, 10, 0), ref(2, 20, 0), ref(3, 30, 0),
		}, nil},
		{"an option of somebody else", []opentracing.StartSpanOption{foreignOption{a}}, 1, 10, []model.Reference{ref(1, 10, model.ChildOf)}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t)
			s := tracer.StartSpan("op", tt.opts...).(*Span)
			s.Finish()
			span := got.only(t)
			if tt.trace != 0 && span.TraceID.Low != tt.trace || tt.trace == 0 && span.TraceID.Low <= 3 {
				t.Errorf("trace %v, want %d", span.TraceID, tt.trace)
			}
			if uint64(span.ParentID) != tt.parent {
				t.Errorf("parent %v, want %d", span.ParentID, tt.parent)
			}
			if len(span.References)+len(tt.refs) > 0 && !reflect.DeepEqual(span.References, tt.refs) {
				t.Errorf("references %v, want %v", span.References, tt.refs)
			}
			if len(tt.refs) > 0 && !reflect.DeepEqual(s.References(), tt.refs) {
				t.Errorf("after Finish: references %v, want %v", s.References(), tt.refs)
			}
			items := map[string]string{}
			s.Context().ForeachBaggageItem(func(k, v string) bool { items[k] = v; return true })
			if len(items)+len(tt.baggage) > 0 && !reflect.DeepEqual(items, tt.baggage) {
				t.Errorf("baggage %v, want %v", items, tt.baggage)
			}
		})
	}
}

type foreignOption struct{ c opentracing.SpanContext }

func (f foreignOption) Apply(o *opentracing.StartSpanOptions) { opentracing.ChildOf(f.c).Apply(o) }

func TestSelfRefKeepsIDs(t *testing.T) {
	tracer, got := newTestTracer(t)
	c := NewSpanContext(model.Context{TraceID: model.TraceID{High: 5, Low: 6}, SpanID: 7, ParentID: 8, Flags: 1, State: model.StateRemote})
	s := tracer.StartSpan("op", SelfRef(c)).(*Span)
	s.Finish()
	if span := got.only(t); !own(s.Context()).Equal(c) || span.ParentID != 8 || span.SpanID != 7 {
		t.Errorf("%v, want %v", s.SpanContext(), c)
	}
}

// Whatever a carrier yields must be safe to ask anything; jaeger-client-go
// dereferences nil for most of these.
func TestContextsWithoutATrace(t *testing.T) {
	tracer, _ := newTestTracer(t)
	debugOnly, err := tracer.Extract(opentracing.HTTPHeaders, http.Header{"Jaeger-Debug-Id": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	baggageOnly, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uberctx-k": "v"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]SpanContext{
		"zero": {}, "debug id": own(debugOnly), "baggage": own(baggageOnly), "empty": NewSpanContext(model.Context{}),
		"nowhere": SpanFromContext(context.Background()).SpanContext(),
	} {
		if c.IsValid() || c.IsSampled() || c.IsDebug() || c.IsFirehose() || c.Flags() != 0 || c.TraceID().IsValid() {
			t.Errorf("%s: %v says it is something", name, c)
		}
		if s := c.String(); s != "0000000000000000:0000000000000000:0000000000000000:0" {
			t.Errorf("%s: %q", name, s)
		}
		_, _, _, _ = c.IsRemote(), c.Baggage(), c.ParentID(), c.Model()
		for _, f := range []opentracing.BuiltinFormat{opentracing.HTTPHeaders, opentracing.TextMap} {
			carrier := opentracing.TextMapCarrier{}
			if err := tracer.Inject(c, f, carrier); err != nil {
				t.Errorf("%s: inject: %v", name, err)
			}
			if _, found := carrier["uber-trace-id"]; found {
				t.Errorf("%s: wrote ids: %v", name, carrier)
			}
		}
		if err := tracer.Inject(c, opentracing.Binary, &bytes.Buffer{}); err != nil {
			t.Errorf("%s: binary: %v", name, err)
		}
		d := c.WithBaggageItem("k", "v")
		if m, ok := d.Baggage().Get("k"); !ok || m.Value != "v" {
			t.Errorf("%s: WithBaggageItem: %v", name, d.Baggage())
		}
		tracer.StartSpan("op", opentracing.ChildOf(c), opentracing.FollowsFrom(c), SelfRef(c), Link(c)).Finish()
	}
	var zero, other SpanContext
	if zero != other || opentracing.SpanContext(zero) == debugOnly {
		t.Error("== is not identity")
	}
}

func TestInjectAndExtractErrors(t *testing.T) {
	tracer, _ := newTestTracer(t, WithPropagation("mine", ownPropagator{}))
	s := tracer.StartSpan("op")
	defer s.Finish()
	c := s.Context()
	type unhashable struct{ _ []int }
	for _, tt := range []struct {
		name    string
		ctx     opentracing.SpanContext
		format  any
		carrier any
		want    error
	}{
		{"unknown format", c, "nobody", nil, opentracing.ErrUnsupportedFormat},
		{"nil format", c, nil, nil, opentracing.ErrUnsupportedFormat},
		{"unhashable format", c, unhashable{}, nil, opentracing.ErrUnsupportedFormat},
		{"foreign context", mocktracer.MockSpanContext{}, opentracing.HTTPHeaders, opentracing.TextMapCarrier{}, opentracing.ErrInvalidSpanContext},
		{"nil context", nil, opentracing.HTTPHeaders, opentracing.TextMapCarrier{}, opentracing.ErrInvalidSpanContext},
		{"wrong carrier", c, opentracing.HTTPHeaders, 1, opentracing.ErrInvalidCarrier},
		{"nil carrier", c, opentracing.TextMap, nil, opentracing.ErrInvalidCarrier},
		{"nil map", c, opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(nil), opentracing.ErrInvalidCarrier},
		{"nil text map", c, opentracing.TextMap, opentracing.TextMapCarrier(nil), opentracing.ErrInvalidCarrier},
		{"binary", c, opentracing.Binary, opentracing.TextMapCarrier{}, opentracing.ErrInvalidCarrier},
		{"own format", c, "mine", http.Header{}, nil},
	} {
		if err := tracer.Inject(tt.ctx, tt.format, tt.carrier); !errors.Is(err, tt.want) {
			t.Errorf("%s: inject: %v, want %v", tt.name, err, tt.want)
		}
	}
	for _, tt := range []struct {
		name    string
		format  any
		carrier any
		want    error
	}{
		{"unknown format", "nobody", nil, opentracing.ErrUnsupportedFormat},
		{"wrong carrier", opentracing.TextMap, 1, opentracing.ErrInvalidCarrier},
		{"binary wrong carrier", opentracing.Binary, 1, opentracing.ErrInvalidCarrier},
		{"nothing there", opentracing.TextMap, opentracing.TextMapCarrier{"a": "b"}, opentracing.ErrSpanContextNotFound},
		{"nil map", opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(nil), opentracing.ErrSpanContextNotFound},
		{"garbage", opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": "1:2:3"}, opentracing.ErrSpanContextCorrupted},
		{"empty binary", opentracing.Binary, &bytes.Buffer{}, opentracing.ErrSpanContextCorrupted},
		{"carrier fails", opentracing.TextMap, failingReader{}, errCarrier},
	} {
		got, err := tracer.Extract(tt.format, tt.carrier)
		if !errors.Is(err, tt.want) || got != nil {
			t.Errorf("%s: extract: %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
}

var errCarrier = errors.New("carrier broke")

type failingReader struct{}

func (failingReader) ForeachKey(func(string, string) error) error { return errCarrier }

type ownPropagator struct{}

func (ownPropagator) Inject(c *model.Context, to propagation.Setter) { to.Set("id", c.SpanID.String()) }

func (ownPropagator) Extract(propagation.Reader) (model.Context, error) {
	return model.Context{}, propagation.ErrNotFound
}

func TestDisabledTracerPassesContextsOn(t *testing.T) {
	tracer, err := New("", WithDisabled(true), WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer tracer.Close()
	in := http.Header{
		"Uber-Trace-Id": {"00000000000000aa00000000000000bb:00000000000000cc:00000000000000dd:3"}, "Uberctx-K": {"v"},
		"Traceparent": {"00-00000000000000aa00000000000000bb-00000000000000cc-01"}, "Baggage": {"k=v"}, "Tracestate": {"x=y"},
	}
	parent, err := tracer.Extract(opentracing.HTTPHeaders, in)
	if err != nil {
		t.Fatal(err)
	}
	s := tracer.StartSpan("op", opentracing.ChildOf(parent)).(*Span)
	child := tracer.StartSpan("child", opentracing.ChildOf(s.Context())).(*Span)
	child.SetTag("sampling.priority", 1).SetTag("k", "v").LogKV("a", 1)
	child.EnableFirehose()
	out := http.Header{}
	if err := tracer.Inject(child.Context(), opentracing.HTTPHeaders, out); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(in, out) {
		t.Errorf("out %v, want as in %v", out, in)
	}
	child.Finish()
	s.Finish()

	root := tracer.StartSpan("root")
	root.SetBaggageItem("k", "v")
	out = http.Header{}
	if err := tracer.Inject(root.Context(), opentracing.HTTPHeaders, out); err != nil {
		t.Fatal(err)
	}
	if want := (http.Header{"Uberctx-K": {"v"}, "Baggage": {"k=v"}}); !reflect.DeepEqual(out, want) {
		t.Errorf("out %v, want %v", out, want)
	}
	root.Finish()
	if st := tracer.Stats(); st.Spans.FinishedSampled != 0 || st.Spans.Started != 0 {
		t.Errorf("counted %+v", st.Spans)
	}
}

func TestEdgePolicies(t *testing.T) {
	caller := http.Header{"Uber-Trace-Id": {"1:2:0:3"}, "Uberctx-K": {"v"}, "Jaeger-Debug-Id": {"d"}}
	idless := http.Header{"Uberctx-K": {"v"}, "Jaeger-Debug-Id": {"d"}}
	for _, tt := range []struct {
		policy    EdgePolicy
		perTracer bool
		header    http.Header
		continues bool
		refs      []model.Reference
		baggage   string
		debug     bool
	}{
		{TrustCaller, true, caller, true, []model.Reference{{TraceID: model.TraceID{Low: 1}, SpanID: 2}}, "v", true},
		{TrustCaller, false, caller, true, []model.Reference{{TraceID: model.TraceID{Low: 1}, SpanID: 2}}, "v", true},
		{TrustCaller, true, idless, false, nil, "v", true},
		{LinkCaller, true, caller, false, []model.Reference{{TraceID: model.TraceID{Low: 1}, SpanID: 2, Type: model.FollowsFrom}}, "", false},
		{LinkCaller, false, caller, false, []model.Reference{{TraceID: model.TraceID{Low: 1}, SpanID: 2, Type: model.FollowsFrom}}, "", false},
		{LinkCaller, true, idless, false, nil, "", false},
		{LinkCaller, false, idless, false, nil, "", false},
		{IgnoreCaller, true, caller, false, nil, "", false},
		{IgnoreCaller, false, caller, false, nil, "", false},
		{IgnoreCaller, true, idless, false, nil, "", false},
	} {
		opts := []Option{}
		if tt.perTracer {
			opts = append(opts, WithEdgePolicy(tt.policy))
		}
		tracer, got := newTestTracer(t, opts...)
		c, err := tracer.Extract(opentracing.HTTPHeaders, tt.header)
		if err != nil {
			t.Fatal(err)
		}
		var s opentracing.Span
		if tt.perTracer {
			s = tracer.StartSpan("op", ext.RPCServerOption(c))
		} else {
			s = tracer.StartSpan("op", tt.policy.Reference(c))
		}
		child := tracer.StartSpan("child", opentracing.ChildOf(s.Context()))
		child.Finish()
		s.Finish()
		span := got.all()[1]
		if (span.TraceID.Low == 1) != tt.continues || span.ParentRemote != tt.continues || span.IsDebug() != tt.debug {
			t.Errorf("%v, per tracer %v: %+v", tt.policy, tt.perTracer, span)
		}
		if len(span.References) != len(tt.refs) || len(tt.refs) == 1 && span.References[0] != tt.refs[0] {
			t.Errorf("%v, per tracer %v: references %v, want %v", tt.policy, tt.perTracer, span.References, tt.refs)
		}
		if b := s.BaggageItem("k"); b != tt.baggage {
			t.Errorf("%v, per tracer %v: baggage %q, want %q", tt.policy, tt.perTracer, b, tt.baggage)
		}
		if got.all()[0].ParentID != span.SpanID {
			t.Errorf("%v: the policy touched a local child", tt.policy)
		}
	}
	var ce *ConfigError
	if _, err := New("x", WithEdgePolicy(7)); !errors.As(err, &ce) || ce.Value != "EdgePolicy(7)" {
		t.Errorf("%v", err)
	}
}
