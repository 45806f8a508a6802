// SPDX-License-Identifier: Apache-2.0

package zipkin_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/zipkin"
)

func newContext(high, low, span, parent uint64, sampled bool, baggage map[string]string) jaeger.SpanContext {
	return jaeger.NewSpanContext(jaeger.TraceID{High: high, Low: low}, jaeger.SpanID(span), jaeger.SpanID(parent), sampled, baggage)
}

func TestInject(t *testing.T) {
	for _, tt := range []struct {
		name    string
		c       jaeger.SpanContext
		options []zipkin.Option
		carrier interface{}
		want    interface{}
	}{
		{"root", newContext(0, 1, 2, 0, true, map[string]string{"Foo": "b ar"}), nil, opentracing.TextMapCarrier{}, opentracing.TextMapCarrier{
			"x-b3-traceid": "0000000000000001", "x-b3-spanid": "0000000000000002", "x-b3-sampled": "1", "baggage-Foo": "b ar",
		}},
		{"child, not sampled", newContext(1, 1, 2, 3, false, nil), nil, opentracing.TextMapCarrier{}, opentracing.TextMapCarrier{
			"x-b3-traceid": "00000000000000010000000000000001", "x-b3-spanid": "0000000000000002", "x-b3-parentspanid": "0000000000000003", "x-b3-sampled": "0",
		}},
		{"prefix", newContext(0, 1, 2, 0, true, map[string]string{"foo": "bar"}), []zipkin.Option{nil, zipkin.BaggagePrefix("emoji:)")}, opentracing.TextMapCarrier{}, opentracing.TextMapCarrier{
			"x-b3-traceid": "0000000000000001", "x-b3-spanid": "0000000000000002", "x-b3-sampled": "1", "emoji:)foo": "bar",
		}},
		{"bad prefix", newContext(0, 1, 2, 0, true, map[string]string{"foo": "bar"}), []zipkin.Option{zipkin.BaggagePrefix("\n")}, opentracing.TextMapCarrier{}, opentracing.TextMapCarrier{
			"x-b3-traceid": "0000000000000001", "x-b3-spanid": "0000000000000002", "x-b3-sampled": "1", "baggage-foo": "bar",
		}},
		{"header", newContext(0, 1, 2, 0, true, map[string]string{"foo": "bar", "a b": "c", "d": "\r\n"}), nil, opentracing.HTTPHeadersCarrier{}, opentracing.HTTPHeadersCarrier{
			"X-B3-Traceid": {"0000000000000001"}, "X-B3-Spanid": {"0000000000000002"}, "X-B3-Sampled": {"1"}, "Baggage-Foo": {"bar"},
		}},
		{"nothing", jaeger.SpanContext{}, nil, opentracing.TextMapCarrier{}, opentracing.TextMapCarrier{}}, // jaeger-client-go panics
	} {
		p := zipkin.NewZipkinB3HTTPHeaderPropagator(tt.options...)
		if err := p.Inject(tt.c, tt.carrier); err != nil || !reflect.DeepEqual(tt.carrier, tt.want) {
			t.Errorf("%s: %q, %v\nwant %q", tt.name, tt.carrier, err, tt.want)
		}
		for _, bad := range []interface{}{nil, 5, opentracing.TextMapCarrier(nil), opentracing.HTTPHeadersCarrier(nil)} {
			if err := p.Inject(tt.c, bad); err != opentracing.ErrInvalidCarrier {
				t.Errorf("%s: %T: %v", tt.name, bad, err)
			}
		}
	}
}

