// SPDX-License-Identifier: Apache-2.0

package dropin

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
	"github.com/uber/jaeger-client-go/x"
	"github.com/uber/jaeger-lib/metrics/metricstest"

	"github.com/go-spur/spur/spurtest"
)

// broken panics in every role that a program's own code can have.
type broken struct{ jaeger.SamplerV2Base }

func (broken) OnCreateSpan(*jaeger.Span) jaeger.SamplingDecision { panic("OnCreateSpan") }

func (broken) OnSetOperationName(*jaeger.Span, string) jaeger.SamplingDecision {
	panic("OnSetOperationName")
}
func (broken) OnSetTag(*jaeger.Span, string, any) jaeger.SamplingDecision { panic("OnSetTag") }
func (broken) OnFinishSpan(*jaeger.Span) jaeger.SamplingDecision          { panic("OnFinishSpan") }
func (broken) Close()                                                     { panic("Close") }
func (broken) Report(*jaeger.Span)                                        { panic("Report") }
func (broken) Inject(jaeger.SpanContext, any) error                       { panic("Inject") }
func (broken) Extract(any) (jaeger.SpanContext, error)                    { panic("Extract") }
func (broken) Error(string)                                               { panic("Error") }
func (broken) Infof(string, ...any)                                       { panic("Infof") }
func (broken) IsAllowed(string) bool                                      { panic("IsAllowed") }
func (broken) Fetch(string) ([]byte, error)                               { panic("Fetch") }
func (broken) Parse([]byte) (any, error)                                  { panic("Parse") }

type brokenV1 struct{}

func (brokenV1) IsSampled(jaeger.TraceID, string) (bool, []jaeger.Tag) { panic("IsSampled") }
func (brokenV1) Close()                                                { panic("Close") }
func (brokenV1) Equal(jaeger.Sampler) bool                             { panic("Equal") }

type brokenSender struct{}

func (brokenSender) Append(*jaeger.Span) (int, error) { panic("Append") }
func (brokenSender) Flush() (int, error)              { panic("Flush") }
func (brokenSender) Close() error                     { panic("Close") }

type brokenObserver struct{ late bool }

func (o brokenObserver) OnStartSpan(string, opentracing.StartSpanOptions) jaeger.SpanObserver {
	if o.late {
		return brokenSpanObserver{}
	}
	panic("OnStartSpan")
}

type brokenSpanObserver struct{}

func (brokenSpanObserver) OnSetOperationName(string)          { panic("OnSetOperationName") }
func (brokenSpanObserver) OnSetTag(string, any)               { panic("OnSetTag") }
func (brokenSpanObserver) OnFinish(opentracing.FinishOptions) { panic("OnFinish") }

type brokenUpdater struct{}

func (brokenUpdater) Update(jaeger.SamplerV2, any) (jaeger.SamplerV2, error) { panic("Update") }

