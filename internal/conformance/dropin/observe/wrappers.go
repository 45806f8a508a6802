// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	thriftjaeger "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
	"github.com/uber/jaeger-client-go/transport"
)

// Programs put types of their own around the client's.
var wrapperScenarios = []scenario{
	{"wrappers/spans", wrappedSpans},
	{"wrappers/transports", ownTransports},
	{"wrappers/reporters", filteringReporters},
	{"wrappers/propagators", chainedPropagators},
	{"wrappers/samplers", wrappedSamplers},
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
	book := &logbook{}
	counting := &countingTransport{Transport: u.transport()}
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
	book := &logbook{}
	g := newRigWith(&filter{jaeger.NewRemoteReporter(u.transport(), jaeger.ReporterOptions.BufferFlushInterval(time.Hour)), book})
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
