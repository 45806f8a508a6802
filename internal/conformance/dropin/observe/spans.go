// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
)

var spanScenarios = []scenario{
	{"span/api", spanAPI},
	{"span/parents", spanParents},
	{"span/priority", priority},
	{"span/logs", spanLogs},
	{"span/baggage", spanBaggage},
	{"span/tracer", tracerAPI},
	{"span/finish", finishing},
}

// spanText says all of a span that a program can ask.
func spanText(s *jaeger.Span) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s start=%s duration=%s\n", s, s.OperationName(), s.StartTime().Format(time.RFC3339Nano), s.Duration())
	for k, v := range sorted(s.Tags()) {
		fmt.Fprintf(&b, "tag %s=%T %v\n", k, v, v)
	}
	for _, l := range s.Logs() {
		fmt.Fprintf(&b, "log")
		for _, f := range l.Fields {
			fmt.Fprintf(&b, " %s=%T %v", f.Key(), f.Value(), f.Value())
		}
		b.WriteString("\n")
	}
	for _, ref := range s.References() {
		fmt.Fprintf(&b, "reference %d %s\n", ref.Type, ref.ReferencedContext)
	}
	b.WriteString(liveText(s))
	return b.String()
}

type stringer struct{ a, b int }

func (s stringer) String() string { return fmt.Sprintf("<%d,%d>", s.a, s.b) }

func spanAPI(r *recorder) {
	g := newRig(nil)
	defer g.close()
	span := g.span("first", opentracing.Tags{"start": "tag"}, opentracing.StartTime(epoch))
	r.say("tracer", "%t", span.Tracer() == g.tracer)
	r.say("started", "%s", spanText(span))
	chain := span.SetOperationName("second").SetTag("a", 1).SetTag("b", "x").SetTag("a", 2).SetBaggageItem("k", "v")
	r.say("chain", "%t", chain == opentracing.Span(span))
	for i, v := range []any{nil, true, int8(1), uint64(1 << 63), float32(0.5), []byte("bytes"), stringer{1, 2}, &stringer{3, 4}, errors.New("wrong"), []string{"a"}, map[string]int{"k": 1}, time.Second, struct{ X int }{5}} {
		span.SetTag(fmt.Sprintf("value%02d", i), v)
	}
	span.LogFields(log.String("event", "x"), log.Int("n", 1), log.Error(errors.New("wrong")), log.Object("o", stringer{5, 6}), log.Noop())
	span.LogKV("k", "v", "n", 7)
	span.LogKV("odd")
	span.LogKV(1, 2)
	span.LogKV()
	span.LogFields()
	span.LogEvent("event")
	span.LogEventWithPayload("event", "payload")
	span.Log(opentracing.LogData{Timestamp: epoch, Event: "data", Payload: 5})
	r.say("set", "%s", spanText(span))
	span.FinishWithOptions(opentracing.FinishOptions{
		FinishTime:  epoch.Add(time.Minute),
		LogRecords:  []opentracing.LogRecord{{Timestamp: epoch, Fields: []log.Field{log.String("late", "record")}}},
		BulkLogData: []opentracing.LogData{{Timestamp: epoch, Event: "bulk", Payload: 1}},
	})
	r.say("finished", "%s", spanText(span))
	r.say("reported", "%d %t", len(g.spans()), g.spans()[0] == span)
	r.say("submitted", "%d", g.reporter.SpansSubmitted())
	g.reporter.Reset()
	r.say("reset", "%d %d", g.reporter.SpansSubmitted(), len(g.spans()))

	off := newRig(jaeger.NewConstSampler(false))
	defer off.close()
	quiet := off.span("quiet", opentracing.Tags{"start": "tag"})
	quiet.SetTag("a", 1)
	quiet.LogKV("k", "v")
	quiet.SetBaggageItem("k", "v")
	quiet.SetOperationName("still quiet")
	finish(quiet)
	r.say("unsampled", "%s", spanText(quiet))
	r.say("unsampled, reported", "%d", len(off.spans()))
}

