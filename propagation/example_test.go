// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func ExampleJaeger() {
	p, err := propagation.Jaeger(propagation.HTTP)
	if err != nil {
		fmt.Println(err)
		return
	}
	c := model.Context{
		TraceID: model.TraceID{Low: 0x1f94672794ce4b8d},
		SpanID:  0x1176e0d0ae74869a,
		Flags:   model.FlagSampled,
		Baggage: model.NewBaggage(model.Member{Key: "tenant", Value: "acmé corp"}),
	}
	request := http.Header{}
	p.Inject(&c, propagation.Header(request))
	fmt.Println(request["Uber-Trace-Id"], request["Uberctx-Tenant"])
	// Output:
	// [1f94672794ce4b8d:1176e0d0ae74869a:0000000000000000:1] [acm%C3%A9%20corp]
}

func ExampleTextual_Extract() {
	p, err := propagation.Jaeger(propagation.HTTP)
	if err != nil {
		fmt.Println(err)
		return
	}
	request := http.Header{}
	request.Set("uber-trace-id", "00000000000000001f94672794ce4b8d:9d29489eac885987:0:01")
	request.Set("jaeger-baggage", "tenant=acme, plan=free")

	c, err := p.Extract(propagation.Header(request))
	fmt.Println(c.TraceID, c.SpanID, c.IsSampled(), err)
	tenant, _ := c.Baggage.Get("tenant")
	fmt.Println(tenant.Value)

	_, err = p.Extract(propagation.Header{"Uber-Trace-Id": {"hello"}})
	fmt.Println(errors.Is(err, propagation.ErrCorrupted), err)
	_, err = p.Extract(propagation.Header{})
	fmt.Println(err)
	fmt.Printf("%+v\n", p.Stats()[0])
	// Output:
	// 1f94672794ce4b8d 9d29489eac885987 true <nil>
	// acme
	// true propagation: span context corrupted: uber-trace-id does not have four parts: "hello"
	// propagation: no span context in the carrier
	// {Format:jaeger Seen:2 Accepted:1 Alone:1 Conflicts:0 Rejected:1 Injected:0 BaggageDropped:0 StatesDropped:0}
}

