// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/config"
	"github.com/uber/jaeger-client-go/thrift"
	thriftjaeger "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
	"github.com/uber/jaeger-client-go/transport"
	"github.com/uber/jaeger-client-go/zipkin"
	"github.com/uber/jaeger-lib/metrics"
)

// What programs build of the client's types: they print and encode them, and put their own
// around them.
var userScenarios = []scenario{
	{"users/values", printedValues},
	{"users/kinds", kinds},
	{"users/equal", equalContexts},
	{"users/spans", wrappedSpans},
	{"users/transports", ownTransports},
	{"users/reporters", filteringReporters},
	{"users/propagators", chainedPropagators},
	{"users/samplers", wrappedSamplers},
	{"users/thrift", serializedSpans},
}

func printedValues(r *recorder) {
	id := jaeger.TraceID{High: 0xa, Low: 0xb}
	g := newRig(nil)
	defer g.close()
	s := g.span("op", opentracing.Tag{Key: "k", Value: 1})
	s.SetBaggageItem("b", "c")
	sc := s.Context().(jaeger.SpanContext)
	for name, v := range map[string]any{
		"trace": id, "trace pointer": &id, "low": jaeger.TraceID{Low: 1}, "zero": jaeger.TraceID{},
		"span id": jaeger.SpanID(0xc), "context": sc, "context pointer": &sc, "span": s,
		"tag": jaeger.NewTag("k", "v"), "decision": jaeger.SamplingDecision{Sample: true},
		"process":       jaeger.Process{Service: "s", UUID: "u", Tags: []jaeger.Tag{jaeger.NewTag("k", 1)}},
		"reference":     jaeger.Reference{Type: opentracing.ChildOfRef, Context: sc},
		"header keys":   (&jaeger.HeadersConfig{}).ApplyDefaults(),
		"configuration": config.Configuration{ServiceName: "s", Sampler: &config.SamplerConfig{Type: "const"}, Reporter: &config.ReporterConfig{BufferFlushInterval: time.Second}},
		"batch":         &thriftjaeger.Batch{Process: &thriftjaeger.Process{ServiceName: "s"}, Spans: []*thriftjaeger.Span{}},
	} {
		r.try("json/"+name, func() string {
			text, err := json.Marshal(v)
			return string(text) + " " + errText(err)
		})
		r.try("gob/"+name, func() string { return errText(gob.NewEncoder(&bytes.Buffer{}).Encode(v)) })
	}
	for _, verb := range []string{"%v", "%+v", "%s", "%d", "%x", "%q", "%#v", "%016x", "%T"} {
		for name, v := range map[string]any{"trace": id, "span id": jaeger.SpanID(0xc), "tag": jaeger.NewTag("k", "v"), "decision": jaeger.SamplingDecision{Sample: true}} {
			r.try("fmt/"+name+"/"+verb, func() string { return fmt.Sprintf(verb, v) })
		}
	}
	for _, verb := range []string{"%v", "%+v", "%s", "%q", "%T"} {
		for name, v := range map[string]any{"context": sc, "context pointer": &sc, "span": s, "in a list": []any{sc}} {
			r.try("fmt/"+name+"/"+verb, func() string { return fmt.Sprintf(verb, v) })
		}
	}
	var back struct {
		Trace jaeger.TraceID
		Span  jaeger.SpanID
	}
	err := json.Unmarshal([]byte(`{"Trace":{"High":1,"Low":2},"Span":3}`), &back)
	r.say("json/back", "%v %v %s", back.Trace, back.Span, errText(err))
	r.say("map key", "%d", map[jaeger.TraceID]int{id: 4}[jaeger.TraceID{High: 0xa, Low: 0xb}])
}

