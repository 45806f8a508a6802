// SPDX-License-Identifier: Apache-2.0

package spurtest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurtest"
)

// The code under test gets a tracer and the test reads what came of it.
func Example() {
	tracer, spans := spurtest.New(nil) // in a test: spurtest.New(t), and no Close
	defer tracer.Close()

	ctx, breakfast := tracer.Start(context.Background(), "make breakfast")
	breakfast.SetInt("guests", 2)

	_, kettle := tracer.Start(ctx, "boil water")
	kettle.LogKV("event", "whistle")
	kettle.Finish()

	_, toast := tracer.Start(ctx, "toast bread")
	toast.LogKV("event", "smoke alarm", "message", "it was like that when I came in")
	toast.SetBool("error", true)
	toast.Finish()

	_, again := tracer.Start(ctx, "toast bread")
	again.SetString("colour", "golden").SetString("lucky", "true")
	again.Finish()

	_, window := tracer.Start(ctx, "open window", opentracing.FollowsFrom(toast.Context()))
	window.Finish()
	breakfast.Finish()

	fmt.Print(spans.Tree())
	// Output:
	// make breakfast  11ms  guests=2
	//   boil water  2ms
	//     @1ms event=whistle
	//   toast bread  2ms  error=true
	//     @1ms event="smoke alarm" message="it was like that when I came in"
	//     open window  1ms  (follows from)
	//   toast bread  1ms  colour=golden lucky="true"
}

func ExampleNew() {
	tracer, spans := spurtest.New(nil, spur.WithLimits(spur.Limits{TagsPerSpan: 1}))
	defer tracer.Close()

	tracer.StartSpan("work").SetTag("kept", 1).SetTag("lost", 2).Finish()

	fmt.Print(spans.Tree())
	// Output:
	// work  1ms  (1 tags dropped)  kept=1
}

// Several services whose spans meet share a recorder, a clock and ids.
func ExampleRecorder_Tracer() {
	first, spans := spurtest.New(nil) // in a test: _, spans := spurtest.New(t)
	defer first.Close()
	shop, bank := spans.Tracer("shop"), spans.Tracer("bank")
	defer shop.Close()
	defer bank.Close()

	order := shop.StartSpan("order", ext.SpanKindRPCClient)
	order.SetBaggageItem("customer", "ada")
	wire := opentracing.TextMapCarrier{}
	if err := shop.Inject(order.Context(), opentracing.TextMap, wire); err != nil {
		fmt.Println(err)
	}

	caller, err := bank.Extract(opentracing.TextMap, wire)
	if err != nil {
		fmt.Println(err)
	}
	charge := bank.StartSpan("charge", ext.RPCServerOption(caller))
	charge.SetTag("customer", charge.BaggageItem("customer"))
	charge.Finish()
	order.Finish()
	shop.StartSpan("close").Finish() // another trace

	fmt.Print(spans.Tree())
	// Output:
	// shop: order  4ms  span.kind=client
	//   @1ms event=baggage key=customer value=ada
	//   bank: charge  1ms  span.kind=server customer=ada
	//
	// shop: close  1ms
}

func ExampleRecorder_ByOperation() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	for _, n := range []int{1, 2} {
		tracer.StartSpan("retry", opentracing.Tag{Key: "attempt", Value: n}).Finish()
	}
	tracer.StartSpan("give up").Finish()

	for _, s := range spans.ByOperation("retry") {
		fmt.Println(s.SpanID, s.Tags[0].Key, s.Tags[0].Value)
	}
	// Output:
	// 0000000000000001 attempt 1
	// 0000000000000002 attempt 2
}

// A server may finish its span when the client has long gone on.
func ExampleRecorder_Wait() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	go func() { tracer.StartSpan("clean up").Finish() }()

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	fmt.Println(spans.Wait(ctx, 1))
	fmt.Print(spans.Tree())
	// Output:
	// <nil>
	// clean up  1ms
}

// A recorder of its own serves tracers that are not New's.
func ExampleRecorder() {
	spans := new(spurtest.Recorder)
	tracer, err := spur.New("orders", spur.WithReporter(spans), spur.WithSampler(sampler.NewConst(true)))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tracer.Close()

	tracer.StartSpan("real time").Finish()

	fmt.Print(spans.Tree(spurtest.WithoutTimes()))
	// Output:
	// real time  sampler.type=const sampler.param=true
}

