// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/zipkin"
)

var headerScenarios = []scenario{
	{"headers/out", headersOut},
	{"headers/in", headersIn},
	{"headers/names", headerNames},
	{"headers/binary", binaryCarriers},
	{"headers/b3", b3Headers},
	{"headers/zipkin-span", zipkinSpans},
	{"headers/span-context", spanContexts},
	{"headers/standalone", standalonePropagators},
	{"headers/carriers", wrongCarriers},
}

// contexts are what a tracer may have to write.
func contexts(g *rig) map[string]opentracing.SpanContext {
	root := g.span("root")
	child := g.span("child", opentracing.ChildOf(root.Context()))
	debug := g.span("debug")
	ext.SamplingPriority.Set(debug, 1)
	unsampled := g.span("unsampled")
	ext.SamplingPriority.Set(unsampled, 0)
	firehose := g.span("firehose")
	jaeger.EnableFirehose(firehose)
	baggage := g.span("baggage")
	for k, v := range map[string]string{
		"plain": "value", "space": "a b", "utf8": "žluť", "percent": "100%", "plus": "a+b", "list": "a=b,c", "empty": "",
		"slash": "a/b?c&d;e", "UPPER": "Case", "quote": `"x"\y`,
	} {
		baggage.SetBaggageItem(k, v)
	}
	return map[string]opentracing.SpanContext{
		"root": root.Context(), "child": child.Context(), "debug": debug.Context(), "unsampled": unsampled.Context(),
		"firehose": firehose.Context(), "baggage": baggage.Context(),
		"made": jaeger.NewSpanContext(jaeger.TraceID{High: 0xa, Low: 0xb}, 0xc, 0xd, true, map[string]string{"k": "v"}),
		"wide": jaeger.NewSpanContext(jaeger.TraceID{High: 1 << 63, Low: 1<<64 - 1}, 1<<64-1, 1<<63, false, nil),
		"zero": jaeger.SpanContext{},
	}
}

func headersOut(r *recorder) {
	for _, wide := range []bool{false, true} {
		g := newRig(nil, jaeger.TracerOptions.Gen128Bit(wide))
		for name, c := range contexts(g) {
			name = fmt.Sprintf("%s/128=%t", name, wide)
			r.try("HTTP/"+name, func() string {
				h := http.Header{}
				err := g.tracer.Inject(c, opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
				return lines(h) + "\n" + errText(err)
			})
			r.try("text/"+name, func() string {
				m := opentracing.TextMapCarrier{}
				err := g.tracer.Inject(c, opentracing.TextMap, m)
				return lines(m) + "\n" + errText(err)
			})
		}
		_ = g.close()
	}
}

// idHeaders are values of uber-trace-id.
var idHeaders = []string{
	"1:2:3:1", "1:2:3:0", "1:2:3:3", "1:2:3:8", "1:2:3:9", "1:2:3:b", "1:2:3:f", "1:2:3:ff", "1:2:3:10", "1:2:3:100", "1:2:3:01",
	"1:2::1", "1:2:3", "1:2:3:1:5", "", ":::", "1:2:3:", "0:2:3:1", "1:0:3:1", "1:2:0:1", "0:0:0:0", "1:2:3:x", "x:2:3:1", "1:x:3:1", "1:2:x:1",
	"00000000000000000000000000000001:0000000000000002:0:1", "ffffffffffffffffffffffffffffffff:ffffffffffffffff:ffffffffffffffff:1",
	"a0000000000000001:2:0:1", "100000000000000000000000000000001:2:0:1", "1:10000000000000000:0:1", "ABCDEF:ABC:0:1", "1%3A2%3A3%3A1", "1:2:3:1 ", " 1:2:3:1",
	"1:2:3:-1", "-1:2:3:1", "+1:2:3:1", "0x1:2:3:1", "1_0:2:3:1", "1:2:3:1%", "é:2:3:1",
}

func headersIn(r *recorder) {
	g := newRig(nil)
	defer g.close()
	for _, v := range idHeaders {
		r.try("parse/"+v, func() string {
			c, err := jaeger.ContextFromString(v)
			return contextText(c, err)
		})
		r.try("HTTP/"+v, func() string {
			return contextText(g.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(http.Header{"Uber-Trace-Id": {v}})))
		})
		r.try("text/"+v, func() string {
			return contextText(g.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": v}))
		})
	}
	for name, h := range map[string]http.Header{
		"nothing":           {},
		"other":             {"Accept": {"*/*"}},
		"debug id":          {"Jaeger-Debug-Id": {"find me"}},
		"debug id, escaped": {"Jaeger-Debug-Id": {"find%20me+now"}},
		"debug id and ids":  {"Jaeger-Debug-Id": {"x"}, "Uber-Trace-Id": {"1:2:3:1"}},
		"list":              {"Jaeger-Baggage": {"k1=v1, k2=v2"}},
		"list, escaped":     {"Jaeger-Baggage": {"k1=a%20b,k2=c%2Cd"}},
		"list, wrong":       {"Jaeger-Baggage": {"k1, k2=v2, =, k3=a=b,"}},
		"list, undecodable": {"Jaeger-Baggage": {"k1=100%"}},
		"baggage alone":     {"Uberctx-Key": {"value"}},
		"baggage":           {"Uber-Trace-Id": {"1:2:3:1"}, "Uberctx-Key": {"a%20b"}, "Uberctx-Plus": {"a+b"}, "Uberctx-": {"no key"}},
		"baggage, bad":      {"Uber-Trace-Id": {"1:2:3:1"}, "Uberctx-Key": {"100%"}},
		"both baggages":     {"Uber-Trace-Id": {"1:2:3:1"}, "Jaeger-Baggage": {"a=list"}, "Uberctx-B": {"prefix"}},
		"ids twice":         {"Uber-Trace-Id": {"1:2:3:1", "4:5:6:0"}},
		"bad ids, baggage":  {"Uber-Trace-Id": {"nonsense"}, "Uberctx-B": {"prefix"}},
		"w3c":               {"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}},
		"b3":                {"X-B3-Traceid": {"a"}, "X-B3-Spanid": {"b"}, "X-B3-Sampled": {"1"}},
	} {
		r.try("headers/"+name, func() string {
			return contextText(g.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h)))
		})
		m := opentracing.TextMapCarrier{}
		for k, v := range h {
			m[strings.ToUpper(k)] = v[len(v)-1]
		}
		r.try("text headers/"+name, func() string { return contextText(g.tracer.Extract(opentracing.TextMap, m)) })
	}
}

