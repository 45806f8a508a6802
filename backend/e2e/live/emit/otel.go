// SPDX-License-Identifier: Apache-2.0

package emit

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// otelIDs are numbered, so that every run makes the same.
type otelIDs struct{ high, low, span uint64 }

func (g *otelIDs) NewIDs(ctx context.Context) (t trace.TraceID, s trace.SpanID) {
	g.low++
	binary.BigEndian.PutUint64(t[:8], g.high)
	binary.BigEndian.PutUint64(t[8:], g.low)
	return t, g.NewSpanID(ctx, t)
}

func (g *otelIDs) NewSpanID(context.Context, trace.TraceID) (s trace.SpanID) {
	g.span++
	binary.BigEndian.PutUint64(s[:], g.span)
	return s
}

// start is when everything begins.
var start = time.Date(2026, 11, 28, 12, 0, 0, 123456789, time.UTC)

func eventAt(d time.Duration) trace.SpanEventOption { return trace.WithTimestamp(start.Add(d)) }

// provider makes spans and keeps them.
func provider(kept *tracetest.SpanRecorder, service string, g *otelIDs, more ...attribute.KeyValue) *sdk.TracerProvider {
	limits := sdk.NewSpanLimits()
	limits.AttributeCountLimit, limits.EventCountLimit, limits.LinkCountLimit = 40, 4, 4
	limits.AttributePerEventCountLimit, limits.AttributePerLinkCountLimit = 4, 2
	return sdk.NewTracerProvider(
		sdk.WithSpanProcessor(kept), sdk.WithIDGenerator(g), sdk.WithRawSpanLimits(limits),
		sdk.WithResource(resource.NewWithAttributes("https://opentelemetry.io/schemas/1.37.0",
			append([]attribute.KeyValue{attribute.String("service.name", service)}, more...)...)),
	)
}

func tracer(p *sdk.TracerProvider) trace.Tracer {
	return p.Tracer("example.com/shop/ünïcode", trace.WithInstrumentationVersion("1.2.3"),
		trace.WithSchemaURL("https://opentelemetry.io/schemas/1.30.0"),
		trace.WithInstrumentationAttributes(attribute.String("scope.text", "yes"), attribute.Int64("scope.int", math.MaxInt64)))
}

