// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"
)

// zipkinSpan is a span of a framework that speaks Zipkin.
type zipkinSpan struct {
	trace, span, parent uint64
	flags               byte
}

func (s *zipkinSpan) TraceID() uint64       { return s.trace }
func (s *zipkinSpan) SpanID() uint64        { return s.span }
func (s *zipkinSpan) ParentID() uint64      { return s.parent }
func (s *zipkinSpan) Flags() byte           { return s.flags }
func (s *zipkinSpan) SetTraceID(id uint64)  { s.trace = id }
func (s *zipkinSpan) SetSpanID(id uint64)   { s.span = id }
func (s *zipkinSpan) SetParentID(id uint64) { s.parent = id }
func (s *zipkinSpan) SetFlags(flags byte)   { s.flags = flags }

func TestZipkinSpanFormat(t *testing.T) {
	tracer, _ := newTracer(t, nil)
	var z zipkinSpan
	c := jaeger.NewSpanContext(jaeger.TraceID{High: 1, Low: 2}, 3, 4, true, nil)
	if err := tracer.Inject(c, jaeger.ZipkinSpanFormat, &z); err != nil || z != (zipkinSpan{2, 3, 4, 1}) {
		t.Errorf("%+v, %v", z, err)
	}
	for _, tt := range []struct {
		span zipkinSpan
		want string
	}{
		{zipkinSpan{2, 3, 4, 3}, "0000000000000002:0000000000000003:0000000000000004:3"},
		{zipkinSpan{2, 3, 0, 0}, "0000000000000002:0000000000000003:0000000000000000:0"},
		{zipkinSpan{0, 3, 4, 1}, opentracing.ErrSpanContextNotFound.Error()},
	} {
		var got string
		if c, err := tracer.Extract(jaeger.ZipkinSpanFormat, &tt.span); err != nil {
			got = err.Error()
		} else {
			got = c.(jaeger.SpanContext).String()
		}
		if got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.span, got, tt.want)
		}
	}
	if _, err := tracer.Extract(jaeger.ZipkinSpanFormat, "span"); err != opentracing.ErrInvalidCarrier {
		t.Error(err)
	}
	if err := tracer.Inject(c, jaeger.ZipkinSpanFormat, "span"); err != opentracing.ErrInvalidCarrier {
		t.Error(err)
	}
}

func TestSpanContextFormat(t *testing.T) {
	tracer, _ := newTracer(t, nil)
	s := start(tracer, "GET /").SetBaggageItem("k", "v").(*jaeger.Span)
	var carrier jaeger.SpanContext
	if err := tracer.Inject(s.Context(), jaeger.SpanContextFormat, &carrier); err != nil || shown(carrier) != shown(s.SpanContext()) {
		t.Errorf("%v, %v", carrier, err)
	}
	c, err := tracer.Extract(jaeger.SpanContextFormat, &carrier)
	if err != nil || shown(c.(jaeger.SpanContext)) != shown(carrier) {
		t.Errorf("%v, %v", c, err)
	}
	for _, bad := range []interface{}{nil, carrier, (*jaeger.SpanContext)(nil)} {
		if err := tracer.Inject(carrier, jaeger.SpanContextFormat, bad); err != opentracing.ErrInvalidCarrier {
			t.Errorf("%T: %v", bad, err)
		}
		if _, err := tracer.Extract(jaeger.SpanContextFormat, bad); err != opentracing.ErrInvalidCarrier {
			t.Errorf("%T: %v", bad, err)
		}
	}
}

// Formats that are registered replace those that the tracer has. Formats that it does not
// know are errors, also those that cannot be a key of a map.
func TestFormats(t *testing.T) {
	b3 := jaeger.NewTextMapPropagator(&jaeger.HeadersConfig{TraceContextHeaderName: "mine"}, *jaeger.NewNullMetrics())
	tracer, _ := newTracer(t, nil, jaeger.TracerOptions.Injector(jaeger.ZipkinSpanFormat, b3), jaeger.TracerOptions.Extractor(jaeger.ZipkinSpanFormat, b3))
	carrier := opentracing.TextMapCarrier{}
	if err := tracer.Inject(newContext(true, nil), jaeger.ZipkinSpanFormat, carrier); err != nil || carrier["mine"] == "" {
		t.Errorf("%v, %v", carrier, err)
	}
	if _, err := tracer.Extract(jaeger.ZipkinSpanFormat, carrier); err != nil {
		t.Error(err)
	}
	for _, format := range []interface{}{nil, "unknown", 5, []int{1}, map[string]int{}} {
		if err := tracer.Inject(newContext(true, nil), format, carrier); err != opentracing.ErrUnsupportedFormat {
			t.Errorf("%v: %v", format, err)
		}
		if _, err := tracer.Extract(format, carrier); err != opentracing.ErrUnsupportedFormat {
			t.Errorf("%v: %v", format, err)
		}
	}
}