// Spans may come from anywhere, and need not be complete.
func ExampleTree() {
	spans := []model.Span{
		{Operation: "child", Context: model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, ParentID: 1}},
		{Operation: "parent", Context: model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1}},
		{Operation: "orphan", Context: model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 8, ParentID: 7}},
		{Operation: "chicken", Context: model.Context{TraceID: model.TraceID{Low: 2}, SpanID: 1, ParentID: 2}},
		{Operation: "egg", Context: model.Context{TraceID: model.TraceID{Low: 2}, SpanID: 2, ParentID: 1}},
	}
	fmt.Print(spurtest.Tree(spans))
	// Output:
	// parent  0s
	//   child  0s
	// orphan  0s  (parent missing)
	//
	// chicken  0s  (parent cycle)
	//   egg  0s
}

func ExampleWithoutTimes() {
	tracer, spans := spurtest.New(nil, spur.WithClock(time.Now))
	defer tracer.Close()

	span := tracer.StartSpan("guess how long")
	span.LogKV("event", "thinking")
	span.Finish()

	fmt.Print(spans.Tree(spurtest.WithoutTimes()))
	// Output:
	// guess how long
	//   @ event=thinking
}

func ExampleWithTags() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	span := tracer.StartSpan("GET", ext.SpanKindRPCClient)
	span.SetTag("http.method", "GET").SetTag("http.status_code", 200).SetTag("customer", "ada")
	span.Finish()

	fmt.Print(spans.Tree(spurtest.WithTags("customer", "http.status*")))
	fmt.Print(spans.Tree(spurtest.WithTags()))
	// Output:
	// GET  1ms  http.status_code=200 customer=ada
	// GET  1ms
}

func ExampleWithoutTags() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	span := tracer.StartSpan("GET", ext.SpanKindRPCClient)
	span.SetTag("http.method", "GET").SetTag("http.status_code", 200).SetTag("customer", "ada")
	span.Finish()

	fmt.Print(spans.Tree(spurtest.WithoutTags("span.kind", "http.*")))
	// Output:
	// GET  1ms  customer=ada
}

func ExampleWithIDs() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	ctx, parent := tracer.Start(context.Background(), "parent")
	_, child := tracer.Start(ctx, "child")
	child.Finish()
	parent.Finish()
	tracer.StartSpan("batch", spur.Link(child.Context())).Finish()

	fmt.Print(spans.Tree(spurtest.WithIDs(), spurtest.WithoutTimes()))
	// Output:
	// trace 0000000000000001
	//   parent  #0000000000000001
	//     child  #0000000000000002
	//
	// trace 0000000000000003
	//   batch  #0000000000000003
	//     -> follows from child  0000000000000001:0000000000000002
}

// With a clock that is turned by hand a test can tell how long things take.
func ExampleNewClock() {
	clock := spurtest.NewClock(0)
	tracer, spans := spurtest.New(nil, spur.WithClock(clock.Now))
	defer tracer.Close()

	span := tracer.StartSpan("nap")
	clock.Advance(20 * time.Minute)
	span.LogKV("event", "telephone")
	clock.Advance(time.Minute)
	span.Finish()

	fmt.Print(spans.Tree())
	// Output:
	// nap  21m0s
	//   @20m0s event=telephone
}

func ExampleIDs() {
	ids := new(spurtest.IDs)
	tracer, spans := spurtest.New(nil, spur.WithIDGenerator(ids))
	defer tracer.Close()

	tracer.StartSpan("first").Finish()
	fmt.Println(ids.SpanID())
	tracer.StartSpan("third").Finish()

	fmt.Print(spans.Tree(spurtest.WithIDs()))
	// Output:
	// 0000000000000002
	// trace 0000000000000001
	//   first  1ms  #0000000000000001
	//
	// trace 0000000000000003
	//   third  1ms  #0000000000000003
}

func ExampleBalance() {
	tracer, _ := spurtest.New(nil)
	tracer.StartSpan("counted").Finish()
	_ = tracer.Close()
	tracer.StartSpan("too late").Finish()

	st := tracer.Stats()
	fmt.Println(st.Spans.FinishedSampled, st.Destinations[0].Sent, st.Destinations[0].DroppedTotal())
	fmt.Println(spurtest.Balance(st))

	st.Destinations[0].Sent--
	fmt.Println(spurtest.Balance(st))
	// Output:
	// 2 1 1
	// <nil>
	// spurtest: books do not balance: *spurtest.Recorder: 2 spans finished, but 0 sent + 0 unconfirmed + 1 dropped + 0 waiting
}

func ExampleCheckLeaks() {
	_ = func(t *testing.T) {
		spurtest.CheckLeaks(t) // first, so that it looks last
		agent := spurtest.NewAgent(t)
		_ = agent
	}
	// Output:
}

func ExampleMain() {
	_ = func(m *testing.M) int { // TestMain(m *testing.M) passes it to os.Exit
		return spurtest.Main(m)
	}
	// Output:
}