// kinds says what reflection tells of the types that programs hold.
func kinds(r *recorder) {
	for _, v := range []any{
		jaeger.TraceID{}, jaeger.SpanID(0), jaeger.SpanContext{}, jaeger.Tag{}, jaeger.Process{}, jaeger.SamplingDecision{}, jaeger.Reference{},
		jaeger.HeadersConfig{}, jaeger.Metrics{}, jaeger.StdLogger, jaeger.NullLogger, jaeger.TracerOptions, jaeger.ReporterOptions, jaeger.SamplerOptions,
		config.Configuration{}, config.SamplerConfig{}, config.ReporterConfig{}, config.BaggageRestrictionsConfig{}, config.ThrottlerConfig{},
		jaeger.NewConstSampler(true), jaeger.NewNullReporter(), jaeger.NewInMemoryReporter(), zipkin.NewZipkinB3HTTPHeaderPropagator(),
	} {
		t := reflect.TypeOf(v)
		text := t.Kind().String()
		if t.Kind() == reflect.Struct {
			for i := range t.NumField() {
				if f := t.Field(i); f.IsExported() {
					text += fmt.Sprintf("\n%d %s %s %q", i, f.Name, f.Type, f.Tag)
				}
			}
		}
		r.say(t.String(), "%s", text)
	}
}

// equalContexts compares as assertions of tests do.
func equalContexts(r *recorder) {
	g := newRig(nil)
	defer g.close()
	s := g.span("s")
	before := s.Context()
	s.SetBaggageItem("k", "v")
	parts := func(v string) jaeger.SpanContext {
		return jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 3, true, map[string]string{"k": v})
	}
	parsed := func(text string) jaeger.SpanContext {
		c, err := jaeger.ContextFromString(text)
		if err != nil {
			panic(err)
		}
		return c
	}
	sc := s.Context().(jaeger.SpanContext)
	copied := &jaeger.SpanContext{}
	copied.CopyFrom(&sc)
	for name, pair := range map[string][2]any{
		"zero":             {jaeger.SpanContext{}, jaeger.SpanContext{}},
		"parts":            {parts("v"), parts("v")},
		"other baggage":    {parts("v"), parts("w")},
		"without baggage":  {jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 3, true, nil), jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 3, true, nil)},
		"parsed":           {parsed("1:2:3:1"), parsed("1:2:3:1")},
		"other flags":      {parsed("1:2:3:1"), parsed("1:2:3:0")},
		"other id":         {parsed("1:2:3:1"), parsed("1:4:3:1")},
		"received":         {received(g, "1:2:3:1"), received(g, "1:2:3:1")},
		"itself":           {s.Context(), s.Context()},
		"baggage since":    {before, s.Context()},
		"child's":          {s.Context(), g.span("child", opentracing.ChildOf(sc)).Context()},
		"copy":             {sc, *copied},
		"with an item":     {sc.WithBaggageItem("a", "b"), sc.WithBaggageItem("a", "b")},
		"parsed, parts":    {parsed("1:2:3:1"), jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 3, true, nil)},
		"received, parsed": {received(g, "1:2:3:1"), parsed("1:2:3:1")},
		"through headers":  {throughHeaders(g, sc), throughHeaders(g, sc)},
		"spans":            {s, s},
		"references":       {jaeger.SelfRef(sc), jaeger.SelfRef(sc)},
		"samplers":         {jaeger.NewConstSampler(true), jaeger.NewConstSampler(true)},
		"tags":             {jaeger.NewTag("a", []byte("b")), jaeger.NewTag("a", []byte("b"))},
	} {
		r.try(name, func() string { return fmt.Sprint(reflect.DeepEqual(pair[0], pair[1])) })
	}
}

func throughHeaders(g *rig, c opentracing.SpanContext) opentracing.SpanContext {
	m := opentracing.TextMapCarrier{}
	_ = g.tracer.Inject(c, opentracing.TextMap, m)
	back, err := g.tracer.Extract(opentracing.TextMap, m)
	if err != nil {
		panic(err)
	}
	return back
}

type ownSpan struct {
	*jaeger.Span
	finished int
}

func (s *ownSpan) Finish() { s.finished++; finish(s.Span) }

type ownTracer struct{ *jaeger.Tracer }

func (t ownTracer) StartSpan(name string, options ...opentracing.StartSpanOption) opentracing.Span {
	return &ownSpan{Span: t.Tracer.StartSpan("own "+name, options...).(*jaeger.Span)}
}

