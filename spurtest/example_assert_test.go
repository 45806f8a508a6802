// SPDX-License-Identifier: Apache-2.0

package spurtest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurtest"
)

// printer takes the place of a *testing.T in the examples: it prints failures.
type printer struct{ testing.TB }

func (printer) Helper()                           {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

var t printer

func ExampleRecorder_AssertTree() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	ctx, order := tracer.Start(context.Background(), "order")
	for _, item := range []string{"tea", "milk"} {
		_, reserve := tracer.Start(ctx, "reserve")
		reserve.SetString("item", item)
		reserve.Finish()
	}
	order.Finish()

	spans.AssertTree(t, `
		order  5ms
		  reserve  1ms  item=tea
		  reserve  1ms  item=sugar
	`)
	// Output:
	// spurtest: the tree is not as expected, from line 3 on (- wanted, + there):
	//   order  5ms
	//     reserve  1ms  item=tea
	// -   reserve  1ms  item=sugar
	// +   reserve  1ms  item=milk
	//   ^ item=sugar wanted, item=milk there
	// The tree is
	// 	order  5ms
	// 	  reserve  1ms  item=tea
	// 	  reserve  1ms  item=milk
}

// What is different in each run is a star in the test.
func ExampleAssertTree() {
	tracer, spans := spurtest.New(nil, spur.WithClock(time.Now))
	defer tracer.Close()

	call := tracer.StartSpan("GET /orders/42")
	call.SetTag("peer.address", "127.0.0.1:"+fmt.Sprint(40000+rand.IntN(1000)))
	call.SetTag("message", fmt.Sprintf("answered in %d ms, not cached", rand.IntN(1000)))
	call.Finish()

	spurtest.AssertTree(t, spans.Spans(), `
		GET /orders/*  *  peer.address=127.0.0.1:* message="answered in * ms, not cached"
	`)
	// Output:
}

// A test need not know what stands around the part that it is about.
func ExampleRecorder_AssertSubtree() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	ctx, request := tracer.Start(context.Background(), "GET /orders/{id}")
	ctx, load := tracer.Start(ctx, "load order")
	_, query := tracer.Start(ctx, "SELECT")
	query.SetInt("rows", 1)
	query.Finish()
	load.Finish()
	request.Finish()

	spans.AssertSubtree(t, `
		load order
		  SELECT  rows=1
	`, spurtest.WithoutTimes())
	// Output:
}

func ExampleRecorder_One() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	charge := tracer.StartSpan("charge card")
	charge.SetTag("amount", 42)
	charge.LogKV("event", "declined", "reason", "expired")
	charge.Finish()

	span := spans.One(t, "charge card") // ends the test unless there is one
	fmt.Println(spurtest.Tag(span, "amount"), spurtest.Tag(span, "error"))
	declined, ok := spurtest.Event(span, "declined")
	fmt.Println(ok, spurtest.Field(declined, "reason"))
	// Output:
	// 42 <nil>
	// true expired
}

func ExampleTag() {
	span := model.Span{Tags: []model.Tag{{Key: "items", Value: model.Int64(2)}}}
	fmt.Println(spurtest.Tag(span, "items") == int64(2), spurtest.Tag(span, "error") == nil)
	// Output:
	// true true
}

// The failure names each span with the lines of code that started it:
//
//	spurtest: spans never finished:
//	  charge card  open for 3ms
//	    example.com/shop.(*Till).charge
//	      /home/ada/shop/till.go:47
func ExampleFailUnfinished() {
	_ = func(t *testing.T) {
		tracer, _ := spurtest.New(t, spurtest.FailUnfinished(t, "watch for updates"))
		tracer.StartSpan("watch for updates") // may stay open
		tracer.StartSpan("charge card")       // fails the test
	}
	// Output:
}
