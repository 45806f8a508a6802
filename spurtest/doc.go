// SPDX-License-Identifier: Apache-2.0

// Package spurtest helps to test code that is traced with spur.
//
//	func TestCheckout(t *testing.T) {
//		tracer, spans := spurtest.New(t)
//		checkout(tracer)
//		spans.AssertTree(t, `
//			checkout  5ms  customer=ada
//			  charge card  1ms
//		`)
//	}
//
// # Your own code
//
// [New] makes a tracer whose ids and times are the same in every run and that
// keeps its spans in a [Recorder]. [Tree] prints spans as the tree they form:
// what [Recorder.AssertTree] and examples compare. [WithoutTimes], [WithTags] and
// [WithoutTags] leave out what a test is not about, and a * stands for what is different
// in each run. [Recorder.AssertSubtree] looks at a part of the tree, [Recorder.One] with
// [Tag], [Event] and [Field] at a single span. [Recorder.Tracer] makes tracers for
// several services whose spans stand in one tree. [FailUnfinished] finds spans that
// nobody finished.
//
// [Agent] receives what a tracer really sends over UDP, [Collector] what it sends
// over HTTP, in Thrift or OTLP; a Collector can be told to fail. [CheckLeaks] and
// [Main] find goroutines that outlive a test.
//
// The suites of package [github.com/go-spur/spur/spurtest/suite] test propagators,
// transports and HTTP middleware of your own.
package spurtest
