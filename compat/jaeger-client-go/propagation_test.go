// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/uber/jaeger-client-go"
)

// shown is a context with its baggage.
func shown(c jaeger.SpanContext) string {
	var items []string
	c.ForeachBaggageItem(func(k, v string) bool {
		items = append(items, k+"="+v)
		return true
	})
	sort.Strings(items)
	return strings.Join(append([]string{c.String()}, items...), " ")
}

func newContext(sampled bool, baggage map[string]string) jaeger.SpanContext {
	return jaeger.NewSpanContext(jaeger.TraceID{Low: 0xa}, 0xb, 0xc, sampled, baggage)
}

func TestPropagatorsInject(t *testing.T) {
	keys := &jaeger.HeadersConfig{TraceContextHeaderName: "X-Trace", TraceBaggageHeaderPrefix: "x-bag-"}
	asked := *keys
	c := newContext(true, map[string]string{"Some_Key": "98:765 +%", "bad\nkey": "v"})
	const ids = "000000000000000a:000000000000000b:000000000000000c:1"
	none := jaeger.Metrics{}
	for _, tt := range []struct {
		name    string
		p       jaeger.Injector
		carrier interface{}
		want    interface{}
	}{
		{"text", jaeger.NewTextMapPropagator(nil, none), opentracing.TextMapCarrier{}, opentracing.TextMapCarrier{"uber-trace-id": ids, "uberctx-Some_Key": "98:765 +%"}},
		{"names of its own", jaeger.NewTextMapPropagator(keys, none), opentracing.TextMapCarrier{}, opentracing.TextMapCarrier{"X-Trace": ids, "x-bag-Some_Key": "98:765 +%"}},
		{"HTTP", jaeger.NewHTTPHeaderPropagator(keys, none), opentracing.HTTPHeadersCarrier{}, opentracing.HTTPHeadersCarrier{"X-Trace": {ids}, "X-Bag-Some_key": {"98%3A765%20%2B%25"}}},
		{"names that HTTP forbids", jaeger.NewHTTPHeaderPropagator(&jaeger.HeadersConfig{TraceContextHeaderName: "a b"}, none), opentracing.HTTPHeadersCarrier{}, opentracing.HTTPHeadersCarrier{"Uber-Trace-Id": {ids}, "Uberctx-Some_key": {"98%3A765%20%2B%25"}}},
	} {
		if err := tt.p.Inject(c, tt.carrier); err != nil || !reflect.DeepEqual(tt.carrier, tt.want) {
			t.Errorf("%s: %q, %v\nwant %q", tt.name, tt.carrier, err, tt.want)
		}
		for _, bad := range []interface{}{nil, 5, map[string]string{}, opentracing.TextMapCarrier(nil), opentracing.HTTPHeadersCarrier(nil)} {
			if err := tt.p.Inject(c, bad); err != opentracing.ErrInvalidCarrier {
				t.Errorf("%s: %T: %v", tt.name, bad, err)
			}
		}
	}
	if *keys != asked {
		t.Errorf("the names have become %+v", *keys)
	}
}