func spanParents(r *recorder) {
	g := newRig(nil)
	defer g.close()
	a := g.span("a").SetBaggageItem("from", "a").Context()
	b := g.span("b").SetBaggageItem("from", "b").SetBaggageItem("b", "b").Context()
	remote := func(h opentracing.TextMapCarrier) opentracing.SpanContext {
		c, _ := g.tracer.Extract(opentracing.TextMap, h)
		return c
	}
	ids := remote(opentracing.TextMapCarrier{"uber-trace-id": "5:6:7:1", "uberctx-k": "v"})
	no := remote(opentracing.TextMapCarrier{"uber-trace-id": "5:6:7:0"})
	loose := remote(opentracing.TextMapCarrier{"uberctx-k": "loose"})
	debug := remote(opentracing.TextMapCarrier{"jaeger-debug-id": "find me"})
	server := opentracing.Tag{Key: string(ext.SpanKind), Value: ext.SpanKindRPCServerEnum}
	for name, options := range map[string][]opentracing.StartSpanOption{
		"none":                       nil,
		"child":                      {opentracing.ChildOf(a)},
		"follows":                    {opentracing.FollowsFrom(a)},
		"two children":               {opentracing.ChildOf(a), opentracing.ChildOf(b)},
		"follows and child":          {opentracing.FollowsFrom(a), opentracing.ChildOf(b)},
		"child and follows":          {opentracing.ChildOf(a), opentracing.FollowsFrom(b)},
		"follows twice":              {opentracing.FollowsFrom(a), opentracing.FollowsFrom(b)},
		"nil":                        {opentracing.ChildOf(nil)},
		"zero":                       {opentracing.ChildOf(jaeger.SpanContext{})},
		"foreign":                    {opentracing.ChildOf(foreign{})},
		"foreign and child":          {opentracing.ChildOf(foreign{}), opentracing.ChildOf(a)},
		"remote":                     {opentracing.ChildOf(ids)},
		"remote, server":             {opentracing.ChildOf(ids), server},
		"remote, unsampled":          {opentracing.ChildOf(no)},
		"loose baggage":              {opentracing.ChildOf(loose)},
		"loose baggage and child":    {opentracing.ChildOf(loose), opentracing.ChildOf(a)},
		"loose, follows, then child": {opentracing.FollowsFrom(loose), opentracing.ChildOf(a)},
		"debug id":                   {opentracing.ChildOf(debug)},
		"debug id, tags":             {opentracing.ChildOf(debug), opentracing.Tags{"t1": 1, "t2": 2, "t3": 3, "t4": 4}},
		"other type":                 {opentracing.SpanReference{Type: 7, ReferencedContext: a}},
		"self":                       {jaeger.SelfRef(jaeger.NewSpanContext(jaeger.TraceID{Low: 3}, 4, 5, true, map[string]string{"k": "v"}))},
		"self and child":             {jaeger.SelfRef(jaeger.NewSpanContext(jaeger.TraceID{Low: 3}, 4, 5, true, nil)), opentracing.ChildOf(a)},
	} {
		r.try(name, func() string {
			local := newRig(nil) // ids that do not depend on the order of the map
			defer local.close()
			s := local.span("s", options...)
			finish(s)
			return spanText(s) + "\n" + local.log.String()
		})
	}
	shared := newRig(nil, jaeger.TracerOptions.ZipkinSharedRPCSpan(true))
	defer shared.close()
	s := shared.span("server", opentracing.ChildOf(ids), server)
	r.say("shared", "%s", contextText(s.Context(), nil))
	r.say("shared, kind as text", "%s", contextText(shared.span("server", opentracing.ChildOf(ids), opentracing.Tag{Key: "span.kind", Value: "server"}).Context(), nil))
}

func priority(r *recorder) {
	for _, sampled := range []bool{true, false} {
		for _, noDebug := range []bool{true, false} {
			for name, values := range map[string][]any{
				"uint16 1": {uint16(1)}, "uint16 0": {uint16(0)}, "uint16 2": {uint16(2)}, "1 then 0": {uint16(1), uint16(0)}, "0 then 1": {uint16(0), uint16(1)},
				"int": {1}, "int 0": {0}, "text": {"1"}, "bool": {true}, "float": {1.0},
			} {
				g := newRig(jaeger.NewConstSampler(sampled), jaeger.TracerOptions.NoDebugFlagOnForcedSampling(noDebug))
				parent := g.span("parent")
				s := g.span("s", opentracing.ChildOf(parent.Context()))
				for _, v := range values {
					s.SetTag(string(ext.SamplingPriority), v)
				}
				s.SetTag("after", 1)
				finish(s)
				finish(parent)
				r.say(fmt.Sprintf("%s/sampled=%t/no debug=%t", name, sampled, noDebug), "%s\nparent: %s\nreported: %d",
					spanText(s), parent, len(g.spans()))
				_ = g.close()
			}
		}
	}
	start := newRig(jaeger.NewConstSampler(false))
	defer start.close()
	r.say("as start tag", "%s", spanText(start.span("s", opentracing.Tag{Key: string(ext.SamplingPriority), Value: uint16(1)})))
}

func spanLogs(r *recorder) {
	for _, limit := range []int{1, 2, 3, 4, 5, 10} {
		for _, n := range []int{0, 1, 4, 5, 6, 11, 25} {
			g := newRig(nil, jaeger.TracerOptions.MaxLogsPerSpan(limit))
			s := g.span("s")
			for i := range n {
				s.LogKV("n", i)
			}
			r.say(fmt.Sprintf("open/%d of %d", n, limit), "%v", logNumbers(s))
			s.FinishWithOptions(opentracing.FinishOptions{LogRecords: []opentracing.LogRecord{{Timestamp: epoch, Fields: []log.Field{log.String("late", "x")}}}})
			r.say(fmt.Sprintf("and one at the end/%d of %d", n, limit), "%v", logNumbers(s))
			_ = g.close()
		}
	}
}

