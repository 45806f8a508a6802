// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"reflect"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-lib/metrics"

	jaeger "github.com/uber/jaeger-client-go"
)

// worst is a counter, a gauge, a logger and an error all of whose methods panic, with
// itself.
type worst struct{}

func (worst) Inc(int64)                        { panic(worst{}) }
func (worst) Update(int64)                     { panic(worst{}) }
func (worst) Error(string)                     { panic(worst{}) }
func (worst) Infof(string, ...any)             { panic(worst{}) }
func (worst) String() string                   { panic(worst{}) }
func (worst) Append(*jaeger.Span) (int, error) { panic(worst{}) }
func (worst) Flush() (int, error)              { return -1, nil }
func (worst) Close() error                     { panic(worst{}) }

// worstMetrics all panic.
func worstMetrics() *jaeger.Metrics {
	m := &jaeger.Metrics{}
	fields := reflect.ValueOf(m).Elem()
	for i := range fields.NumField() {
		switch f := fields.Field(i).Addr().Interface().(type) {
		case *metrics.Counter:
			*f = worst{}
		case *metrics.Gauge:
			*f = worst{}
		}
	}
	return m
}

// Counters and loggers that panic cost what they would have noted, wherever they are called.
func TestCountersAndLoggersThatPanic(t *testing.T) {
	m, nilLogger := worstMetrics(), (*counting)(nil)
	sampler := jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.Metrics(m), jaeger.SamplerOptions.Logger(nilLogger),
		jaeger.SamplerOptions.SamplingStrategyFetcher(&answering{body: "no JSON"}), jaeger.SamplerOptions.InitialSampler(jaeger.NewConstSampler(true)))
	memory := jaeger.NewInMemoryReporter()
	reporter := jaeger.NewCompositeReporter(memory, jaeger.NewLoggingReporter(worst{}),
		jaeger.NewRemoteReporter(worst{}, jaeger.ReporterOptions.Metrics(m), jaeger.ReporterOptions.Logger(nilLogger)))
	tracer, closer := jaeger.NewTracer("orders", sampler, reporter, jaeger.TracerOptions.Metrics(m), jaeger.TracerOptions.Logger(worst{}))
	sampler.UpdateSampler()
	root := start(tracer, "root", opentracing.Tag{Key: "worst", Value: worst{}}, opentracing.ChildOf(opentracing.NoopTracer{}.StartSpan("").Context()))
	root.SetBaggageItem("k", "v")
	if _, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier{"Uber-Trace-Id": {"x"}}); err == nil {
		t.Error("extracted")
	}
	root.Finish()
	if n := memory.SpansSubmitted(); n != 1 {
		t.Errorf("%d spans reported", n)
	}
	if err := closer.Close(); err != nil {
		t.Error(err)
	}
}

// counting is a Logger whose nil pointer panics.
type counting struct{ lines int }

func (c *counting) Error(string)         { c.lines++ }
func (c *counting) Infof(string, ...any) { c.lines++ }