func TestPropagatorsExtract(t *testing.T) {
	for _, tt := range []struct {
		header    string // of uber-trace-id
		more      string // another one, k=v
		want, err string
	}{
		{"a:b:c:1", "", "000000000000000a:000000000000000b:000000000000000c:1", ""},
		{"a:b:0:b", "", "000000000000000a:000000000000000b:0000000000000000:b", ""}, // as it writes it, and cannot read
		{"a:b:0:0", "uberctx-Key=v%201+x", "000000000000000a:000000000000000b:0000000000000000:0 key=v 1 x", ""},
		{"", "jaeger-baggage=k1=v1, k 2=v 2", "0000000000000000:0000000000000000:0000000000000000:0 k 2=v 2 k1=v1", ""},
		{"0:0:0:0", "", "", "opentracing: SpanContext not found in Extract carrier"},
		{"", "", "", "opentracing: SpanContext not found in Extract carrier"},
		{"x", "", "", "String does not match tracer state format"},
		{"1:1:1:1:1", "uberctx-k=v", "", "String does not match tracer state format"},
		{"x:1:1:1", "", "", `strconv.ParseUint: parsing "x": invalid syntax`},
		{"1:11111111111111111:1:1", "", "", "SpanID cannot be longer than 16 hex characters: 11111111111111111"},
		{"1:0:0:1", "", "", "opentracing: SpanContext not found in Extract carrier"},
		{strings.Repeat("1", 5000), "", "", "propagation: span context corrupted: uber-trace-id has 5000 bytes, more than 4096"},
	} {
		metrics := newCounters()
		tracer, _ := newTracer(t, nil, jaeger.TracerOptions.Metrics(jaeger.NewMetrics(metrics, nil)))
		p := jaeger.NewHTTPHeaderPropagator(nil, *jaeger.NewMetrics(metrics, nil))
		h := http.Header{}
		for _, pair := range []string{"uber-trace-id=" + tt.header, tt.more} {
			if k, v, _ := strings.Cut(pair, "="); v != "" {
				h.Set(k, v)
			}
		}
		lower := opentracing.TextMapCarrier{}
		for k := range h {
			lower[strings.ToLower(k)] = h.Get(k)
		}
		for name, extract := range map[string]func() (opentracing.SpanContext, error){
			"propagator":           func() (opentracing.SpanContext, error) { return p.Extract(opentracing.HTTPHeadersCarrier(h)) },
			"propagator, text map": func() (opentracing.SpanContext, error) { return p.Extract(lower) },
			"tracer": func() (opentracing.SpanContext, error) {
				return tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
			},
			"tracer, with a header":  func() (opentracing.SpanContext, error) { return tracer.Extract(opentracing.HTTPHeaders, h) },
			"tracer, and a text map": func() (opentracing.SpanContext, error) { return tracer.Extract(opentracing.HTTPHeaders, lower) },
		} {
			before := metrics.values["jaeger.tracer.span_context_decoding_errors"]
			c, err := extract()
			counted := metrics.values["jaeger.tracer.span_context_decoding_errors"] - before
			if tt.err == "" {
				if err != nil || shown(c.(jaeger.SpanContext)) != tt.want || counted != 0 {
					t.Errorf("%s: %q %q: %v, %v, counted %d; want %s", name, tt.header, tt.more, c, err, counted, tt.want)
				}
				continue
			}
			notFound := err == opentracing.ErrSpanContextNotFound
			if err == nil || strings.TrimPrefix(err.Error(), opentracing.ErrSpanContextCorrupted.Error()+": ") != tt.err {
				t.Errorf("%s: %.50q %q: %v, want %s", name, tt.header, tt.more, err, tt.err)
			} else if notFound == errors.Is(err, opentracing.ErrSpanContextCorrupted) || notFound != (counted == 0) {
				t.Errorf("%s: %.50q %q: %v is corrupted %v, counted %d", name, tt.header, tt.more, err, !notFound, counted)
			}
		}
	}
}

// Metrics may be nil, and a carrier's own error is returned as it is.
func TestExtractFailures(t *testing.T) {
	p := jaeger.NewTextMapPropagator(nil, jaeger.Metrics{})
	if _, err := p.Extract(opentracing.TextMapCarrier{"uber-trace-id": "x"}); err == nil {
		t.Error("no error")
	}
	tracer, _ := newTracer(t, nil)
	want := errors.New("lost")
	if _, err := p.Extract(failing{want}); err != want {
		t.Error(err)
	}
	if _, err := tracer.Extract(opentracing.TextMap, failing{want}); err != want {
		t.Error(err)
	}
}

// failing is a carrier that cannot be read.
type failing struct{ err error }

func (f failing) ForeachKey(func(key, value string) error) error { return f.err }

// A context that a propagator has read is the program's own: where its caller did not
// sample, the sampler is asked. Tracer.Extract makes it the caller's decision.
func TestExtractedDecision(t *testing.T) {
	p := jaeger.NewTextMapPropagator(nil, *jaeger.NewNullMetrics())
	tracer, _ := newTracer(t, nil, jaeger.TracerOptions.Injector("mine", p), jaeger.TracerOptions.Extractor("mine", p))
	for flags, want := range map[string][2]bool{"0": {true, false}, "1": {true, true}} {
		carrier := opentracing.TextMapCarrier{"uber-trace-id": "a:b:0:" + flags}
		own, err := p.Extract(carrier)
		if err != nil {
			t.Fatal(err)
		}
		got := [2]bool{start(tracer, "own", opentracing.ChildOf(own)).SpanContext().IsSampled()}
		for _, format := range []interface{}{"mine", opentracing.TextMap} {
			c, err := tracer.Extract(format, carrier)
			if err != nil {
				t.Fatal(err)
			}
			got[1] = start(tracer, "remote", opentracing.ChildOf(c)).SpanContext().IsSampled()
			if got != want {
				t.Errorf("flags %s, %v: own and remote child sampled %v, want %v", flags, format, got, want)
			}
		}
	}
}

