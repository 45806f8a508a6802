// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"fmt"
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-lib/metrics/metricstest"
)

// Everything here is a program's own piece that writes down how it is called.
var hookScenarios = []scenario{
	{"hooks/observers", observers},
	{"hooks/sampler v1", samplersV1},
	{"hooks/sampler v2", samplersV2},
	{"hooks/reporters", reporters},
	{"hooks/codecs", codecs},
	{"hooks/shared", sharedPieces},
	{"hooks/throttler", throttlers},
}

type observer struct {
	book *logbook
	name string
	no   bool
}

func startText(o opentracing.StartSpanOptions) string {
	var tags []string
	for k, v := range sorted(o.Tags) {
		tags = append(tags, fmt.Sprintf("%s=%v", k, v))
	}
	return fmt.Sprintf("references=%d tags=%s timed=%t", len(o.References), strings.Join(tags, ","), !o.StartTime.IsZero())
}

func (o observer) OnStartSpan(name string, options opentracing.StartSpanOptions) jaeger.SpanObserver {
	o.book.line(o.name, "start "+name+" "+startText(options))
	if o.no {
		return nil
	}
	return &spanObserver{o.book, o.name}
}

type contribObserver struct{ observer }

func (o contribObserver) OnStartSpan(s opentracing.Span, name string, options opentracing.StartSpanOptions) (jaeger.ContribSpanObserver, bool) {
	o.book.line(o.name, fmt.Sprintf("start %s %s span=%s tags=%v", name, startText(options), s, lines(s.(*jaeger.Span).Tags())))
	return &spanObserver{o.book, o.name}, !o.no
}

type spanObserver struct {
	book *logbook
	name string
}

func (o *spanObserver) OnSetOperationName(name string) { o.book.line(o.name, "name "+name) }
func (o *spanObserver) OnSetTag(key string, value any) {
	o.book.line(o.name, fmt.Sprint("tag ", key, "=", value))
}

func (o *spanObserver) OnFinish(f opentracing.FinishOptions) {
	o.book.line(o.name, fmt.Sprintf("finish timed=%t logs=%d", !f.FinishTime.IsZero(), len(f.LogRecords)))
}

// life is what happens to one span, and its child.
func life(g *rig) *jaeger.Span {
	s := g.span("one", ext.SpanKindRPCServer)
	s.SetTag("a", 1).SetOperationName("two").SetBaggageItem("k", "v")
	s.LogKV("k", "v")
	child := g.span("child", opentracing.ChildOf(s.Context()))
	child.SetTag("c", 1)
	finish(child)
	ext.SamplingPriority.Set(s, 1)
	finish(s)
	return s
}

func observers(r *recorder) {
	for _, sampled := range []bool{true, false} {
		book := &logbook{}
		g := newRig(jaeger.NewConstSampler(sampled),
			jaeger.TracerOptions.Observer(observer{book, "A", false}), jaeger.TracerOptions.Observer(observer{book, "B", true}),
			jaeger.TracerOptions.ContribObserver(contribObserver{observer{book, "C", false}}), jaeger.TracerOptions.ContribObserver(contribObserver{observer{book, "D", true}}))
		life(g)
		r.say(fmt.Sprint("sampled=", sampled), "%s", book)
		_ = g.close()
	}
}

type samplerV1 struct {
	book   *logbook
	answer func(operation string) (bool, []jaeger.Tag)
}

func (s *samplerV1) IsSampled(id jaeger.TraceID, operation string) (bool, []jaeger.Tag) {
	yes, tags := s.answer(operation)
	s.book.line("sampled?", fmt.Sprint(id, " ", operation, " ", yes))
	return yes, tags
}

func (s *samplerV1) Close()                          { s.book.line("close", "") }
func (s *samplerV1) Equal(other jaeger.Sampler) bool { return s == other }

func samplersV1(r *recorder) {
	for name, answer := range map[string]func(string) (bool, []jaeger.Tag){
		"yes": func(string) (bool, []jaeger.Tag) {
			return true, []jaeger.Tag{jaeger.NewTag("by", "me"), jaeger.NewTag("n", 5)}
		},
		"no":   func(string) (bool, []jaeger.Tag) { return false, []jaeger.Tag{jaeger.NewTag("by", "me")} },
		"bare": func(string) (bool, []jaeger.Tag) { return true, nil },
		"name": func(op string) (bool, []jaeger.Tag) { return op == "child", nil },
	} {
		book := &logbook{}
		g := newRig(&samplerV1{book, answer})
		s := life(g)
		text := fmt.Sprint("reported=", len(g.spans()))
		_ = g.close()
		r.say(name, "%s\n%s\n%s", book, text, spanText(s))
	}
}