func TestExtract(t *testing.T) {
	notFound := opentracing.ErrSpanContextNotFound.Error()
	for _, tt := range []struct {
		headers string // blanks between, name=value
		want    jaeger.SpanContext
		err     string
	}{
		{"x-b3-traceid=1 x-b3-spanid=2 x-b3-sampled=1 baggage-Foo=bar", newContext(0, 1, 2, 0, true, map[string]string{"foo": "bar"}), ""},
		{"X-B3-TraceId=0000000000000001 X-B3-SpanId=2 X-B3-ParentSpanId=3 X-B3-Sampled=true", newContext(0, 1, 2, 3, true, nil), ""},
		{"x-b3-traceid=463ac35c9f6413ad48485a3953bb6124 x-b3-spanid=2 x-b3-sampled=0", newContext(0x463ac35c9f6413ad, 0x48485a3953bb6124, 2, 0, false, nil), ""},
		{"x-b3-traceid=1 x-b3-spanid=2", newContext(0, 1, 2, 0, false, nil), ""},
		{"x-b3-traceid=1", newContext(0, 1, 0, 0, false, nil), ""},
		{"x-b3-traceid=1 x-b3-spanid=2 x-b3-sampled=d x-b3-flags=1", newContext(0, 1, 2, 0, false, nil), ""},
		{"", jaeger.SpanContext{}, notFound},
		{"baggage-foo=bar", jaeger.SpanContext{}, notFound},
		{"b3=1-2-1", jaeger.SpanContext{}, notFound},
		{"x-b3-spanid=2 x-b3-sampled=1", jaeger.SpanContext{}, notFound},
		{"x-b3-traceid=00000000000000000000000000000000 x-b3-spanid=2 x-b3-sampled=1", jaeger.SpanContext{}, notFound},
		{"x-b3-traceid=xyz x-b3-spanid=2", jaeger.SpanContext{}, `strconv.ParseUint: parsing "xyz": invalid syntax`},
		{"x-b3-traceid=1 x-b3-spanid=xyz", jaeger.SpanContext{}, `strconv.ParseUint: parsing "xyz": invalid syntax`},
		{"x-b3-traceid=1 x-b3-spanid=2 x-b3-parentspanid=-1", jaeger.SpanContext{}, `strconv.ParseUint: parsing "-1": invalid syntax`},
		{"x-b3-traceid=" + strings.Repeat("1", 10_000), jaeger.SpanContext{}, "TraceID cannot be longer than 32 hex characters: " + strings.Repeat("1", 128)},
		{"x-b3-spanid=" + strings.Repeat("1", 10_000), jaeger.SpanContext{}, fmt.Sprintf("strconv.ParseUint: parsing %q: value out of range", strings.Repeat("1", 128))},
	} {
		text, header := opentracing.TextMapCarrier{}, opentracing.HTTPHeadersCarrier{}
		for _, pair := range strings.Fields(tt.headers) {
			k, v, _ := strings.Cut(pair, "=")
			text[k] = v
			header.Set(k, v)
		}
		p := zipkin.NewZipkinB3HTTPHeaderPropagator()
		for _, carrier := range []interface{}{text, header} {
			got, err := p.Extract(carrier)
			switch {
			case tt.err != "":
				if err == nil || err.Error() != tt.err {
					t.Errorf("%.60s: %v, %v, want %s", tt.headers, got, err, tt.err)
				}
			case err != nil || !reflect.DeepEqual(got, tt.want):
				t.Errorf("%s: %v, %v, want %v", tt.headers, got, err, tt.want)
			}
		}
	}
	if _, err := zipkin.NewZipkinB3HTTPHeaderPropagator().Extract(5); err != opentracing.ErrInvalidCarrier {
		t.Error(err)
	}
}

// What a stranger sends is kept within limits.
func TestExtractMuch(t *testing.T) {
	many, large := opentracing.TextMapCarrier{"x-b3-traceid": "1"}, opentracing.TextMapCarrier{"x-b3-traceid": "1"}
	for i := range 1000 {
		many[fmt.Sprint("baggage-", i)] = "v"
		large[fmt.Sprint("baggage-", i)] = strings.Repeat("v", 1000)
	}
	for want, carrier := range map[int]opentracing.TextMapCarrier{64: many, 8: large} {
		c, err := zipkin.NewZipkinB3HTTPHeaderPropagator().Extract(carrier)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		c.ForeachBaggageItem(func(string, string) bool { n++; return true })
		if n != want {
			t.Errorf("%d items, want %d", n, want)
		}
	}
}

// A tracer that is given the propagator follows the caller's decision.
func TestTracer(t *testing.T) {
	p := zipkin.NewZipkinB3HTTPHeaderPropagator()
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewNullReporter(),
		jaeger.TracerOptions.Injector(opentracing.HTTPHeaders, p), jaeger.TracerOptions.Extractor(opentracing.HTTPHeaders, p))
	defer func() { _ = closer.Close() }()
	for _, sampled := range []string{"0", "1"} {
		in := opentracing.HTTPHeadersCarrier{"X-B3-Traceid": {"0000000000000001"}, "X-B3-Spanid": {"0000000000000002"}, "X-B3-Sampled": {sampled}}
		c, err := tracer.Extract(opentracing.HTTPHeaders, in)
		if err != nil {
			t.Fatal(err)
		}
		out := opentracing.HTTPHeadersCarrier{}
		if err := tracer.Inject(tracer.StartSpan("GET /", opentracing.ChildOf(c)).Context(), opentracing.HTTPHeaders, out); err != nil {
			t.Fatal(err)
		}
		if out["X-B3-Traceid"][0] != "0000000000000001" || out["X-B3-Parentspanid"][0] != "0000000000000002" || out["X-B3-Sampled"][0] != sampled {
			t.Errorf("sampled %s: %v", sampled, out)
		}
	}
}

func FuzzExtract(f *testing.F) {
	f.Add("1", "2", "3", "1", "v")
	f.Add("463ac35c9f6413ad48485a3953bb6124", "", "x", "d", "\n")
	f.Add(strings.Repeat("f", 33), "-1", "0x1", "true", strings.Repeat("v", 9000))
	p := zipkin.NewZipkinB3HTTPHeaderPropagator()
	f.Fuzz(func(t *testing.T, trace, span, parent, sampled, item string) {
		c, err := p.Extract(opentracing.TextMapCarrier{
			"x-b3-traceid": trace, "x-b3-spanid": span, "x-b3-parentspanid": parent, "x-b3-sampled": sampled, "baggage-k": item,
		})
		if err != nil {
			if len(err.Error()) > 1000 {
				t.Errorf("%d bytes: %.100s", len(err.Error()), err)
			}
			return
		}
		again := opentracing.TextMapCarrier{}
		if err := p.Inject(c, again); err != nil {
			t.Error(err)
		}
		if back, err := p.Extract(again); c.IsValid() && (err != nil || back.String() != c.String()) {
			t.Errorf("%v written as %q, read as %v, %v", c, again, back, err)
		}
	})
}
