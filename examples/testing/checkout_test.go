// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"testing"

	"github.com/go-spur/spur/spurtest"
)

// A trace is compared as the tree it is. Times and ids are the same in every run.
func TestCheckout(t *testing.T) {
	tracer, spans := spurtest.New(t)
	if err := checkout(context.Background(), tracer, "tea", "milk"); err != nil {
		t.Fatal(err)
	}
	const want = `checkout  5ms  items=2
  reserve  1ms  item=tea
  reserve  1ms  item=milk
`
	if got := spans.Tree(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Or a single span is looked at.
func TestCheckoutOfNothing(t *testing.T) {
	tracer, spans := spurtest.New(t)
	if err := checkout(context.Background(), tracer); err == nil {
		t.Fatal("no error")
	}
	failed := spans.ByOperation("checkout")
	if len(failed) != 1 || len(failed[0].Logs) != 1 {
		t.Errorf("got\n%s", spans.Tree())
	}
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
	const want = "checkout  3ms  items=1\n  reserve  1ms  item=tea\n"
	if got := agent.Tree(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