func ExampleWithJaegerHeaders() {
	p, err := propagation.Jaeger(propagation.Text, propagation.WithJaegerHeaders(propagation.JaegerHeaders{
		TraceContext:  "x-trace",
		BaggagePrefix: "ctx-",
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	c := model.Context{TraceID: model.TraceID{High: 1, Low: 2}, SpanID: 3, Baggage: model.NewBaggage(model.Member{Key: "k", Value: "a b"})}
	message := textMap{}
	p.Inject(&c, message)
	fmt.Println(message)

	_, err = propagation.Jaeger(propagation.HTTP, propagation.WithJaegerHeaders(propagation.JaegerHeaders{Baggage: "no name"}))
	fmt.Println(err)
	// Output:
	// map[ctx-k:a b x-trace:00000000000000010000000000000002:0000000000000003:0000000000000000:0]
	// propagation: header name Baggage "no name" is not an HTTP field name
}

func ExampleDefault() {
	p, err := propagation.Default(propagation.HTTP)
	if err != nil {
		fmt.Println(err)
		return
	}
	// A caller that speaks W3C, and a Jaeger client before it.
	request := propagation.Header{
		"Traceparent":     {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
		"Tracestate":      {"congo=t61rcWkgMzE"},
		"Baggage":         {"User-Id=42;mode=test"},
		"Uberctx-Tenant":  {"acme+corp"},
		"Uberctx-User-Id": {"42"},
	}
	c, err := p.Extract(request)
	fmt.Println(c.TraceID, c.SpanID, c.IsSampled(), c.Extra.TraceState, err)

	next := propagation.Header{}
	p.Inject(&c, next)
	for _, name := range slices.Sorted(maps.Keys(next)) {
		fmt.Println(name+":", next[name][0])
	}
	// Output:
	// 0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 true congo=t61rcWkgMzE <nil>
	// Baggage: User-Id=42;mode=test,tenant=acme%20corp
	// Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
	// Tracestate: congo=t61rcWkgMzE
	// Uber-Trace-Id: 0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0000000000000000:1
	// Uberctx-Tenant: acme%20corp
	// Uberctx-User-Id: 42
}

// A service reads everything, prefers W3C's headers and writes them alone. Its
// counters tell whether anybody still depends on Jaeger's.
func ExampleComposite() {
	extract, err := propagation.ParseFormats("w3c,jaeger,b3")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := propagation.Composite(propagation.HTTP, extract, []propagation.Format{propagation.FormatW3C})
	if err != nil {
		fmt.Println(err)
		return
	}
	const jaeger, w3c = "a:b:0:1", "00-0000000000000000000000000000000a-000000000000000b-01"
	for _, request := range []propagation.Header{
		{"Uber-Trace-Id": {jaeger}, "Traceparent": {w3c}},
		{"Uber-Trace-Id": {jaeger}},
		{"Uber-Trace-Id": {jaeger}, "B3": {"1-2-1"}},
	} {
		c, err := p.Extract(request)
		fmt.Println(c.TraceID, err)
	}
	for _, s := range p.Stats() {
		fmt.Printf("%s: seen %d, accepted %d, alone %d, conflicts %d\n", s.Format, s.Seen, s.Accepted, s.Alone, s.Conflicts)
	}
	// Output:
	// 000000000000000a <nil>
	// 000000000000000a <nil>
	// 000000000000000a <nil>
	// jaeger: seen 3, accepted 3, alone 1, conflicts 0
	// w3c: seen 1, accepted 1, alone 0, conflicts 0
	// b3: seen 1, accepted 0, alone 0, conflicts 1
}

func ExampleParseFormats() {
	fmt.Println(propagation.ParseFormats("jaeger, W3C, b3"))
	fmt.Println(propagation.ParseOTelFormats("tracecontext,baggage,b3"))
	_, err := propagation.ParseOTelFormats("tracecontext,xray")
	fmt.Println(err)
	// Output:
	// [jaeger w3c b3] <nil>
	// [tracecontext baggage b3single] <nil>
	// propagation: unknown format "xray": want jaeger, w3c, tracecontext, baggage, b3, b3multi, b3single or none
}

func ExampleB3() {
	c := model.Context{TraceID: model.TraceID{Low: 0xa}, SpanID: 0xb, ParentID: 0xc, Flags: model.FlagSampled | model.FlagDebug}
	for _, opts := range [][]propagation.Option{nil, {propagation.WithB3Single()}} {
		p, err := propagation.B3(propagation.HTTP, opts...)
		if err != nil {
			fmt.Println(err)
			return
		}
		message := textMap{}
		p.Inject(&c, message)
		for _, name := range slices.Sorted(maps.Keys(message)) {
			fmt.Println(name+":", message[name])
		}
	}
	// Output:
	// x-b3-flags: 1
	// x-b3-parentspanid: 000000000000000c
	// x-b3-sampled: 1
	// x-b3-spanid: 000000000000000b
	// x-b3-traceid: 000000000000000a
	// b3: 000000000000000a-000000000000000b-d-000000000000000c
}

func ExampleW3C() {
	p, err := propagation.W3C(propagation.HTTP)
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := p.Extract(propagation.Header{"Baggage": {"tenant=acme%20corp;secret, plan = free"}})
	for m := range c.Baggage.All() {
		fmt.Printf("%s=%q %q\n", m.Key, m.Value, m.Properties)
	}
	fmt.Println(err)
	// Output:
	// tenant="acme corp" "secret"
	// plan="free" ""
	// <nil>
}

func ExampleBinary() {
	p, err := propagation.Binary()
	if err != nil {
		fmt.Println(err)
		return
	}
	c := model.Context{TraceID: model.TraceID{Low: 0xa}, SpanID: 0xb, Flags: model.FlagSampled}
	b := p.AppendBinary(nil, &c)
	fmt.Printf("%x\n", b)

	back, err := p.ParseBinary(b)
	fmt.Println(back.TraceID, back.SpanID, back.IsSampled(), err)
	// Output:
	// 0000000000000000000000000000000a000000000000000b00000000000000000100000000
	// 000000000000000a 000000000000000b true <nil>
}

func ExampleWithLimits() {
	p, err := propagation.Jaeger(propagation.Text, propagation.WithLimits(propagation.Limits{BaggageMembers: 1}))
	if err != nil {
		fmt.Println(err)
		return
	}
	c := model.Context{Baggage: model.NewBaggage(model.Member{Key: "old", Value: "1"}, model.Member{Key: "new", Value: "2"})}
	message := textMap{}
	p.Inject(&c, message)
	fmt.Println(message, p.Stats()[0].BaggageDropped)
	// Output:
	// map[uberctx-new:2] 1
}
