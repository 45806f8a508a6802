// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"encoding/json"
	goexpvar "expvar"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/rpcmetrics"
	"github.com/uber/jaeger-lib/metrics"
	"github.com/uber/jaeger-lib/metrics/expvar"
	"github.com/uber/jaeger-lib/metrics/metricstest"
	jprometheus "github.com/uber/jaeger-lib/metrics/prometheus"
)

var metricScenarios = []scenario{
	{"metrics/counted", countedMetrics},
	{"metrics/late", lateMetrics},
	{"metrics/reporter", reporterMetrics},
	{"metrics/names", metricNames},
	{"metrics/prometheus", prometheusMetrics},
	{"metrics/expvar", expvarMetrics},
	{"metrics/rpc", rpcMetrics},
	{"metrics/rpc normalizer", normalizer},
}

// busy is what a service does in a day.
func busy(g *rig) {
	root := g.span("root")
	g.span("child", opentracing.ChildOf(root.Context())).Finish()
	root.SetBaggageItem("k", "v").SetBaggageItem("k", strings.Repeat("x", 5000))
	root.Finish()
	for _, flags := range []string{"0", "1", "3"} {
		c, err := g.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:" + flags})
		if err != nil {
			continue
		}
		server := g.span("server", ext.RPCServerOption(c))
		g.span("client", opentracing.ChildOf(server.Context()), ext.SpanKindRPCClient).Finish()
		server.Finish()
		g.span("joined", opentracing.ChildOf(c)).Finish()
	}
	for _, bad := range []string{"", "nonsense", "1:2:3"} {
		_, _ = g.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": bad})
		_, _ = g.tracer.Extract(opentracing.HTTPHeaders, opentracing.TextMapCarrier{"uber-trace-id": bad})
		_, _ = g.tracer.Extract(opentracing.Binary, strings.NewReader(bad))
	}
	forced := g.span("forced")
	ext.SamplingPriority.Set(forced, 1)
	forced.Finish()
	dropped := g.span("dropped")
	ext.SamplingPriority.Set(dropped, 0)
	dropped.Finish()
	debug, _ := g.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"jaeger-debug-id": "x"})
	g.span("debug", opentracing.ChildOf(debug)).Finish()
	g.span("open")
}

func snapshot(f *metricstest.Factory) string {
	counters, gauges := f.Snapshot()
	return lines(nonzero(counters)) + "\ngauges\n" + lines(nonzero(gauges))
}

func countedMetrics(r *recorder) {
	for _, sampled := range []bool{true, false} {
		f := metricstest.NewFactory(0)
		g := newRig(jaeger.NewConstSampler(sampled), jaeger.TracerOptions.Metrics(jaeger.NewMetrics(f, map[string]string{"lib": "x"})))
		busy(g)
		r.say(fmt.Sprintf("open/%t", sampled), "%s", snapshot(f))
		_ = g.close()
		r.say(fmt.Sprintf("closed/%t", sampled), "%s", snapshot(f))
	}
	partial := &jaeger.Metrics{}
	*partial = *jaeger.NewNullMetrics()
	g := newRig(nil, jaeger.TracerOptions.Metrics(partial))
	busy(g)
	r.say("null", "%v", g.close())
}

// undecided is a SamplerV2 that decides when a tag is set.
type undecided struct{ jaeger.SamplerV2Base }

func (undecided) OnCreateSpan(*jaeger.Span) jaeger.SamplingDecision {
	return jaeger.SamplingDecision{Retryable: true}
}

func (undecided) OnSetOperationName(*jaeger.Span, string) jaeger.SamplingDecision {
	return jaeger.SamplingDecision{Retryable: true}
}

func (undecided) OnSetTag(_ *jaeger.Span, key string, value any) jaeger.SamplingDecision {
	return jaeger.SamplingDecision{Sample: value == true, Retryable: key != "decide", Tags: []jaeger.Tag{jaeger.NewTag("by", "tag")}}
}

func (undecided) OnFinishSpan(*jaeger.Span) jaeger.SamplingDecision {
	return jaeger.SamplingDecision{Retryable: true}
}