// otelValues has every kind of value, and all else that the SDK can say.
func otelValues() []sdk.ReadOnlySpan {
	kept := tracetest.NewSpanRecorder()
	p := provider(kept, "otel-go", &otelIDs{high: 0x0af7651916cd43dd, low: 0x8448eb211c800000, span: 0x0a00000000000000},
		attribute.String("host.name", "host-1"), attribute.Int64("process.pid", 4711),
		attribute.StringSlice("process.command_args", []string{"shop", "--port=80", ""}),
		attribute.Map("k8s.labels", attribute.String("app", "shop"), attribute.Bool("canary", true)))
	tr := tracer(p)

	// What a server extracts: a remote parent with tracestate.
	state, err := trace.ParseTraceState("vendor=t61rcWkgMzE,rojo=00f067aa0ba902b7")
	if err != nil {
		panic(err)
	}
	remote := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36},
		SpanID:  trace.SpanID{0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7}, TraceFlags: trace.FlagsSampled, TraceState: state, Remote: true,
	})
	other := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{15: 0x77}, SpanID: trace.SpanID{7: 0x78}, TraceState: state,
	})
	in, server := tr.Start(trace.ContextWithSpanContext(context.Background(), remote), "GET /cart/{id}", trace.WithTimestamp(start), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(
			attribute.Bool("bool.true", true), attribute.Bool("bool.false", false),
			attribute.Int64("int.min", math.MinInt64), attribute.Int64("int.max", math.MaxInt64),
			attribute.Int64("int.zero", 0), attribute.Int64("int.beyond_double", 1<<53+1), attribute.Int64("int.minus", -1),
			attribute.Float64("double.max", math.MaxFloat64), attribute.Float64("double.smallest", math.SmallestNonzeroFloat64),
			attribute.Float64("double.minus_zero", math.Copysign(0, -1)), attribute.Float64("double.whole", 3), attribute.Float64("double.third", 1.0/3),
			attribute.String("text.empty", ""), attribute.String("text.unicode", "Grüße, 世界 🚀 \u202e\u0000 \"quoted\" <b>\\</b>\n"),
			attribute.String("text.long", strings.Repeat("long ", 100)), attribute.String("text.json", `{"a":[1,2,{"b":null}]}`),
			attribute.ByteSlice("bytes", []byte{0, 1, 0xfe, 0xff}), attribute.ByteSlice("bytes.empty", []byte{}),
			attribute.BoolSlice("list.bool", []bool{true, false}), attribute.Int64Slice("list.int", []int64{math.MinInt64, 0, 1<<53 + 1, math.MaxInt64}),
			attribute.Float64Slice("list.double", []float64{0.5, -1e300}), attribute.StringSlice("list.text", []string{"a", "", "ß"}),
			attribute.StringSlice("list.empty", []string{}),
			attribute.Slice("list.mixed", attribute.BoolValue(true), attribute.Int64Value(-7), attribute.StringValue("x"),
				attribute.SliceValue(attribute.Int64Value(1)), attribute.MapValue(attribute.String("in", "a map")), attribute.Value{}),
			attribute.Map("map", attribute.Int64("int", math.MaxInt64), attribute.Map("deeper", attribute.ByteSlice("raw", []byte("abc")), attribute.Float64("d", 0.1)), attribute.StringSlice("names", []string{"n"})),
			attribute.Map("map.empty"), attribute.KeyValue{Key: "empty.value"},
			attribute.Int("http.response.status_code", 200), attribute.String("http.route", "/cart/{id}"),
		),
		trace.WithLinks(
			trace.Link{SpanContext: other, Attributes: []attribute.KeyValue{attribute.String("why", "batch"), attribute.Int64("n", 1<<53+1), attribute.Bool("too many", true)}},
			trace.Link{SpanContext: remote},
		))
	server.AddEvent("cache miss", eventAt(time.Millisecond), trace.WithAttributes(attribute.String("key", "cart:7"), attribute.Int64Slice("shards", []int64{1, 2}), attribute.Map("m", attribute.Int("n", 1))))
	server.AddEvent("", eventAt(2*time.Millisecond))
	server.RecordError(errors.New("retry: connection reset"), eventAt(3*time.Millisecond))

	_, client := tr.Start(in, "SELECT carts", trace.WithTimestamp(start.Add(time.Millisecond)), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("db.system.name", "postgresql"), attribute.Bool("error", false)))
	client.SetStatus(codes.Error, "deadlock detected") // and no tag that says so
	client.End(trace.WithTimestamp(start.Add(9 * time.Millisecond)))

	_, cut := tr.Start(in, "dropped", trace.WithTimestamp(start.Add(2*time.Millisecond)))
	for i := range 50 {
		cut.SetAttributes(attribute.Int("n."+string(rune('A'+i)), i))
	}
	for i := range 9 {
		cut.AddEvent("tick", eventAt(time.Duration(2000+i)*time.Microsecond), trace.WithAttributes(attribute.Int("i", i), attribute.Int("j", i), attribute.Int("k", i), attribute.Int("l", i), attribute.Int("m", i)))
		cut.AddLink(trace.Link{SpanContext: other, Attributes: []attribute.KeyValue{attribute.Int("i", i)}})
	}
	cut.End(trace.WithTimestamp(start.Add(3 * time.Millisecond)))

	for _, kind := range []trace.SpanKind{trace.SpanKindProducer, trace.SpanKindConsumer, trace.SpanKindInternal} {
		_, s := tr.Start(in, kind.String(), trace.WithTimestamp(start.Add(4*time.Millisecond)), trace.WithSpanKind(kind))
		s.SetStatus(codes.Ok, "")
		s.End(trace.WithTimestamp(start.Add(4 * time.Millisecond))) // no time at all
	}
	server.SetStatus(codes.Ok, "")
	server.End(trace.WithTimestamp(start.Add(12*time.Millisecond + 345*time.Nanosecond)))
	return kept.Ended()
}

// otelNaN stands apart, because JSON has no numbers for it.
func otelNaN() []sdk.ReadOnlySpan {
	kept := tracetest.NewSpanRecorder()
	p := provider(kept, "otel-go-nan", &otelIDs{high: 0x0af7651916cd43dd, low: 0x8448eb211c810000, span: 0x0b00000000000000})
	_, s := tracer(p).Start(context.Background(), "not a number", trace.WithTimestamp(start), trace.WithAttributes(
		attribute.Float64("nan", math.NaN()), attribute.Float64("inf", math.Inf(1)), attribute.Float64("minus.inf", math.Inf(-1)),
		attribute.Float64Slice("list", []float64{math.NaN(), 1}),
	))
	s.End(trace.WithTimestamp(start.Add(time.Millisecond)))
	return kept.Ended()
}

