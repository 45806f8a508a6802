// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

// referencePrograms are about who descends from whom.
func referencePrograms() []program {
	tree := func(refs func(a, b opentracing.SpanContext) []opentracing.StartSpanOption) func(*world) {
		return func(w *world) {
			a, b := w.tracer.StartSpan("a"), w.tracer.StartSpan("b")
			a.SetBaggageItem("from", "a")
			b.SetBaggageItem("from", "b")
			c := w.tracer.StartSpan("c", refs(a.Context(), b.Context())...)
			w.header("c", c.Context())
			for _, s := range []opentracing.Span{c, b, a} {
				w.finish(s)
			}
		}
	}
	type options = []opentracing.StartSpanOption
	return []program{
		{name: "child", run: tree(func(a, _ opentracing.SpanContext) options { return options{opentracing.ChildOf(a)} })},
		{name: "follower", run: tree(func(a, _ opentracing.SpanContext) options { return options{opentracing.FollowsFrom(a)} })},
		{name: "two parents", run: tree(func(a, b opentracing.SpanContext) options {
			return options{opentracing.ChildOf(b), opentracing.ChildOf(a)}
		})},
		{name: "follower, then child", run: tree(func(a, b opentracing.SpanContext) options {
			return options{opentracing.FollowsFrom(a), opentracing.ChildOf(b)}
		})},
		{name: "child, then follower", run: tree(func(a, b opentracing.SpanContext) options {
			return options{opentracing.ChildOf(a), opentracing.FollowsFrom(b)}
		})},
		{
			name: "follower of two", run: tree(func(a, b opentracing.SpanContext) options {
				return options{opentracing.FollowsFrom(a), opentracing.FollowsFrom(b)}
			}), why: "the first one is the parent, not the last", differs: []string{
				"- note: c injects map[uber-trace-id:0000000000000002:0000000000000003:0000000000000002:1 uberctx-from:b]",
				"- 3: trace 00000000000000000000000000000002", "- 3: parent 0000000000000002",
				"+ note: c injects map[uber-trace-id:0000000000000001:0000000000000003:0000000000000001:1 uberctx-from:a]",
				"+ 3: trace 00000000000000000000000000000001", "+ 3: parent 0000000000000001",
			},
		},
		{name: "the same twice", run: tree(func(a, _ opentracing.SpanContext) options {
			return options{opentracing.ChildOf(a), opentracing.ChildOf(a)}
		})},
		{name: "nil parent", run: tree(func(_, _ opentracing.SpanContext) options { return options{opentracing.ChildOf(nil)} })},
		{name: "generations", run: func(w *world) {
			var spans []opentracing.Span
			var opts options
			for range 5 {
				s := w.tracer.StartSpan("g", opts...)
				w.tick(time.Millisecond)
				spans, opts = append(spans, s), options{opentracing.ChildOf(s.Context())}
			}
			for _, s := range spans {
				w.finish(s)
			}
		}},
		{name: "baggage without ids, then a parent", run: func(w *world) {
			s := w.tracer.StartSpan("x", opentracing.ChildOf(w.remote("uberctx-k", "v")),
				opentracing.ChildOf(w.remote("uber-trace-id", "a:b:c:1", "uberctx-l", "w")))
			w.header("x", s.Context())
			w.finish(s)
		}, why: "a context without ids is no parent; its baggage is merged", differs: []string{
			"- note: x injects map[uber-trace-id:0000000000000001:0000000000000001:0000000000000000:1 uberctx-k:v]",
			"- 1: trace 00000000000000000000000000000001", "- 1: parent 0000000000000000",
			`- 1: tag "sampler.type" STRING "const"`, `- 1: tag "sampler.param" BOOL true`,
			"+ note: x injects map[uber-trace-id:000000000000000a:0000000000000001:000000000000000b:1 uberctx-k:v uberctx-l:w]",
			"+ 1: trace 0000000000000000000000000000000a", "+ 1: parent 000000000000000b",
		}},
		{name: "baggage without ids", run: func(w *world) {
			s := w.tracer.StartSpan("x", opentracing.ChildOf(w.remote("uberctx-k", "v")))
			w.header("x", s.Context())
			w.finish(s)
		}},
		{name: "server side", run: func(w *world) {
			s := w.tracer.StartSpan("x", ext.RPCServerOption(w.remote("uber-trace-id", "a:b:c:1", "uberctx-k", "v")))
			w.header("x", s.Context())
			w.finish(s)
			w.finish(w.tracer.StartSpan("y", ext.RPCServerOption(nil)))
		}},
		{name: "self reference", run: func(w *world) {
			w.finish(w.tracer.StartSpan("x", w.selfRef(w.remote("uber-trace-id", "a:b:c:1"))))
		}, why: "who made the ids has decided; J asks its own sampler", differs: []string{
			`- 11: tag "sampler.type" STRING "const"`, `- 11: tag "sampler.param" BOOL true`,
		}},
	}
}

