// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"bytes"
	"context"
	"fmt"
	stdlog "log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"
	jzap "github.com/uber/jaeger-client-go/log/zap"
	"github.com/uber/jaeger-client-go/testutils"
	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
	"github.com/uber/jaeger-client-go/utils"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

var textScenarios = []scenario{
	{"texts/log", loggers},
	{"texts/zap", zapTexts},
	{"texts/utils", utilTexts},
	{"texts/mock agent", mockAgent},
}

// plain is a Logger without Debugf.
type plain struct{ book *logbook }

func (p plain) Error(msg string)              { p.book.Error(msg) }
func (p plain) Infof(msg string, args ...any) { p.book.Infof(msg, args...) }

func loggers(r *recorder) {
	b := &log.BytesBufferLogger{}
	b.Error("e %d")
	b.Infof("i %d", 1)
	b.Debugf("d %s", "x")
	text := b.String()
	b.Flush()
	r.say("buffer", "%s%q", text, b.String())
	var std bytes.Buffer
	flags := stdlog.Flags()
	stdlog.SetOutput(&std)
	stdlog.SetFlags(0)
	for _, l := range []log.DebugLogger{log.StdLogger, log.NullLogger, log.DebugLogAdapter(log.StdLogger)} {
		l.Error("e %d")
		l.Infof("i %d", 1)
		l.Debugf("d %s", "x")
	}
	jaeger.StdLogger.Error("e %d")
	jaeger.StdLogger.Infof("i %d", 1)
	jaeger.NullLogger.Error("e")
	jaeger.NullLogger.Infof("i %d", 1)
	stdlog.SetOutput(os.Stderr)
	stdlog.SetFlags(flags)
	r.say("standard", "%s", std.String())
	book := &logbook{}
	adapted := log.DebugLogAdapter(plain{book})
	adapted.Error("e")
	adapted.Infof("i %d", 1)
	adapted.Debugf("d %d", 1)
	same := log.DebugLogAdapter(book)
	same.Debugf("d %d", 2)
	r.say("adapter", "%s\n%t", book, same == log.DebugLogger(book))
	r.say("adapter of nil", "%v", log.DebugLogAdapter(nil))
}

func zapTexts(r *recorder) {
	var out bytes.Buffer
	encoder := zapcore.NewJSONEncoder(zapcore.EncoderConfig{MessageKey: "msg", LevelKey: "level", EncodeLevel: zapcore.LowercaseLevelEncoder, EncodeDuration: zapcore.StringDurationEncoder, EncodeTime: zapcore.RFC3339NanoTimeEncoder})
	logger := zap.New(zapcore.NewCore(encoder, zapcore.AddSync(&out), zapcore.DebugLevel))
	l := jzap.NewLogger(logger)
	l.Error("e %d")
	l.Infof("i %d", 1)
	l.Debugf("d %s", "x")
	g := newRig(nil)
	defer g.close()
	s := g.span("s").SetBaggageItem("k", "v")
	s.SetTag("only", 1)
	ctx := opentracing.ContextWithSpan(context.Background(), s)
	off := newRig(jaeger.NewConstSampler(false))
	defer off.close()
	noop := opentracing.NoopTracer{}.StartSpan("x")
	for _, f := range []zapcore.Field{
		jzap.Trace(ctx), jzap.Trace(context.Background()), jzap.Trace(nil), jzap.Trace(opentracing.ContextWithSpan(context.Background(), noop)), //nolint:staticcheck // a nil context is asked for
		jzap.Context(s.Context().(jaeger.SpanContext)), jzap.Context(off.span("x").Context().(jaeger.SpanContext)),
		jzap.Span(nil), jzap.Span(noop),
		jzap.Span(g.span("child", opentracing.ChildOf(s.Context()), opentracing.FollowsFrom(g.span("other").Context()), opentracing.StartTime(epoch))),
	} {
		logger.Info("field", f)
	}
	bare := off.span("bare", opentracing.StartTime(epoch))
	bare.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(time.Second)})
	logger.Info("finished", jzap.Span(bare))
	r.say("fields", "%s", out.String())
	out.Reset()
	traced := jzap.NewLoggingTracer(logger, g.tracer)
	span := traced.StartSpan("logged", opentracing.ChildOf(s.Context()), opentracing.StartTime(epoch))
	span.SetTag("a", 1).SetOperationName("renamed").SetBaggageItem("k", "w")
	span.LogKV("event", "x")
	_ = span.BaggageItem("k")
	m := opentracing.TextMapCarrier{}
	err := traced.Inject(span.Context(), opentracing.TextMap, m)
	_, extractErr := traced.Extract(opentracing.TextMap, m)
	span.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(time.Second)})
	r.say("tracer", "%v %v %t", err, extractErr, span.Tracer() == traced)
	r.say("tracer's lines", "%s", withoutPlace(out.String()))
	r.try("bad header", func() string {
		_, err := traced.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": "bad"})
		return errText(err)
	})
}