func headerNames(r *recorder) {
	for name, names := range map[string]*jaeger.HeadersConfig{
		"none":  {},
		"some":  {TraceContextHeaderName: "x-trace"},
		"all":   {JaegerDebugHeader: "x-debug", JaegerBaggageHeader: "x-list", TraceContextHeaderName: "x-trace", TraceBaggageHeaderPrefix: "x-bag-"},
		"upper": {TraceContextHeaderName: "X-Trace", TraceBaggageHeaderPrefix: "X-Bag-"},
	} {
		r.say(name+"/defaults", "%+v", *(&jaeger.HeadersConfig{TraceContextHeaderName: names.TraceContextHeaderName}).ApplyDefaults())
		g := newRig(nil, jaeger.TracerOptions.CustomHeaderKeys(names))
		span := g.span("x").SetBaggageItem("k", "a b")
		h := http.Header{}
		err := g.tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
		r.say(name+"/out", "%s\n%s", lines(h), errText(err))
		for _, in := range []http.Header{
			{"X-Trace": {"1:2:3:1"}, "X-Bag-K": {"v"}, "X-List": {"a=b"}},
			{"X-Debug": {"id"}},
			{"Uber-Trace-Id": {"1:2:3:1"}, "Uberctx-K": {"v"}, "Jaeger-Baggage": {"a=b"}},
		} {
			r.say(name+"/in/"+lines(in), "%s", contextText(g.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(in))))
		}
		_ = g.close()
	}
}

func binaryCarriers(r *recorder) {
	g := newRig(nil)
	defer g.close()
	for name, c := range contexts(g) {
		if name == "baggage" { // its order is random
			c = g.span("one").SetBaggageItem("k", "a b").Context()
		}
		r.try("out/"+name, func() string {
			var b bytes.Buffer
			err := g.tracer.Inject(c, opentracing.Binary, &b)
			text := fmt.Sprintf("%x %s", b.Bytes(), errText(err))
			back, err := g.tracer.Extract(opentracing.Binary, &b)
			return text + "\n" + contextText(back, err)
		})
	}
	whole := append(bytes.Repeat([]byte{0, 0, 0, 0, 0, 0, 0, 7}, 4), 1, 0, 0, 0, 1, 0, 0, 0, 1, 'k', 0, 0, 0, 1, 'v')
	for n := range whole {
		r.try(fmt.Sprintf("cut/%d", n), func() string {
			return contextText(g.tracer.Extract(opentracing.Binary, bytes.NewReader(whole[:n])))
		})
	}
	count := func(n ...byte) []byte { return append(slices.Clone(whole[:33]), n...) }
	for name, b := range map[string][]byte{
		"none": count(0, 0, 0, 0), "181": count(0, 0, 0, 181), "negative": count(255, 255, 255, 255),
		"long key":  append(count(0, 0, 0, 1, 0, 0, 16, 1), bytes.Repeat([]byte{'k'}, 5000)...),
		"more":      append(slices.Clone(whole), "rest"...),
		"no trace":  append(make([]byte, 32), whole[32:]...),
		"all flags": append(append(slices.Clone(whole[:32]), 0xff), 0, 0, 0, 0),
	} {
		r.try("in/"+name, func() string { return contextText(g.tracer.Extract(opentracing.Binary, bytes.NewReader(b))) })
	}
}