func wrappedSpans(r *recorder) {
	g := newRig(nil)
	defer g.close()
	t := ownTracer{g.tracer.(*jaeger.Tracer)}
	root, ctx := opentracing.StartSpanFromContextWithTracer(context.Background(), t, "root")
	child, ctx := opentracing.StartSpanFromContextWithTracer(ctx, t, "child")
	child.SetTag("k", "v").SetOperationName("renamed").SetBaggageItem("b", "c")
	headers := http.Header{}
	err := t.Inject(opentracing.SpanFromContext(ctx).Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(headers))
	r.say("headers", "%s %v", errText(err), headers)
	r.say("tracer", "%t %T", child.Tracer() == g.tracer, child.Tracer())
	r.say("chained", "%T", child.SetTag("k", "w"))
	child.Finish()
	root.Finish()
	for i, s := range g.spans() {
		r.say(fmt.Sprint(i), "%s", spanText(s))
	}
}

// sizedTransport writes spans as they are in a datagram, a few in each batch.
type sizedTransport struct {
	book    *logbook
	process *thriftjaeger.Process
	spans   []*thriftjaeger.Span
}

func (t *sizedTransport) Append(s *jaeger.Span) (int, error) {
	if t.process == nil {
		t.process = jaeger.BuildJaegerProcessThrift(s)
	}
	t.spans = append(t.spans, jaeger.BuildJaegerThrift(s))
	if len(t.spans) >= 2 {
		return t.Flush()
	}
	return 0, nil
}

func (t *sizedTransport) Flush() (int, error) {
	n := len(t.spans)
	if n > 0 {
		var names []string
		for _, s := range t.spans {
			names = append(names, s.OperationName)
		}
		t.book.line("flush", fmt.Sprint(t.process.ServiceName, names))
	}
	t.spans = nil
	return n, nil
}

func (t *sizedTransport) Close() error { t.book.line("close", ""); return nil }

// teeTransport hands the client's own transport what it has seen itself.
type teeTransport struct {
	*transport.HTTPTransport
	own sizedTransport
}

func (t *teeTransport) Append(s *jaeger.Span) (int, error) {
	_, _ = t.own.Append(s)
	return t.HTTPTransport.Append(s)
}

func (t *teeTransport) Flush() (int, error) {
	_, _ = t.own.Flush()
	return t.HTTPTransport.Flush()
}

// countingTransport is put around any other.
type countingTransport struct {
	jaeger.Transport
	appended int
}

func (t *countingTransport) Append(s *jaeger.Span) (int, error) {
	t.appended++
	return t.Transport.Append(s)
}

func ownTransports(r *recorder) {
	c := newCollector(http.StatusAccepted, "")
	defer c.server.Close()
	u := newReceiver()
	defer u.conn.Close()
	udp, err := jaeger.NewUDPTransport(u.addr(), 0)
	if err != nil {
		panic(err)
	}
	book := &logbook{}
	counting := &countingTransport{Transport: udp}
	for _, t := range []jaeger.Transport{
		&sizedTransport{book: book},
		&teeTransport{transport.NewHTTPTransport(c.server.URL+"/api/traces", transport.HTTPBatchSize(2)), sizedTransport{book: &logbook{}}},
		counting,
	} {
		g := newRigWith(jaeger.NewRemoteReporter(t, jaeger.ReporterOptions.BufferFlushInterval(time.Hour)))
		for i := range 3 {
			finish(g.span(fmt.Sprint("s", i)))
		}
		_ = g.close()
		if tee, ok := t.(*teeTransport); ok {
			r.say("tee/own", "%s", tee.own.book)
		}
	}
	r.say("sized", "%s", book)
	var names []string
	for len(names) < 3 {
		b := c.batch()
		if b == nil || len(b.Spans) == 0 {
			break
		}
		for _, s := range b.Spans {
			names = append(names, s.OperationName)
		}
	}
	r.say("tee/sent", "%v", names)
	_, b := message(u.next())
	r.say("count", "%d %s", counting.appended, sentBatch(b))
}

// filter hands on what is slow or failed.
type filter struct {
	jaeger.Reporter
	book *logbook
}