var placeAndTime = regexp.MustCompile(`"(stack|ts)":"[^"]*"|\{"Key":"hostname","Value":"[^"]*"\}`)

// withoutPlace leaves out what differs by time and machine.
func withoutPlace(text string) string { return placeAndTime.ReplaceAllString(text, "…") }

func utilTexts(r *recorder) {
	for _, ip := range []string{"", "localhost", "127.0.0.1", "1.2.3", "1.2.3.4.5", "a.b.c.d", "1.2.3.256", "255.255.255.255", "::1", "1.2.3.-4"} {
		n, err := utils.ParseIPToUint32(ip)
		r.say("ip/"+ip, "%d %s", n, errText(err))
	}
	for _, p := range []string{"", "80", "65535", "65536", "-1", "x", " 80"} {
		n, err := utils.ParsePort(p)
		r.say("port/"+p, "%d %s", n, errText(err))
	}
	for _, ip := range []net.IP{nil, net.ParseIP("1.2.3.4"), net.ParseIP("::1")} {
		r.say("pack/"+ip.String(), "%d", utils.PackIPAsUint32(ip))
	}
	for _, t := range []time.Time{epoch, {}, time.Unix(0, 0), time.Unix(-1, 500)} {
		r.say("µs/"+t.UTC().String(), "%d", utils.TimeToMicrosecondsSinceEpochInt64(t))
	}
	r.say("errors", "%v, %v, %v", utils.ErrEmptyIP, utils.ErrNotFourOctets, utils.ErrNotHostColonPort)
	ip, err := utils.HostIP()
	r.say("host ip", "%t %v", ip != nil, err)
	random := utils.NewRand(5)
	r.say("random", "%d %d %v", random.Int63(), random.Int63n(10), random.Float64())
	for name, h := range map[string]http.HandlerFunc{
		"ok":       func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, `{"strategyType":"PROBABILISTIC"}`) },
		"not JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, `<html>`) },
		"500":      func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "broken", http.StatusInternalServerError) },
	} {
		server := httptest.NewServer(h)
		var out map[string]any
		err := utils.GetJSON(server.URL, &out)
		r.say("JSON/"+name, "%v %s", out, errText(err))
		r.say("JSON/nowhere to/"+name, "%s", errText(utils.GetJSON(server.URL, nil)))
		server.Close()
	}
}

func mockAgent(r *recorder) {
	a, err := testutils.StartMockAgent()
	if err != nil {
		panic(err)
	}
	defer a.Close()
	sender, err := jaeger.NewUDPTransport(a.SpanServerAddr(), 0)
	if err != nil {
		panic(err)
	}
	g := newRigWith(jaeger.NewRemoteReporter(sender))
	bigSpan(g)
	_ = g.close()
	for deadline := time.Now().Add(3 * time.Second); len(a.GetJaegerBatches()) == 0 && time.Now().Before(deadline); {
		<-time.After(time.Millisecond)
	}
	batches := a.GetJaegerBatches()
	r.say("got", "%d %t", len(batches), a.IsServing())
	if len(batches) == 1 {
		r.say("span", "%s", batchSpan(batches[0].Spans[0]))
	}
	a.ResetJaegerBatches()
	r.say("reset", "%d %d", len(a.GetJaegerBatches()), len(a.GetZipkinSpans()))
	a.AddSamplingStrategy("known", &sampling.SamplingStrategyResponse{
		StrategyType: sampling.SamplingStrategyType_RATE_LIMITING, RateLimitingSampling: &sampling.RateLimitingSamplingStrategy{MaxTracesPerSecond: 7},
	})
	for _, service := range []string{"known", "unknown", ""} {
		s := jaeger.NewRemotelyControlledSampler(service, jaeger.SamplerOptions.SamplingServerURL("http://"+a.SamplingServerAddr()), jaeger.SamplerOptions.SamplingRefreshInterval(time.Hour))
		s.UpdateSampler()
		r.say("sampling/"+service, "%s", remoteText(s))
		s.Close()
	}
	_, err = a.SpanServerClient()
	r.say("client", "%v", err)
}
