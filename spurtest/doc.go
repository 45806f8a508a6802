// SPDX-License-Identifier: Apache-2.0

// Package spurtest helps to test code that is traced with spur.
//
//	func TestCheckout(t *testing.T) {
//		tracer, spans := spurtest.New(t)
//		checkout(tracer)
//		want := "checkout  5ms  customer=ada\n" +
//			"  charge card  1ms\n"
//		if got := spans.Tree(); got != want {
//			t.Errorf("got\n%s\nwant\n%s", got, want)
//		}
//	}
//
// [New] makes a tracer whose ids and times are the same in every run and that
// keeps its spans in a [Recorder]. [Tree] prints spans as the tree they form:
// what tests and examples compare. [Agent] receives what a tracer really sends
// over UDP, [Collector] what it sends over HTTP, in Thrift or OTLP; a Collector can
// be told to fail. [CheckLeaks] and [Main] find goroutines that outlive a test.
package spurtest
