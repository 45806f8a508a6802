// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"testing"

	"github.com/go-spur/spur/spurtest"
)

// A trace is compared as the tree it is. Times and ids are the same in every run, and
// a span that nobody finishes fails the test.
func TestCheckout(t *testing.T) {
	tracer, spans := spurtest.New(t, spurtest.FailUnfinished(t))
	if err := checkout(context.Background(), tracer, "tea", "milk"); err != nil {
		t.Fatal(err)
	}
	spans.AssertTree(t, `
		checkout  5ms  items=2
		  reserve  1ms  item=tea
		  reserve  1ms  item=milk
	`)
}

// Or a single span is looked at.
func TestCheckoutOfNothing(t *testing.T) {
	tracer, spans := spurtest.New(t)
	if err := checkout(context.Background(), tracer); err == nil {
		t.Fatal("no error")
	}
	span := spans.One(t, "checkout")
	failure, _ := spurtest.Event(span, "error")
	if spurtest.Tag(span, "error") != true || spurtest.Field(failure, "error.object") != errEmpty.Error() {
		t.Errorf("got\n%s", spans.Tree())
	}
}

// Or a part, by a test that is not about the rest.
func TestCheckoutWithinRequest(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, request := tracer.Start(context.Background(), "POST /checkout")
	if err := checkout(ctx, tracer, "tea"); err != nil {
		t.Fatal(err)
	}
	request.Finish()
	spans.AssertSubtree(t, `
		checkout  items=1
		  reserve  item=tea
	`, spurtest.WithoutTimes())
}

// What arrives at a real agent is the same: this test sends it over UDP.
func TestCheckoutOverUDP(t *testing.T) {
	agent := spurtest.NewAgent(t)
	tracer, _ := spurtest.New(t, agent.Option())
	if err := checkout(context.Background(), tracer, "tea"); err != nil {
		t.Fatal(err)
	}
	if err := tracer.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := agent.Wait(context.Background(), 2); err != nil {
		t.Fatal(err)
	}
	agent.AssertTree(t, `
		checkout  3ms  items=1
		  reserve  1ms  item=tea
	`)
}
