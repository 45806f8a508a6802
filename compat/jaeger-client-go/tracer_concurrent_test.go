// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/spurtest"
	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/x"
)

// watcher is an observer that may be told of many spans at once.
type watcher struct{ finished atomic.Int64 }

func (w *watcher) OnStartSpan(s opentracing.Span, _ string, _ opentracing.StartSpanOptions) (jaeger.ContribSpanObserver, bool) {
	s.Context()
	return w, true
}
func (*watcher) OnSetOperationName(string)            {}
func (*watcher) OnSetTag(string, any)                 {}
func (w *watcher) OnFinish(opentracing.FinishOptions) { w.finished.Add(1) }

// takeTurns is a transport of the program's own.
type takeTurns struct{ held int }

func (t *takeTurns) Append(s *jaeger.Span) (int, error) {
	jaeger.BuildJaegerThrift(s)
	jaeger.BuildZipkinThrift(s)
	t.held++
	return 0, nil
}
func (t *takeTurns) Flush() (n int, _ error) { n, t.held = t.held, 0; return n, nil }
func (t *takeTurns) Close() error            { return nil }

// useSpans does with a trace all that a program can, from many goroutines, each span in two
// of them.
func useSpans(tracer opentracing.Tracer, goroutines, rounds int) {
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range rounds {
				root := tracer.StartSpan("root", opentracing.Tag{Key: "g", Value: g}, opentracing.Tag{Key: "span.kind", Value: "server"}).(*jaeger.Span)
				child := tracer.StartSpan("child", opentracing.ChildOf(root.Context())).(*jaeger.Span)
				var both sync.WaitGroup
				both.Add(1)
				go func() {
					defer both.Done()
					useSpan(tracer, root, i)
					useSpan(tracer, child, i)
				}()
				useSpan(tracer, child, i)
				useSpan(tracer, root, i)
				child.Finish()
				both.Wait()
				root.Finish()
			}
		}()
	}
	wg.Wait()
}

func useSpan(tracer opentracing.Tracer, s *jaeger.Span, i int) {
	s.SetTag("i", i).SetTag("sampling.priority", i%2).SetOperationName(fmt.Sprint("op", i%3)).SetBaggageItem("k", fmt.Sprint(i))
	s.LogKV("event", "e", "i", i)
	s.LogFields(log.Int("i", i))
	s.Tags()
	s.Logs()
	s.References()
	s.Duration()
	s.BaggageItem("k")
	jaeger.EnableFirehose(s)
	jaeger.BuildJaegerThrift(s)
	c := s.SpanContext()
	_ = c.String()
	c.IsSamplingFinalized()
	c.ExtendedSamplingState("k", func() any { return i })
	header := http.Header{}
	if err := tracer.Inject(c, opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
		panic(err)
	}
	if _, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
		panic(err)
	}
	if i%4 == 0 {
		s.FinishWithOptions(opentracing.FinishOptions{LogRecords: []opentracing.LogRecord{{Fields: []log.Field{log.Int("i", i)}}}})
	}
}

func TestTracerConcurrentSafe(t *testing.T) {
	const goroutines, rounds = 64, 4
	spurtest.CheckLeaks(t)
	agent := spurtest.NewAgent(t)
	remote := func() jaeger.Sampler {
		return jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.SamplingRefreshInterval(time.Millisecond),
			jaeger.SamplerOptions.OperationNameLateBinding(true), jaeger.SamplerOptions.SamplingStrategyFetcher(&answering{
				body: `{"operationSampling":{"defaultSamplingProbability":0.5,"perOperationStrategies":[]}}`,
			}))
	}
	udp := func() jaeger.Reporter {
		sender, err := jaeger.NewUDPTransport(agent.Addr(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return jaeger.NewRemoteReporter(sender, jaeger.ReporterOptions.BufferFlushInterval(time.Millisecond))
	}
	late := x.NewPrioritySampler(
		x.NewTagMatchingSampler("i", []x.TagMatcher{{TagValue: 3}}),
		jaeger.NewPerOperationSampler(jaeger.PerOperationSamplerParams{OperationNameLateBinding: true, Strategies: strategies(0.1, 1)}),
	)
	observer := &watcher{}
	for _, tc := range []struct {
		name     string
		sampler  jaeger.Sampler
		reporter jaeger.Reporter
		options  []jaeger.TracerOption
	}{
		{"null", jaeger.NewConstSampler(true), jaeger.NewNullReporter(), nil},
		{"remote, udp", remote(), udp(), nil},
		{"late, memory, observer", late, jaeger.NewInMemoryReporter(), []jaeger.TracerOption{jaeger.TracerOptions.ContribObserver(observer)}},
		{"late binding, transport", lateBinding(), jaeger.NewRemoteReporter(&takeTurns{}, jaeger.ReporterOptions.BufferFlushInterval(time.Millisecond)), nil},
		{"composite", jaeger.NewRateLimitingSampler(1000), jaeger.NewCompositeReporter(udp(), jaeger.NewInMemoryReporter()), nil},
	} {
		metrics := newCounters()
		options := append(tc.options, jaeger.TracerOptions.Metrics(jaeger.NewMetrics(metrics, nil)), jaeger.TracerOptions.Gen128Bit(true))
		tracer, closer := jaeger.NewTracer("orders", tc.sampler, tc.reporter, options...)
		useSpans(tracer, goroutines, rounds)
		if st := tracer.(*jaeger.Tracer).SpurTracer().Stats().Spans; st.Open != 0 || st.Started != 2*goroutines*rounds {
			t.Errorf("%s: %+v", tc.name, st)
		}
		if n := metrics.sum("finished_spans"); n != 2*goroutines*rounds {
			t.Errorf("%s: %d counted:\n%s", tc.name, n, metrics)
		}
		if n := observer.finished.Swap(0); n != int64(len(tc.options))*2*goroutines*rounds {
			t.Errorf("%s: the observer was told of %d ends", tc.name, n)
		}
		closeWhileInUse(t, tracer, closer)
		observer.finished.Store(0)
	}
}

// closeWhileInUse closes twice, with spans that start and finish meanwhile.
func closeWhileInUse(t *testing.T, tracer opentracing.Tracer, closer io.Closer) {
	t.Helper()
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := closer.Close(); err != nil {
				t.Error(err)
			}
		}()
	}
	useSpans(tracer, 8, 4)
	wg.Wait()
}