// otelResources are three services in one request, one of them without a name, and one trace.
func otelResources() []sdk.ReadOnlySpan {
	kept := tracetest.NewSpanRecorder()
	g := &otelIDs{high: 0x0af7651916cd43dd, low: 0x8448eb211c820000, span: 0x0c00000000000000}
	in, root := tracer(provider(kept, "otel-go-front", g, attribute.String("zone", "eu"))).Start(context.Background(), "GET /", trace.WithTimestamp(start), trace.WithSpanKind(trace.SpanKindServer))
	in, call := tracer(provider(kept, "otel-go-front", g, attribute.String("zone", "us"))).Start(in, "call", trace.WithTimestamp(start.Add(time.Millisecond)), trace.WithSpanKind(trace.SpanKindClient))
	_, served := provider(kept, "otel-go-bäck", g).Tracer("").Start(in, "serve", trace.WithTimestamp(start.Add(2*time.Millisecond)), trace.WithSpanKind(trace.SpanKindServer))
	nameless := sdk.NewTracerProvider(sdk.WithSpanProcessor(kept), sdk.WithIDGenerator(g), sdk.WithResource(resource.Empty()))
	_, lost := nameless.Tracer("no resource").Start(in, "lost", trace.WithTimestamp(start.Add(3*time.Millisecond)))
	for i, s := range []trace.Span{lost, served, call, root} {
		s.End(trace.WithTimestamp(start.Add(time.Duration(4+i) * time.Millisecond)))
	}
	return kept.Ended()
}

// otelShort has a trace id of 64 bits, whose high half is zero.
func otelShort() []sdk.ReadOnlySpan {
	kept := tracetest.NewSpanRecorder()
	tr := tracer(provider(kept, "otel-go-64bit", &otelIDs{low: 0x00000000000000fe, span: 0x00000000000000ee}))
	in, root := tr.Start(context.Background(), "64 bits", trace.WithTimestamp(start))
	_, child := tr.Start(in, "child", trace.WithTimestamp(start))
	child.End(trace.WithTimestamp(start.Add(time.Microsecond)))
	root.End(trace.WithTimestamp(start.Add(2 * time.Microsecond)))
	return kept.Ended()
}

// otelSearch is twelve orders, one a minute: front calls back, which asks db; each takes 10 ms
// longer than the one before, and every fourth fails.
func otelSearch() []sdk.ReadOnlySpan {
	kept := tracetest.NewSpanRecorder()
	g := &otelIDs{high: 0x0af7651916cd43dd, low: 0x8448eb211c830000, span: 0x0e00000000000000}
	front := provider(kept, "search-front", g, attribute.String("zone", "eu")).Tracer("shop")
	back := provider(kept, "search-back", g, attribute.String("zone", "us"), attribute.Int("replica", 2)).Tracer("shop")
	for i := range 12 {
		begin := start.Add(time.Duration(i) * time.Minute)
		length := time.Duration(i+1) * 10 * time.Millisecond
		in, root := front.Start(context.Background(), []string{"GET /order", "POST /order"}[i%2], trace.WithTimestamp(begin), trace.WithSpanKind(trace.SpanKindServer),
			trace.WithAttributes(attribute.String("customer", []string{"ada", "bob", "eve"}[i%3]), attribute.Int("items", i), attribute.Bool("gift", i%2 == 1), attribute.Float64("price", float64(i)+0.5)))
		in, call := front.Start(in, "call back", trace.WithTimestamp(begin.Add(time.Millisecond)), trace.WithSpanKind(trace.SpanKindClient))
		in, served := back.Start(in, "reserve", trace.WithTimestamp(begin.Add(2*time.Millisecond)), trace.WithSpanKind(trace.SpanKindServer))
		_, query := back.Start(in, "SELECT", trace.WithTimestamp(begin.Add(3*time.Millisecond)), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.String("peer.service", "db")))
		if i%4 == 3 {
			query.SetStatus(codes.Error, "deadlock")
			query.AddEvent("retry", trace.WithTimestamp(begin.Add(4*time.Millisecond)), trace.WithAttributes(attribute.Int("attempt", i)))
		}
		query.End(trace.WithTimestamp(begin.Add(length / 2)))
		served.End(trace.WithTimestamp(begin.Add(length - 2*time.Millisecond)))
		call.End(trace.WithTimestamp(begin.Add(length - time.Millisecond)))
		root.End(trace.WithTimestamp(begin.Add(length)))
	}
	return kept.Ended()
}