func lateMetrics(r *recorder) {
	for _, value := range []any{true, false, nil} {
		f := metricstest.NewFactory(0)
		g := newRig(undecided{}, jaeger.TracerOptions.Metrics(jaeger.NewMetrics(f, nil)))
		root := g.span("root")
		child := g.span("child", opentracing.ChildOf(root.Context()))
		finish(child)
		text := "child: " + liveText(child)
		if value != nil {
			root.SetTag("decide", value)
		}
		finish(g.span("second", opentracing.ChildOf(root.Context())))
		finish(root)
		text += "\nroot: " + spanText(root) + "\nreported:"
		for _, s := range g.spans() {
			text += " " + s.OperationName()
		}
		r.say(fmt.Sprint(value), "%s\n%s", text, snapshot(f))
		_ = g.close()
	}
}

// steps is a transport that keeps three spans, then fails.
type steps struct {
	book   *logbook
	answer func(call string) (int, error)
}

func (s *steps) Append(span *jaeger.Span) (int, error) {
	n, err := s.answer("append")
	s.book.line("append", fmt.Sprint(span.OperationName(), " ", n, " ", err))
	return n, err
}

func (s *steps) Flush() (int, error) {
	n, err := s.answer("flush")
	s.book.line("flush", fmt.Sprint(n, " ", err))
	return n, err
}

func (s *steps) Close() error {
	s.book.line("close", "")
	return nil
}

func reporterMetrics(r *recorder) {
	for name, answer := range map[string]func(string) (int, error){
		"sent at once":  func(call string) (int, error) { return map[string]int{"append": 1}[call], nil },
		"sent at flush": func(call string) (int, error) { return map[string]int{"flush": 3}[call], nil },
		"append fails": func(call string) (int, error) {
			return map[string]int{"append": 1}[call], map[string]error{"append": errFull}[call]
		},
		"flush fails": func(call string) (int, error) {
			return map[string]int{"flush": 3}[call], map[string]error{"flush": errFull}[call]
		},
	} {
		f, book := metricstest.NewFactory(0), &logbook{}
		m := jaeger.NewMetrics(f, nil)
		transport := &steps{book: book, answer: answer}
		reporter := jaeger.NewRemoteReporter(transport, jaeger.ReporterOptions.Metrics(m), jaeger.ReporterOptions.Logger(book),
			jaeger.ReporterOptions.BufferFlushInterval(time.Hour), jaeger.ReporterOptions.QueueSize(10))
		g := newRigWith(reporter, jaeger.TracerOptions.Metrics(m))
		for i := range 3 {
			g.span(fmt.Sprint("span", i)).Finish()
		}
		_ = g.close()
		counters, _ := f.Snapshot() // the gauge depends on who is faster
		r.say(name, "%s\n%s", strings.Replace(book.String(), "DEBUG closing reporter\n", "", 1), lines(nonzero(counters)))
		before := len(book.String())
		reporter.Close()
		r.say(name+"/closed twice", "%s", book.String()[before:])
	}
}

func metricNames(r *recorder) {
	f := metricstest.NewFactory(0)
	m := jaeger.NewMetrics(f, map[string]string{"lib": "jaeger"})
	m.ReporterQueueLength.Update(5)
	for _, c := range []metrics.Counter{m.TracesStartedSampled, m.SpansStartedDelayedSampling, m.SamplerRetrieved, m.SamplerQueryFailure, m.SamplerUpdateFailure, m.BaggageTruncate, m.ThrottledDebugSpans} {
		c.Inc(2)
	}
	counters, gauges := f.Snapshot()
	r.say("all", "%s\n%s", lines(counters), lines(gauges))
}

func prometheusMetrics(r *recorder) {
	registry := prometheus.NewRegistry()
	factory := jprometheus.New(jprometheus.WithRegisterer(registry))
	g := newRig(nil, jaeger.TracerOptions.Metrics(jaeger.NewMetrics(factory, nil)))
	busy(g)
	_ = g.close()
	families, err := registry.Gather()
	r.say("error", "%v", err)
	for _, f := range families {
		values := map[string]float64{}
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			values[strings.Join(labels, ",")] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
		r.say(f.GetName(), "%s %s\n%s", f.GetType(), f.GetHelp(), lines(values))
	}
}

// expvarRuns is how often expvarMetrics has run: expvar takes a name only once.
var expvarRuns atomic.Int64