type samplerV2 struct {
	jaeger.SamplerV2Base
	book   *logbook
	answer func(call, value string) jaeger.SamplingDecision
}

func (s *samplerV2) ask(call string, span *jaeger.Span, value string) jaeger.SamplingDecision {
	d := s.answer(call, value)
	s.book.line(call, fmt.Sprintf("%s span=%s name=%s tags=%d -> %t retry=%t", value, span, span.OperationName(), len(span.Tags()), d.Sample, d.Retryable))
	return d
}

func (s *samplerV2) OnCreateSpan(span *jaeger.Span) jaeger.SamplingDecision {
	return s.ask("create", span, "")
}

func (s *samplerV2) OnSetOperationName(span *jaeger.Span, name string) jaeger.SamplingDecision {
	return s.ask("name", span, name)
}

func (s *samplerV2) OnSetTag(span *jaeger.Span, key string, value any) jaeger.SamplingDecision {
	return s.ask("tag", span, fmt.Sprint(key, "=", value))
}

func (s *samplerV2) OnFinishSpan(span *jaeger.Span) jaeger.SamplingDecision {
	return s.ask("finish", span, "")
}

func (s *samplerV2) Close() { s.book.line("close", "") }

func samplersV2(r *recorder) {
	yes := jaeger.SamplingDecision{Sample: true, Tags: []jaeger.Tag{jaeger.NewTag("by", "v2")}}
	retry := jaeger.SamplingDecision{Retryable: true}
	maybe := jaeger.SamplingDecision{Retryable: true, Sample: true}
	for name, answer := range map[string]func(call, value string) jaeger.SamplingDecision{
		"at once":   func(string, string) jaeger.SamplingDecision { return yes },
		"never":     func(string, string) jaeger.SamplingDecision { return jaeger.SamplingDecision{} },
		"undecided": func(string, string) jaeger.SamplingDecision { return retry },
		"by the tag": func(call, value string) jaeger.SamplingDecision {
			return map[bool]jaeger.SamplingDecision{true: yes, false: retry}[value == "a=1"]
		},
		"by the name": func(call, value string) jaeger.SamplingDecision {
			return map[bool]jaeger.SamplingDecision{true: yes, false: retry}[call == "name"]
		},
		"at the end": func(call, value string) jaeger.SamplingDecision {
			return map[bool]jaeger.SamplingDecision{true: yes, false: retry}[call == "finish"]
		},
		"yes, retry": func(string, string) jaeger.SamplingDecision { return maybe },
		"no by name": func(call, value string) jaeger.SamplingDecision {
			return jaeger.SamplingDecision{Retryable: call != "name"}
		},
	} {
		book := &logbook{}
		g := newRig(&samplerV2{book: book, answer: answer})
		s := life(g)
		var reported []string
		for _, s := range g.spans() {
			reported = append(reported, s.OperationName())
		}
		_ = g.close()
		r.say(name, "%s\nreported=%v\n%s", book, reported, spanText(s))
	}
	book := &logbook{}
	g := newRig(&samplerV2{book: book, answer: func(string, string) jaeger.SamplingDecision { return retry }})
	defer g.close()
	c, _ := g.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:1"})
	finish(g.span("joined", opentracing.ChildOf(c)))
	c, _ = g.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"jaeger-debug-id": "x"})
	g.span("debug", opentracing.ChildOf(c)).SetTag("x", 1)
	s := g.span("injected")
	m := opentracing.TextMapCarrier{}
	_ = g.tracer.Inject(s.Context(), opentracing.TextMap, m)
	r.say("not asked", "%s\n%s", book, m["uber-trace-id"])
}

type bookReporter struct {
	book *logbook
	name string
}

func (b *bookReporter) Report(s *jaeger.Span) {
	b.book.line(b.name, fmt.Sprintf("%s %s %s", s, s.OperationName(), s.Duration()))
}
func (b *bookReporter) Close() { b.book.line(b.name, "close") }

func reporters(r *recorder) {
	book := &logbook{}
	a, b := &bookReporter{book, "A"}, &bookReporter{book, "B"}
	memory := jaeger.NewInMemoryReporter()
	g := newRigWith(jaeger.NewCompositeReporter(a, jaeger.NewLoggingReporter(book), memory, jaeger.NewCompositeReporter(b, jaeger.NewNullReporter())))
	life(g)
	r.say("memory", "%d", memory.SpansSubmitted())
	_ = g.close()
	r.say("composite", "%s\n%d left", book, memory.SpansSubmitted())
	var spans []*jaeger.Span
	keep := newRig(nil)
	defer keep.close()
	life(keep)
	for _, s := range keep.spans() {
		spans = append(spans, s)
		s.Retain()
	}
	var texts []string
	for _, s := range spans {
		texts = append(texts, batchSpan(withoutTimes(jaeger.BuildJaegerThrift(s))))
	}
	r.say("kept", "%s", strings.Join(texts, "\n"))
}