// samplingPrograms are about decisions.
func samplingPrograms() []program {
	remote := func(flags string) func(*world) {
		return func(w *world) {
			s := w.tracer.StartSpan("x", opentracing.ChildOf(w.remote("uber-trace-id", "a:b:c:"+flags)))
			c := w.tracer.StartSpan("c", opentracing.ChildOf(s.Context()))
			w.header("c", c.Context())
			w.finish(c)
			w.finish(s)
		}
	}
	priority := func(values ...any) func(*world) {
		return func(w *world) {
			s := w.tracer.StartSpan("x")
			c := w.tracer.StartSpan("c", opentracing.ChildOf(s.Context()))
			for _, v := range values {
				c.SetTag("sampling.priority", v)
			}
			c.SetTag("tag", 1)
			w.header("c", c.Context())
			w.header("x", s.Context())
			w.finish(c)
			w.finish(s)
		}
	}
	return []program{
		{name: "unsampled", off: true, run: func(w *world) {
			s := w.tracer.StartSpan("x", opentracing.Tag{Key: "a", Value: 1})
			s.SetTag("b", 2).SetBaggageItem("k", "v").LogKV("event", "e")
			w.header("x", s.Context())
			w.finish(s)
		}},
		{name: "remote unsampled", run: remote("0")},
		{name: "remote sampled", off: true, run: remote("1")},
		{name: "remote debug alone", off: true, run: remote("2")},
		{name: "remote sampled and debug", off: true, run: remote("3")},
		{name: "remote firehose", off: true, run: remote("9")},
		{name: "remote unknown flag", off: true, run: remote("5")},
		{name: "priority 1", off: true, run: priority(uint16(1))},
		{name: "priority 1, sampled", run: priority(uint16(1))},
		{name: "priority 0", run: priority(uint16(0))},
		{name: "priority 0, unsampled", off: true, run: priority(uint16(0))},
		{name: "priority 1, then 0", off: true, run: priority(uint16(1), uint16(0)), why: "0 clears debug as well", differs: []string{
			"- note: c injects map[uber-trace-id:0000000000000001:0000000000000002:0000000000000001:2]",
			"- note: x injects map[uber-trace-id:0000000000000001:0000000000000001:0000000000000000:2]",
			"+ note: c injects map[uber-trace-id:0000000000000001:0000000000000002:0000000000000001:0]",
			"+ note: x injects map[uber-trace-id:0000000000000001:0000000000000001:0000000000000000:0]",
		}},
		{name: "priority 0, then 1", run: priority(uint16(0), uint16(1))},
		{name: "priority of another type", off: true, run: priority(1), why: "any integer counts; J drops it", differs: []string{
			"- note: c injects map[uber-trace-id:0000000000000001:0000000000000002:0000000000000001:0]",
			"- note: x injects map[uber-trace-id:0000000000000001:0000000000000001:0000000000000000:0]",
			"+ note: c injects map[uber-trace-id:0000000000000001:0000000000000002:0000000000000001:3]",
			"+ note: x injects map[uber-trace-id:0000000000000001:0000000000000001:0000000000000000:3]",
			"+ 1: trace 00000000000000000000000000000001", "+ 1: parent 0000000000000000", `+ 1: operation "x"`,
			"+ 1: flags 3", "+ 1: start 1577836800000000", "+ 1: duration 2000",
			"+ 2: trace 00000000000000000000000000000001", "+ 2: parent 0000000000000001", `+ 2: operation "c"`,
			"+ 2: flags 3", "+ 2: start 1577836800000000", "+ 2: duration 1000",
			"+ 2: reference CHILD_OF 00000000000000000000000000000001 0000000000000001",
			`+ 2: tag "sampling.priority" LONG 1`, `+ 2: tag "tag" LONG 1`,
		}},
		{name: "priority that is no number", run: priority("1"), why: "it is a tag like others; J drops it", differs: []string{
			`+ 2: tag "sampling.priority" STRING "1"`,
		}},
		{name: "priority as a start tag", off: true, run: func(w *world) {
			w.finish(w.tracer.StartSpan("x", opentracing.Tag{Key: "sampling.priority", Value: uint16(1)}))
			w.finish(w.tracer.StartSpan("y", opentracing.Tag{Key: "sampling.priority", Value: uint16(0)}))
		}},
		{name: "priority 0 as a start tag", run: func(w *world) {
			s := w.tracer.StartSpan("y", opentracing.Tag{Key: "sampling.priority", Value: uint16(0)})
			w.header("y", s.Context())
			w.finish(s)
		}},
		{name: "debug id", off: true, run: func(w *world) {
			s := w.tracer.StartSpan("x", opentracing.ChildOf(w.remote("jaeger-debug-id", "find me", "uberctx-k", "v")))
			w.header("x", s.Context())
			w.finish(s)
		}},
		{name: "debug twice in a second", off: true, run: func(w *world) {
			for range 2 {
				w.finish(w.tracer.StartSpan("x", opentracing.ChildOf(w.remote("jaeger-debug-id", "d"))))
				w.finish(w.tracer.StartSpan("x", opentracing.ChildOf(w.remote("uber-trace-id", "a:b:c:3"))))
			}
		}, why: "one a second is debug: the sampler refuses the other debug id, and the callers' sampled traces are only sampled", differs: []string{
			"- 2: flags 3", "- 3: trace 00000000000000000000000000000003", "- 3: parent 0000000000000000", `- 3: operation "x"`, "- 3: flags 3",
			"- 3: start 1577836800002000", "- 3: duration 1000", `- 3: tag "jaeger-debug-id" STRING "d"`, "- 4: flags 3", "+ 2: flags 1", "+ 4: flags 1",
		}},
		{name: "debug id with a trace", off: true, run: func(w *world) {
			w.finish(w.tracer.StartSpan("x", opentracing.ChildOf(w.remote("jaeger-debug-id", "d", "uber-trace-id", "a:b:c:1"))))
		}},
	}
}