// panickingCarrier is a carrier whose methods panic.
type panickingCarrier struct{}

func (panickingCarrier) Set(string, string)                             { panic("set") }
func (panickingCarrier) ForeachKey(func(key, value string) error) error { panic("read") }

func TestPanickingCarrier(t *testing.T) {
	tracer, _ := newTracer(t, nil)
	if err := tracer.Inject(newContext(true, nil), opentracing.TextMap, panickingCarrier{}); err == nil {
		t.Error("no error")
	}
	if _, err := tracer.Extract(opentracing.TextMap, panickingCarrier{}); err == nil {
		t.Error("no error")
	}
}

func TestHeaderNames(t *testing.T) {
	var logger log.BytesBufferLogger
	for _, tt := range []struct {
		name     string
		keys     []*jaeger.HeadersConfig
		want     string // the header's name
		complain bool
	}{
		{"none", nil, "uber-trace-id", false},
		{"nil", []*jaeger.HeadersConfig{nil}, "uber-trace-id", false},
		{"first", []*jaeger.HeadersConfig{nil, {TraceContextHeaderName: "first"}, {TraceContextHeaderName: "second"}}, "first", false},
		{"forbidden", []*jaeger.HeadersConfig{{TraceContextHeaderName: "a b"}}, "uber-trace-id", true},
	} {
		logger.Flush()
		options := []jaeger.TracerOption{jaeger.TracerOptions.Logger(&logger)}
		for _, k := range tt.keys {
			options = append(options, jaeger.TracerOptions.CustomHeaderKeys(k))
		}
		tracer, _ := newTracer(t, nil, options...)
		carrier := opentracing.TextMapCarrier{}
		if err := tracer.Inject(newContext(true, nil), opentracing.TextMap, carrier); err != nil || carrier[tt.want] == "" {
			t.Errorf("%s: %v, %v", tt.name, carrier, err)
		}
		if got := strings.Contains(logger.String(), `ERROR: the default names of headers are used: propagation: header name TraceContext "a b"`); got != tt.complain {
			t.Errorf("%s: log %s", tt.name, logger.String())
		}
	}
	keys := &jaeger.HeadersConfig{JaegerDebugHeader: "debug"}
	jaeger.TracerOptions.CustomHeaderKeys(keys)(new(jaeger.Tracer))
	if want := (jaeger.HeadersConfig{JaegerDebugHeader: "debug", JaegerBaggageHeader: "jaeger-baggage", TraceContextHeaderName: "uber-trace-id", TraceBaggageHeaderPrefix: "uberctx-"}); *keys != want {
		t.Errorf("%+v", *keys)
	}
}

// A disabled tracer passes on what it has got, in the formats of the program's own too.
func TestDisabled(t *testing.T) {
	mine := jaeger.NewTextMapPropagator(&jaeger.HeadersConfig{TraceContextHeaderName: "mine"}, *jaeger.NewNullMetrics())
	tracer, memory := newTracer(t, nil, jaeger.TracerOptions.Disabled(true), jaeger.TracerOptions.Injector("mine", mine), jaeger.TracerOptions.Extractor("mine", mine))
	for format, name := range map[interface{}]string{opentracing.TextMap: "uber-trace-id", "mine": "mine"} {
		in := opentracing.TextMapCarrier{name: "000000000000000a:000000000000000b:000000000000000c:1", "uberctx-k": "v"}
		c, err := tracer.Extract(format, in)
		if err != nil {
			t.Fatal(err)
		}
		s := start(tracer, "GET /", opentracing.ChildOf(c))
		child := start(tracer, "query", opentracing.ChildOf(s.Context()))
		out := opentracing.TextMapCarrier{}
		if err := tracer.Inject(child.Context(), format, out); err != nil || out[name] != in[name] || out["uberctx-k"] != "v" {
			t.Errorf("%v: %v, %v", format, out, err)
		}
		child.Finish()
		s.Finish()
	}
	out := opentracing.TextMapCarrier{}
	if err := tracer.Inject(start(tracer, "root").Context(), opentracing.TextMap, out); err != nil || len(out) != 0 {
		t.Errorf("%v, %v", out, err)
	}
	if n := memory.SpansSubmitted(); n != 0 {
		t.Errorf("%d spans reported", n)
	}
}