type codec struct{ book *logbook }

func (c codec) Inject(sc jaeger.SpanContext, carrier any) error {
	c.book.line("inject", fmt.Sprintf("%s %v", sc, carrier))
	if carrier == "fail" {
		return errFull
	}
	return nil
}

func (c codec) Extract(carrier any) (jaeger.SpanContext, error) {
	c.book.line("extract", fmt.Sprint(carrier))
	if carrier == "fail" {
		return jaeger.SpanContext{}, errFull
	}
	return jaeger.NewSpanContext(jaeger.TraceID{High: 9, Low: 8}, 7, 6, carrier == "sampled", map[string]string{"k": "v"}), nil
}

func codecs(r *recorder) {
	book := &logbook{}
	c := codec{book}
	g := newRig(jaeger.NewConstSampler(false), jaeger.TracerOptions.Injector("own", c), jaeger.TracerOptions.Extractor("own", c), jaeger.TracerOptions.Injector(opentracing.TextMap, c))
	defer g.close()
	s := g.span("s").SetBaggageItem("k", "v")
	for _, format := range []any{"own", opentracing.TextMap, opentracing.HTTPHeaders} {
		for _, carrier := range []any{"sampled", "unsampled", "fail"} {
			r.say(fmt.Sprintf("out/%v/%v", format, carrier), "%s", errText(g.tracer.Inject(s.Context(), format, carrier)))
			sc, err := g.tracer.Extract(format, carrier)
			r.say(fmt.Sprintf("in/%v/%v", format, carrier), "%s", contextText(sc, err))
			if err == nil {
				child := g.span("child", opentracing.ChildOf(sc))
				r.say(fmt.Sprintf("child/%v/%v", format, carrier), "%s", spanText(child)[len(fmt.Sprint(child)):])
			}
		}
	}
	r.say("calls", "%s", book)
}

func sharedPieces(r *recorder) {
	book := &logbook{}
	sampler := &samplerV1{book, func(string) (bool, []jaeger.Tag) { return true, nil }}
	reporter := &bookReporter{book, "R"}
	a, closeA := jaeger.NewTracer("a", sampler, reporter, jaeger.TracerOptions.RandomNumber(zeroFirst()))
	b, closeB := jaeger.NewTracer("b", sampler, reporter, jaeger.TracerOptions.RandomNumber(zeroFirst()))
	for _, t := range []opentracing.Tracer{a, b} {
		t.StartSpan("s").FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch})
	}
	_, _ = closeA.Close(), closeB.Close()
	r.say("calls", "%s", strings.Join(withoutDurations(book), "\n"))
}

func withoutDurations(book *logbook) []string {
	var all []string
	for line := range strings.Lines(book.String()) {
		fields := strings.Fields(line)
		all = append(all, strings.Join(fields[:min(3, len(fields))], " "))
	}
	return all
}

// throttler allows every second request.
type throttler struct {
	book  *logbook
	asked int
}

func (t *throttler) IsAllowed(operation string) bool {
	t.asked++
	t.book.line("allowed?", fmt.Sprint(operation, " ", t.asked%2 == 1))
	return t.asked%2 == 1
}

func (t *throttler) SetProcess(p jaeger.Process) {
	t.book.line("process", fmt.Sprint(p.Service, " ", p.UUID, " ", len(p.Tags) > 0))
}

func (t *throttler) Close() error {
	t.book.line("close", "")
	return nil
}

func throttlers(r *recorder) {
	book, f := &logbook{}, metricstest.NewFactory(0)
	g := newRig(jaeger.NewConstSampler(false), jaeger.TracerOptions.DebugThrottler(&throttler{book: book}), jaeger.TracerOptions.Metrics(jaeger.NewMetrics(f, nil)))
	debug, err := g.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"jaeger-debug-id": "x"})
	if err != nil {
		panic(err)
	}
	for i := range 4 {
		r.say(fmt.Sprint("debug id/", i), "%s", liveText(g.span("debug", opentracing.ChildOf(debug))))
	}
	for i := range 4 {
		s := g.span("priority")
		ext.SamplingPriority.Set(s, 1)
		r.say(fmt.Sprint("priority/", i), "%s", spanText(s))
	}
	_ = g.close()
	r.say("calls", "%s", book)
	r.say("metrics", "%s", snapshot(f))
}