// otherPrograms are about names, times and the end.
func otherPrograms() []program {
	return []program{
		{name: "names", run: func(w *world) {
			s := w.tracer.StartSpan("before")
			s.SetOperationName("after ü")
			w.finish(s)
			w.finish(w.tracer.StartSpan(""))
		}},
		{name: "times", run: func(w *world) {
			w.tick(1234567 * time.Nanosecond)
			s := w.tracer.StartSpan("clock")
			w.tick(2345678 * time.Nanosecond)
			w.finish(s)
			at := epoch.Add(-time.Hour)
			s = w.tracer.StartSpan("own", opentracing.StartTime(at))
			s.FinishWithOptions(opentracing.FinishOptions{FinishTime: at.Add(time.Minute)})
		}},
		{name: "shorter than a microsecond", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			w.tick(999 * time.Nanosecond)
			s.Finish()
		}, why: "Jaeger shows 0 as missing", differs: []string{"- 1: duration 0", "+ 1: duration 1"}},
		{name: "ends before it starts", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			s.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(-time.Second)})
		}, why: "the duration is as short as can be, and a tag says why", differs: []string{
			"- 1: duration -1000000", "+ 1: duration 1", `+ 1: tag "spur.end_before_start_ns" LONG 1000000000`,
		}},
		{name: "finished twice", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			w.finish(s)
			s.Finish()
		}, why: "reported once", differs: []string{
			"- 1: trace 00000000000000000000000000000001", "- 1: parent 0000000000000000", `- 1: operation "x"`, "- 1: flags 1",
			"- 1: start 1577836800000000", "- 1: duration 1000", `- 1: tag "sampler.type" STRING "const"`, `- 1: tag "sampler.param" BOOL true`,
		}},
		{name: "context after Finish", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			s.SetBaggageItem("k", "v")
			sc := s.Context()
			w.finish(s)
			w.header("x", sc)
			w.header("again", s.Context())
			w.finish(w.tracer.StartSpan("late child", opentracing.ChildOf(s.Context())))
		}},
		{name: "contexts do not change", run: func(w *world) {
			s := w.tracer.StartSpan("x")
			before := s.Context()
			s.SetBaggageItem("k", "v")
			w.header("before", before)
			w.header("after", s.Context())
			w.finish(s)
		}},
	}
}
