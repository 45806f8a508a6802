// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"fmt"
	"net/http"

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