func TestBinaryPropagator(t *testing.T) {
	tracer, _ := newTracer(t, nil)
	c := newContext(true, map[string]string{"k": "v"})
	ids := strings.Repeat("\x01", 33)
	for name, codec := range map[string]struct {
		inject  func(carrier interface{}) error
		extract func(carrier interface{}) (opentracing.SpanContext, error)
	}{
		"propagator": {
			func(to interface{}) error { return jaeger.NewBinaryPropagator(nil).Inject(c, to) },
			func(from interface{}) (opentracing.SpanContext, error) {
				return jaeger.NewBinaryPropagator(tracer).Extract(from)
			},
		},
		"tracer": {
			func(to interface{}) error { return tracer.Inject(c, opentracing.Binary, to) },
			func(from interface{}) (opentracing.SpanContext, error) {
				return tracer.Extract(opentracing.Binary, from)
			},
		},
	} {
		var b bytes.Buffer
		if err := codec.inject(&b); err != nil {
			t.Fatal(err)
		}
		const want = "0000000000000000" + "000000000000000a" + "000000000000000b" + "000000000000000c" + "01" + "00000001" + "00000001" + "6b" + "00000001" + "76"
		if got := fmt.Sprintf("%x", b.Bytes()); got != want {
			t.Errorf("%s: %s", name, got)
		}
		b.WriteString("rest")
		if got, err := codec.extract(&b); err != nil || shown(got.(jaeger.SpanContext)) != shown(c) || b.String() != "rest" {
			t.Errorf("%s: %v, %v, left %q", name, got, err, b.String())
		}
		for _, bad := range []string{
			"", "AAAA", ids,
			ids + "\xff\xff\xff\xff",
			ids + "\x00\x00\x00\x01\xff\xff\xff\xff", // jaeger-client-go panics
			ids + "\x00\x00\x00\x01\x7f\xff\xff\xff", // jaeger-client-go allocates 2 GiB
		} {
			if got, err := codec.extract(strings.NewReader(bad)); err != opentracing.ErrSpanContextCorrupted {
				t.Errorf("%s: %q: %v, %v", name, bad, got, err)
			}
		}
		if err := codec.inject(strings.NewReader("")); err != opentracing.ErrInvalidCarrier {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := codec.extract(opentracing.TextMapCarrier{}); err != opentracing.ErrInvalidCarrier {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzExtract(f *testing.F) {
	for _, s := range []string{"a:b:c:1", "0:0:0:0", "%", "a%3ab%3ac%3a1", ":::", "1:1:1:ff", "\xff:1:1:1", strings.Repeat("f", 33) + ":1:1:1"} {
		f.Add(s, "uberctx-k", "v")
	}
	f.Add("", "jaeger-baggage", "a=b,c")
	f.Add("", "jaeger-debug-id", "d")
	metrics := *jaeger.NewNullMetrics()
	text, header := jaeger.NewTextMapPropagator(nil, metrics), jaeger.NewHTTPHeaderPropagator(nil, metrics)
	f.Fuzz(func(t *testing.T, id, key, value string) {
		carrier := opentracing.TextMapCarrier{"uber-trace-id": id, key: value}
		for _, p := range []*jaeger.TextMapPropagator{text, header} {
			c, err := p.Extract(carrier)
			if err != nil {
				if len(err.Error()) > 1000 || err != opentracing.ErrSpanContextNotFound && !errors.Is(err, opentracing.ErrSpanContextCorrupted) {
					t.Errorf("%.200s", err)
				}
				continue
			}
			again := opentracing.TextMapCarrier{}
			if err := p.Inject(c, again); err != nil {
				t.Error(err)
			}
			if back, err := p.Extract(again); c.IsValid() && (err != nil || back.String() != c.String()) {
				t.Errorf("%v written as %q, read as %v, %v", c, again, back, err)
			}
		}
	})
}