func (f *filter) Report(s *jaeger.Span) {
	_, failed := s.Tags()["error"]
	keep := failed || s.Duration() > time.Minute
	f.book.line(s.OperationName(), fmt.Sprint(keep, " ", s.Duration(), " ", len(s.Logs()), " ", len(s.References())))
	if keep {
		f.Reporter.Report(s)
	}
}

func filteringReporters(r *recorder) {
	u := newReceiver()
	defer u.conn.Close()
	udp, err := jaeger.NewUDPTransport(u.addr(), 0)
	if err != nil {
		panic(err)
	}
	book := &logbook{}
	g := newRigWith(&filter{jaeger.NewRemoteReporter(udp, jaeger.ReporterOptions.BufferFlushInterval(time.Hour)), book})
	quick := g.span("quick")
	failed := g.span("failed", opentracing.ChildOf(quick.Context()), opentracing.Tag{Key: "error", Value: true})
	failed.LogKV("event", "error")
	finish(failed)
	slow := g.span("slow", opentracing.FollowsFrom(quick.Context()))
	slow.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(time.Hour)})
	finish(quick)
	_ = g.close()
	r.say("calls", "%s", book)
	_, b := message(u.next())
	var names []string
	for _, s := range b.GetSpans() {
		names = append(names, s.OperationName)
	}
	slices.Sort(names)
	r.say("sent", "%v", names)
}

// chain tries one format after the other, and writes all.
type chain struct {
	injectors  []jaeger.Injector
	extractors []jaeger.Extractor
}

func (c chain) Inject(sc jaeger.SpanContext, carrier any) error {
	for _, i := range c.injectors {
		if err := i.Inject(sc, carrier); err != nil {
			return err
		}
	}
	return nil
}

func (c chain) Extract(carrier any) (jaeger.SpanContext, error) {
	for _, e := range c.extractors {
		sc, err := e.Extract(carrier)
		if err == nil && sc.IsValid() {
			return sc, nil
		}
		if err != nil && err != opentracing.ErrSpanContextNotFound {
			return jaeger.SpanContext{}, err
		}
	}
	return jaeger.SpanContext{}, opentracing.ErrSpanContextNotFound
}

func chainedPropagators(r *recorder) {
	own := jaeger.NewHTTPHeaderPropagator((&jaeger.HeadersConfig{TraceContextHeaderName: "x-trace"}).ApplyDefaults(), *jaeger.NewMetrics(metrics.NullFactory, nil))
	b3 := zipkin.NewZipkinB3HTTPHeaderPropagator()
	c := chain{[]jaeger.Injector{own, b3}, []jaeger.Extractor{b3, own}}
	g := newRig(nil, jaeger.TracerOptions.Injector(opentracing.HTTPHeaders, c), jaeger.TracerOptions.Extractor(opentracing.HTTPHeaders, c))
	defer g.close()
	s := g.span("s").SetBaggageItem("k", "v")
	headers := http.Header{}
	err := g.tracer.Inject(s.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(headers))
	r.say("out", "%s %s", errText(err), lines(headers))
	for name, in := range map[string]map[string]string{
		"none": {}, "own": {"x-trace": "1:2:3:1"}, "b3": {"x-b3-traceid": "4", "x-b3-spanid": "5", "x-b3-sampled": "1"},
		"both":   {"x-trace": "1:2:3:1", "x-b3-traceid": "4", "x-b3-spanid": "5", "x-b3-sampled": "0"},
		"broken": {"x-trace": "1:2:3:1", "x-b3-traceid": "no"}, "jaeger's": {"uber-trace-id": "1:2:3:1"},
	} {
		h := http.Header{}
		for k, v := range in {
			h.Set(k, v)
		}
		sc, err := g.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
		r.say("in/"+name, "%s", contextText(sc, err))
	}
}

// byName samples some operations always, and asks the client's own about all others.
type byName struct {
	*jaeger.ProbabilisticSampler
	always string
}

func (b *byName) IsSampled(id jaeger.TraceID, operation string) (bool, []jaeger.Tag) {
	if operation == b.always {
		return true, []jaeger.Tag{jaeger.NewTag("sampler.type", "always")}
	}
	return b.ProbabilisticSampler.IsSampled(id, operation)
}