func b3Headers(r *recorder) {
	for name, p := range map[string]zipkin.Propagator{
		"default": zipkin.NewZipkinB3HTTPHeaderPropagator(), "prefix": zipkin.NewZipkinB3HTTPHeaderPropagator(zipkin.BaggagePrefix("x-")),
		"no prefix": zipkin.NewZipkinB3HTTPHeaderPropagator(zipkin.BaggagePrefix("")),
	} {
		g := newRig(nil, jaeger.TracerOptions.Injector(opentracing.HTTPHeaders, p), jaeger.TracerOptions.Extractor(opentracing.HTTPHeaders, p),
			jaeger.TracerOptions.ZipkinSharedRPCSpan(true))
		for what, c := range contexts(g) {
			r.try(name+"/out/"+what, func() string {
				h := opentracing.TextMapCarrier{}
				err := g.tracer.Inject(c, opentracing.HTTPHeaders, h)
				return lines(h) + "\n" + errText(err)
			})
		}
		for _, h := range []http.Header{
			{},
			{"X-B3-Traceid": {"1"}, "X-B3-Spanid": {"2"}, "X-B3-Parentspanid": {"3"}, "X-B3-Sampled": {"1"}},
			{"X-B3-Traceid": {"1"}, "X-B3-Spanid": {"2"}, "X-B3-Sampled": {"true"}, "Baggage-K": {"v"}, "X-K": {"a%20b"}},
			{"X-B3-Traceid": {"1"}, "X-B3-Spanid": {"2"}, "X-B3-Sampled": {"0"}},
			{"X-B3-Traceid": {"1"}, "X-B3-Spanid": {"2"}, "X-B3-Sampled": {"d"}},
			{"X-B3-Traceid": {"1"}, "X-B3-Spanid": {"2"}, "X-B3-Flags": {"1"}},
			{"X-B3-Traceid": {"x"}, "X-B3-Spanid": {"2"}},
			{"X-B3-Traceid": {"1"}, "X-B3-Spanid": {"x"}},
			{"X-B3-Traceid": {"1"}, "X-B3-Spanid": {"2"}, "X-B3-Parentspanid": {"x"}},
			{"X-B3-Traceid": {"463ac35c9f6413ad48485a3953bb6124"}, "X-B3-Spanid": {"a2fb4a1d1a96d312"}, "X-B3-Sampled": {"1"}},
			{"X-B3-Traceid": {"0"}, "X-B3-Spanid": {"2"}},
			{"X-B3-Traceid": {"1"}},
			{"X-B3-Spanid": {"2"}},
			{"B3": {"1-2-1"}},
			{"X-B3-Traceid": {""}, "X-B3-Spanid": {""}},
			{"X-B3-Traceid": {"10000000000000000463ac35c9f6413ad"}, "X-B3-Spanid": {"2"}},
		} {
			r.try(name+"/in/"+lines(h), func() string {
				return contextText(g.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h)))
			})
		}
		_ = g.close()
	}
}

// zipkinSpan is a carrier of ZipkinSpanFormat.
type zipkinSpan struct {
	trace, span, parent uint64
	flags               byte
}

func (z *zipkinSpan) TraceID() uint64       { return z.trace }
func (z *zipkinSpan) SpanID() uint64        { return z.span }
func (z *zipkinSpan) ParentID() uint64      { return z.parent }
func (z *zipkinSpan) Flags() byte           { return z.flags }
func (z *zipkinSpan) SetTraceID(id uint64)  { z.trace = id }
func (z *zipkinSpan) SetSpanID(id uint64)   { z.span = id }
func (z *zipkinSpan) SetParentID(id uint64) { z.parent = id }
func (z *zipkinSpan) SetFlags(f byte)       { z.flags = f }

func zipkinSpans(r *recorder) {
	g := newRig(nil)
	defer g.close()
	for name, c := range contexts(g) {
		r.try("out/"+name, func() string {
			var z zipkinSpan
			err := g.tracer.Inject(c, jaeger.ZipkinSpanFormat, &z)
			return fmt.Sprintf("%+v %s", z, errText(err))
		})
	}
	for _, z := range []zipkinSpan{{}, {1, 2, 3, 1}, {1, 2, 0, 0}, {1, 0, 0, 3}, {1 << 63, 1 << 63, 1 << 63, 0xff}, {0, 2, 3, 1}} {
		r.try(fmt.Sprintf("in/%+v", z), func() string { return contextText(g.tracer.Extract(jaeger.ZipkinSpanFormat, &z)) })
	}
}