// TestBrokenPieces gives a tracer pieces that panic: the program goes on, and its spans
// arrive wherever that piece does not decide about it.
func TestBrokenPieces(t *testing.T) {
	spurtest.CheckLeaks(t)
	var none *jaeger.ConstSampler
	remote := func(o ...jaeger.SamplerOption) jaeger.Sampler {
		return jaeger.NewRemotelyControlledSampler("svc", append(o, jaeger.SamplerOptions.InitialSampler(jaeger.NewConstSampler(true)))...)
	}
	answer := fetcher(`{"probabilisticSampling":{"samplingRate":1}}`)
	for name, piece := range map[string]struct {
		sampler  jaeger.Sampler
		reporter jaeger.Reporter
		options  []jaeger.TracerOption
		arrives  int
	}{
		"V1 sampler": {sampler: brokenV1{}}, "V2 sampler": {sampler: broken{}}, "nil sampler": {sampler: none}, "priority sampler": {sampler: x.NewPrioritySampler(broken{}, nil)},
		"fetcher":  {sampler: remote(jaeger.SamplerOptions.SamplingStrategyFetcher(broken{})), arrives: 1},
		"parser":   {sampler: remote(jaeger.SamplerOptions.SamplingStrategyFetcher(answer), jaeger.SamplerOptions.SamplingStrategyParser(broken{})), arrives: 1},
		"updater":  {sampler: remote(jaeger.SamplerOptions.SamplingStrategyFetcher(answer), jaeger.SamplerOptions.Updaters(brokenUpdater{})), arrives: 1},
		"reporter": {reporter: broken{}, arrives: 1}, "transport": {reporter: jaeger.NewRemoteReporter(brokenSender{}), arrives: 1}, "nil reporter": {reporter: (*jaeger.InMemoryReporter)(nil), arrives: 1},
		"observer":  {options: []jaeger.TracerOption{jaeger.TracerOptions.Observer(brokenObserver{})}, arrives: 1},
		"observers": {options: []jaeger.TracerOption{jaeger.TracerOptions.Observer(brokenObserver{late: true})}, arrives: 1},
		"logger":    {options: []jaeger.TracerOption{jaeger.TracerOptions.Logger(broken{}), jaeger.TracerOptions.Tag(jaeger.TracerIPTagKey, 5)}, arrives: 1},
		"codecs":    {options: []jaeger.TracerOption{jaeger.TracerOptions.Injector(opentracing.TextMap, broken{}), jaeger.TracerOptions.Extractor(opentracing.TextMap, broken{})}, arrives: 1},
		"throttler": {options: []jaeger.TracerOption{jaeger.TracerOptions.DebugThrottler(broken{})}, arrives: 1},
		"ids":       {options: []jaeger.TracerOption{jaeger.TracerOptions.RandomNumber(func() uint64 { panic("RandomNumber") })}, arrives: 1},
		"high ids":  {options: []jaeger.TracerOption{jaeger.TracerOptions.Gen128Bit(true), jaeger.TracerOptions.HighTraceIDGenerator(func() uint64 { panic("high") })}, arrives: 1},
		"clock":     {options: []jaeger.TracerOption{jaeger.TracerOptions.TimeNow(func() time.Time { panic("TimeNow") })}, arrives: 1},
		"nil parts": {options: []jaeger.TracerOption{
			jaeger.TracerOptions.Metrics(nil), jaeger.TracerOptions.Logger(nil), jaeger.TracerOptions.CustomHeaderKeys(nil), jaeger.TracerOptions.Observer(nil),
			jaeger.TracerOptions.ContribObserver(nil), jaeger.TracerOptions.Injector(nil, nil), jaeger.TracerOptions.Extractor(nil, nil), jaeger.TracerOptions.RandomNumber(nil),
			jaeger.TracerOptions.TimeNow(nil), jaeger.TracerOptions.DebugThrottler(nil), jaeger.TracerOptions.BaggageRestrictionManager(nil), nil,
		}, arrives: 1},
	} {
		memory := jaeger.NewInMemoryReporter()
		reporter := jaeger.Reporter(memory)
		if piece.reporter != nil {
			reporter = jaeger.NewCompositeReporter(piece.reporter, memory)
		}
		sampler := piece.sampler
		if sampler == nil {
			sampler = jaeger.NewConstSampler(true)
		}
		func() {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("%s: the program gets the panic %v", name, p)
				}
			}()
			tracer, closer := jaeger.NewTracer("svc", sampler, reporter, piece.options...)
			s := tracer.StartSpan("one", opentracing.Tag{Key: "start", Value: 1})
			s.SetTag("a", 1).SetOperationName("two").SetBaggageItem("k", "v")
			_ = tracer.Inject(s.Context(), opentracing.TextMap, opentracing.TextMapCarrier{})
			if c, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"jaeger-debug-id": "x"}); err == nil {
				ext.SamplingPriority.Set(tracer.StartSpan("debug", opentracing.ChildOf(c)), 1)
			}
			s.Finish()
			if n := memory.SpansSubmitted(); n != piece.arrives {
				t.Errorf("%s: %d spans arrive, want %d", name, n, piece.arrives)
			}
			within(t, 6*time.Second, name+": Close", func() { _ = closer.Close() })
		}()
	}
}

type fetcher string

func (f fetcher) Fetch(string) ([]byte, error) { return []byte(f), nil }

// TestEverythingAtOnceConcurrentSafe uses a tracer and its spans from many goroutines, while
// it is closed. Run it with -race.
func TestEverythingAtOnceConcurrentSafe(t *testing.T) {
	spurtest.CheckLeaks(t)
	agent := spurtest.NewAgent(t)
	udp, err := jaeger.NewUDPTransport(agent.Addr(), 0)
	if err != nil {
		t.Fatal(err)
	}
	memory := jaeger.NewInMemoryReporter()
	late := jaeger.NewPerOperationSampler(jaeger.PerOperationSamplerParams{OperationNameLateBinding: true, MaxOperations: 5, Strategies: manyOperations()})
	tracer, closer := jaeger.NewTracer("svc", late, jaeger.NewCompositeReporter(jaeger.NewRemoteReporter(udp), memory),
		jaeger.TracerOptions.Metrics(jaeger.NewMetrics(metricstest.NewFactory(0), nil)), jaeger.TracerOptions.MaxLogsPerSpan(3))
	shared := tracer.StartSpan("shared").(*jaeger.Span)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 300 {
				s := tracer.StartSpan(fmt.Sprint("op", i%7), opentracing.ChildOf(shared.Context())).(*jaeger.Span)
				for _, span := range []*jaeger.Span{s, shared} {
					span.SetTag("worker", worker).SetOperationName(fmt.Sprint("op", i%5)).SetBaggageItem("k", fmt.Sprint(i))
					span.LogKV("i", i)
					_, _, _, _ = span.Tags(), span.Logs(), span.References(), span.String()
					_, _, _ = span.BaggageItem("k"), span.Duration(), span.Retain()
					_ = tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.TextMapCarrier{})
					_ = jaeger.BuildJaegerThrift(span)
				}
				ext.SamplingPriority.Set(s, uint16(i%2))
				s.Finish()
				if i == 200 {
					_ = closer.Close()
				}
				if i%50 == 0 {
					_, _ = memory.GetSpans(), memory.SpansSubmitted()
				}
			}
		})
	}
	wg.Wait()
	shared.Finish()
	within(t, 6*time.Second, "Close", func() { _ = closer.Close() })
}

func manyOperations() *sampling.PerOperationSamplingStrategies {
	s := &sampling.PerOperationSamplingStrategies{DefaultSamplingProbability: 0.5}
	for i := range 4 {
		s.PerOperationStrategies = append(s.PerOperationStrategies, &sampling.OperationSamplingStrategy{
			Operation: fmt.Sprint("op", i), ProbabilisticSampling: &sampling.ProbabilisticSamplingStrategy{SamplingRate: 0.5},
		})
	}
	return s
}