func expvarMetrics(r *recorder) {
	factory := expvar.NewFactory(10)
	namespace := fmt.Sprintf("dropin%d", expvarRuns.Add(1))
	g := newRig(nil, jaeger.TracerOptions.Metrics(jaeger.NewMetrics(factory.Namespace(metrics.NSOptions{Name: namespace}), nil)))
	busy(g)
	_ = g.close()
	all := map[string]string{}
	goexpvar.Do(func(kv goexpvar.KeyValue) {
		if name, ok := strings.CutPrefix(kv.Key, namespace+"."); ok {
			var v any
			_ = json.Unmarshal([]byte(kv.Value.String()), &v)
			all[name] = fmt.Sprint(v)
		}
	})
	r.say("all", "%s", lines(all))
}

func rpcMetrics(r *recorder) {
	f := metricstest.NewFactory(0)
	g := newRig(nil, jaeger.TracerOptions.Observer(rpcmetrics.NewObserver(f, rpcmetrics.DefaultNameNormalizer)))
	defer g.close()
	server := opentracing.Tag{Key: "span.kind", Value: ext.SpanKindRPCServerEnum}
	for _, c := range []struct {
		name    string
		options []opentracing.StartSpanOption
		tags    opentracing.Tags
	}{
		{"GET /a", []opentracing.StartSpanOption{server}, nil},
		{"GET /a", []opentracing.StartSpanOption{server}, opentracing.Tags{"http.status_code": 200}},
		{"GET /a", []opentracing.StartSpanOption{server}, opentracing.Tags{"http.status_code": uint16(404)}},
		{"GET /a", []opentracing.StartSpanOption{server}, opentracing.Tags{"http.status_code": "503"}},
		{"GET /a", []opentracing.StartSpanOption{server}, opentracing.Tags{"http.status_code": "5xx"}},
		{"GET /a", []opentracing.StartSpanOption{server}, opentracing.Tags{"http.status_code": uint32(302)}},
		{"GET /a", []opentracing.StartSpanOption{server}, opentracing.Tags{"http.status_code": 100}},
		{"GET /a", []opentracing.StartSpanOption{server}, opentracing.Tags{"error": true}},
		{"GET /a", []opentracing.StartSpanOption{server}, opentracing.Tags{"error": "true"}},
		{"GET /a", []opentracing.StartSpanOption{server}, opentracing.Tags{"error": "yes"}},
		{"client", []opentracing.StartSpanOption{ext.SpanKindRPCClient}, nil},
		{"local", nil, nil},
		{"later", nil, opentracing.Tags{"span.kind": ext.SpanKindRPCServerEnum}},
		{"text", nil, opentracing.Tags{"span.kind": "server"}},
		{"", []opentracing.StartSpanOption{server}, nil},
		{"start tags", []opentracing.StartSpanOption{server, opentracing.Tags{"error": true, "http.status_code": 500}}, nil},
	} {
		s := g.span(c.name, append(c.options, opentracing.StartTime(epoch))...)
		for k, v := range c.tags {
			s.SetTag(k, v)
		}
		s.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(50 * time.Millisecond)})
	}
	renamed := g.span("before", server)
	renamed.SetOperationName("after: it")
	renamed.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(time.Minute)})
	r.say("all", "%s", snapshot(f))
	many := metricstest.NewFactory(0)
	g2 := newRig(nil, jaeger.TracerOptions.Observer(rpcmetrics.NewObserver(many, rpcmetrics.DefaultNameNormalizer)))
	defer g2.close()
	for i := range 300 {
		g2.span(fmt.Sprintf("op%03d", i), server).Finish()
	}
	counters, _ := many.Snapshot()
	endpoints := map[string]int64{}
	for k, v := range nonzero(counters) {
		if strings.HasPrefix(k, "requests|") {
			endpoints[k] = v
		}
	}
	r.say("many", "%d endpoints\n%s", len(endpoints), lines(endpoints))
}

func normalizer(r *recorder) {
	for _, name := range []string{"", "GET /a", "a b", "a-b_c.d/e", "ž", "a:b", "a\nb", "{id}", "100%", "A-Z", "\xff"} {
		r.say(fmt.Sprintf("default/%q", name), "%q", rpcmetrics.DefaultNameNormalizer.Normalize(name))
	}
	custom := &rpcmetrics.SimpleNameNormalizer{SafeSets: []rpcmetrics.SafeCharacterSet{&rpcmetrics.Range{From: 'a', To: 'c'}, &rpcmetrics.Char{Val: '!'}}, Replacement: '?'}
	r.say("custom", "%q", custom.Normalize("abcd! A"))
	r.say("kinds", "%d %d %d", rpcmetrics.Local, rpcmetrics.Inbound, rpcmetrics.Outbound)
}