func logNumbers(s *jaeger.Span) []string {
	var all []string
	for _, l := range s.Logs() {
		var fields []string
		for _, f := range l.Fields {
			fields = append(fields, fmt.Sprintf("%s=%v", f.Key(), f.Value()))
		}
		all = append(all, strings.Join(fields, "&"))
	}
	return all
}

func spanBaggage(r *recorder) {
	g := newRig(nil)
	defer g.close()
	s := g.span("s")
	s.SetBaggageItem("key", "value").SetBaggageItem("key", "again").SetBaggageItem("Key", "upper").SetBaggageItem("empty", "")
	for _, k := range []string{"key", "Key", "KEY", "empty", "missing"} {
		r.say("item/"+k, "%q", s.BaggageItem(k))
	}
	s.SetBaggageItem("long", strings.Repeat("x", 3000))
	r.say("long", "%d", len(s.BaggageItem("long")))
	child := g.span("child", opentracing.ChildOf(s.Context()))
	s.SetBaggageItem("later", "1")
	child.SetBaggageItem("child", "1")
	r.say("later", "%q %q", child.BaggageItem("later"), s.BaggageItem("child"))
	finish(s)
	r.say("logged", "%s", spanText(s))
}

func tracerAPI(r *recorder) {
	g := newRig(nil, jaeger.TracerOptions.Tag("custom", 5), jaeger.TracerOptions.Tag("custom", 6))
	tags := map[string][]any{}
	for _, t := range g.tracer.(*jaeger.Tracer).Tags() {
		tags[t.Key] = append(tags[t.Key], t.Value)
	}
	tags["hostname"] = tags["hostname"][:1] // the second is this machine's
	r.say("tags", "%s", lines(tags))
	r.say("sampler", "%v", g.tracer.(*jaeger.Tracer).Sampler())
	r.say("close", "%v %v", g.close(), g.close())
	r.say("log", "%s", g.log)
	after := g.span("after close")
	after.Finish()
	r.say("after close", "%s", after)
	for name, options := range map[string][]jaeger.TracerOption{
		"bad ip":     {jaeger.TracerOptions.Tag(jaeger.TracerIPTagKey, "nonsense")},
		"high alone": {jaeger.TracerOptions.HighTraceIDGenerator(func() uint64 { return 9 })},
		"high":       {jaeger.TracerOptions.HighTraceIDGenerator(func() uint64 { return 9 }), jaeger.TracerOptions.Gen128Bit(true)},
		"zero ids":   {jaeger.TracerOptions.RandomNumber(zeroFirst())},
		"pool":       {jaeger.TracerOptions.PoolSpans(true)},
	} {
		r.try("option/"+name, func() string {
			log := &logbook{}
			reporter := jaeger.NewInMemoryReporter()
			ids := slices.Concat([]jaeger.TracerOption{jaeger.TracerOptions.RandomNumber(zeroFirst()), jaeger.TracerOptions.Logger(log)}, options)
			tracer, closer := jaeger.NewTracer("svc", jaeger.NewConstSampler(true), reporter, ids...)
			s := tracer.StartSpan("s")
			s.Finish()
			text := fmt.Sprint(s, " ", reporter.SpansSubmitted())
			_ = closer.Close()
			return text + "\n" + log.String()
		})
	}
	_, ok := g.tracer.(opentracing.TracerContextWithSpanExtension)
	r.say("context extension", "%t", ok)
	retained := g.span("retained")
	retained.Retain().Release()
	r.say("retained", "%s", retained)
}

// zeroFirst returns 0 twice before 1, 2, 3 …
func zeroFirst() func() uint64 {
	n := -2
	return func() uint64 {
		n++
		return uint64(max(n, 0))
	}
}

func finishing(r *recorder) {
	g := newRig(nil)
	defer g.close()
	s := g.span("s", opentracing.StartTime(epoch))
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(time.Second)})
	s.SetTag("late", 1)
	s.LogKV("late", 1)
	s.SetOperationName("late")
	r.say("late", "%s", spanText(s))
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(time.Hour)})
	r.say("twice", "%s %d", s.Duration(), len(g.spans()))
	before := g.span("before", opentracing.StartTime(epoch))
	before.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(-time.Second)})
	r.say("before it began", "%s", before.Duration())
	none := g.span("none", opentracing.StartTime(epoch))
	none.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch})
	r.say("no time", "%s", none.Duration())
}