func (b *byName) Equal(jaeger.Sampler) bool { return false }

// onTag asks the client's own when a span begins, and decides by a tag.
type onTag struct {
	jaeger.SamplerV2Base
	inner jaeger.SamplerV2
}

func (o *onTag) OnCreateSpan(s *jaeger.Span) jaeger.SamplingDecision {
	d := o.inner.OnCreateSpan(s)
	d.Retryable = !d.Sample
	return d
}

func (o *onTag) OnSetOperationName(s *jaeger.Span, name string) jaeger.SamplingDecision {
	return o.inner.OnSetOperationName(s, name)
}

func (o *onTag) OnSetTag(_ *jaeger.Span, key string, _ any) jaeger.SamplingDecision {
	return jaeger.SamplingDecision{Sample: key == "keep", Retryable: key != "keep", Tags: []jaeger.Tag{jaeger.NewTag("sampler.type", "tag")}}
}

func (o *onTag) OnFinishSpan(*jaeger.Span) jaeger.SamplingDecision {
	return jaeger.SamplingDecision{Retryable: true}
}

func wrappedSamplers(r *recorder) {
	rare, err := jaeger.NewProbabilisticSampler(0)
	if err != nil {
		panic(err)
	}
	// A probability of 0 samples an id of 0 with the client, and never with spur.
	g := newRig(&byName{rare, "always"}, jaeger.TracerOptions.RandomNumber(func() uint64 { return 77 }))
	finish(g.span("always"))
	finish(g.span("sometimes"))
	r.say("by name", "%s", spansText(g))
	_ = g.close()

	g = newRig(&asV1{onTag{inner: jaeger.NewPerOperationSampler(jaeger.PerOperationSamplerParams{MaxOperations: 1, Strategies: strategies()})}})
	a := g.span("a")
	b := g.span("b", opentracing.ChildOf(a.Context()))
	b.SetTag("other", 1).SetTag("keep", 2)
	finish(b)
	finish(a)
	c := g.span("c", opentracing.Tag{Key: "keep", Value: true})
	finish(c)
	r.say("on tag", "%s", spansText(g))
	_ = g.close()
}

// asV1 makes a sampler of the second kind one that NewTracer takes.
type asV1 struct{ onTag }

func (*asV1) IsSampled(jaeger.TraceID, string) (bool, []jaeger.Tag) { return false, nil }
func (*asV1) Equal(jaeger.Sampler) bool                             { return false }

func spansText(g *rig) string {
	var texts []string
	for _, s := range g.spans() {
		texts = append(texts, spanText(s))
	}
	return strings.Join(texts, "\n")
}

// serializedSpans writes spans with the client's own Thrift runtime, in each protocol.
func serializedSpans(r *recorder) {
	g := newRig(nil)
	defer g.close()
	span := withoutTimes(jaeger.BuildJaegerThrift(bigSpan(g)))
	ctx := context.Background()
	for name, f := range map[string]thrift.TProtocolFactory{
		"binary": thrift.NewTBinaryProtocolFactoryDefault(), "compact": thrift.NewTCompactProtocolFactory(),
		"header": thrift.NewTHeaderProtocolFactory(),
	} {
		r.try(name, func() string {
			buf := thrift.NewTMemoryBuffer()
			w := &thrift.TSerializer{Transport: buf, Protocol: f.GetProtocol(buf)}
			b, err := w.Write(ctx, span)
			if err != nil {
				return errText(err)
			}
			back := thriftjaeger.NewSpan()
			in := thrift.NewTMemoryBuffer()
			in.Write(b)
			err = back.Read(ctx, f.GetProtocol(in))
			return fmt.Sprintf("%x\n%s same=%t %d left", b, errText(err), reflect.DeepEqual(span, back), in.Len())
		})
	}
	buf := thrift.NewTMemoryBuffer() // what is written as simple JSON nobody reads
	err := span.Write(ctx, thrift.NewTSimpleJSONProtocolFactory().GetProtocol(buf))
	r.say("simple json", "%s %s", buf, errText(err))
}
