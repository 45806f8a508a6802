// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// The tracer of the span that is not there belongs to everybody: nothing that is done
// to it has an effect, or harms. Its Close used to close a nil channel.
func TestTracerOfNoSpan(t *testing.T) {
	ctx := context.Background()
	tracer := SpanFromContext(ctx).Tracer().(*Tracer)
	for range 2 {
		if err := SpanFromContext(ctx).Tracer().(io.Closer).Close(); err != nil {
			t.Error(err)
		}
		if err := errors.Join(tracer.Shutdown(ctx), tracer.Flush(ctx)); err != nil {
			t.Error(err)
		}
		s := &closingSampler{sample: true}
		if err := tracer.SetSampler(s); !errors.Is(err, ErrClosed) || s.closed.Load() != 1 {
			t.Errorf("%v, closed %d times", err, s.closed.Load())
		}
		tracer.CloseOnSignal()()
		fn := FlushAfter(tracer, time.Second, func(context.Context, int) (int, error) { return 1, nil })
		if n, err := fn(ctx, 0); n != 1 || err != nil {
			t.Error(n, err)
		}
	}
	_, s := tracer.Start(ctx, "op")
	s.SetTag("sampling.priority", 1).SetBaggageItem("k", "v").Finish()
	tracer.StartSpan("op", opentracing.ChildOf(s.Context())).Finish()
	if err := tracer.Inject(s.Context(), opentracing.TextMap, opentracing.TextMapCarrier{}); err != nil {
		t.Error(err)
	}
	if st := tracer.Stats(); st.Spans.Started+st.Spans.FinishedSampled+st.Spans.FinishedUnsampled != 0 || st.Sampling.Description != "" {
		t.Errorf("%+v", st)
	}
}

// A nil context is context.Background().
func TestNilContexts(t *testing.T) {
	tracer, got := newTestTracer(t)
	var none context.Context
	ctx, s := tracer.Start(none, "op")
	s.Finish()
	if SpanFromContext(ctx) != s || SpanFromContext(none) != nowhere || SpanFromContext(ContextWithSpan(none, s)) != s {
		t.Error("another span")
	}
	if ctx, s := StartSpanFromContext(none, "op"); ctx == nil || s != nowhere {
		t.Errorf("%v, %v", ctx, s)
	}
	if ctx := Detach(none); ctx == nil || SpanFromContext(ctx) != nowhere {
		t.Errorf("%v", ctx)
	}
	done := make(chan context.Context)
	Go(none, "op", func(ctx context.Context) { done <- ctx })
	if ctx := <-done; ctx == nil {
		t.Error("Go hands on a nil context")
	}
	fn := FlushAfter(tracer, time.Second, func(ctx context.Context, _ int) (int, error) { return 0, nil })
	if _, err := fn(none, 0); err != nil {
		t.Error(err)
	}
	if err := errors.Join(tracer.Flush(none), tracer.Shutdown(none), tracer.Shutdown(none)); err != nil {
		t.Error(err)
	}
	if got.only(t).Operation != "op" {
		t.Errorf("%+v", got.only(t))
	}
}

// bomb is everything that can be plugged in, and panics whenever it is called. The
// value of its panics contains itself.
type bomb struct{}

func (bomb) explode() { v := []any{nil}; v[0] = v; panic(v) }

func (b bomb) Sample(sampler.Params) sampler.Decision    { b.explode(); return sampler.Decision{} }
func (b bomb) Reconsider(sampler.Event) sampler.Decision { b.explode(); return sampler.Decision{} }
func (b bomb) Status() sampler.Status                    { b.explode(); return sampler.Status{} }
func (b bomb) String() string                            { b.explode(); return "" }
func (b bomb) Close() error                              { b.explode(); return nil }
func (b bomb) Asks() []sampler.Sampler                   { b.explode(); return nil }
func (b bomb) Allow(string) bool                         { b.explode(); return true }
func (b bomb) Allowed(string, string) (int, bool)        { b.explode(); return 0, true }
func (b bomb) Identify(string)                           { b.explode() }
func (b bomb) KeepsSpans() bool                          { b.explode(); return true }
func (b bomb) OnStart(*Span, []model.Tag)                { b.explode() }
func (b bomb) OnSetOperationName(*Span, string)          { b.explode() }
func (b bomb) OnSetTag(*Span, model.Tag)                 { b.explode() }
func (b bomb) OnFinish(*Span, *model.Span)               { b.explode() }
func (b bomb) TraceID() model.TraceID                    { b.explode(); return model.TraceID{} }
func (b bomb) SpanID() model.SpanID                      { b.explode(); return 0 }
func (b bomb) Enabled(context.Context, slog.Level) bool  { b.explode(); return true }
func (b bomb) Handle(context.Context, slog.Record) error { b.explode(); return nil }
func (b bomb) WithAttrs([]slog.Attr) slog.Handler        { b.explode(); return b }
func (b bomb) WithGroup(string) slog.Handler             { b.explode(); return b }
func (b bomb) LogValue() slog.Value                      { b.explode(); return slog.Value{} }
func (b bomb) Inject(*model.Context, propagation.Setter) { b.explode() }
func (b bomb) Extract(propagation.Reader) (model.Context, error) {
	b.explode()
	return model.Context{}, nil
}
func (b bomb) Stats() []propagation.FormatStats { b.explode(); return nil }

// bombReporter is bomb, whose Stats returns something else.
type bombReporter struct{ explosiveReporter }

func (bombReporter) KeepsSpans() bool { panic("keeps") }
func (bombReporter) String() string   { panic("string") }

// Nothing that is plugged in can end the program by a panic: a tracer is made, makes
// spans that are whole, says how it is and is closed.
func TestWhateverIsPluggedInMayPanic(t *testing.T) {
	b := bomb{}
	for name, opts := range map[string][]Option{
		"sampler":                  {WithSampler(b)},
		"sampler behind one":       {WithSampler(sampler.NewParentBased(b))},
		"reporter":                 {WithReporter(bombReporter{})},
		"observer":                 {WithObserver(b)},
		"throttler":                {WithDebugThrottler(b)},
		"restrictions":             {WithBaggageRestrictions(b)},
		"ids":                      {WithIDGenerator(b)},
		"clock":                    {WithClock(func() time.Time { b.explode(); return time.Time{} })},
		"redactor":                 {WithRedactor(func(Place, string, model.Value) (model.Value, bool) { b.explode(); return model.Value{}, true })},
		"propagator":               {WithPropagation("mine", b)},
		"logger":                   {WithLogger(slog.New(b))},
		"value of a process tag":   {WithTags(opentracing.Tag{Key: "k", Value: b})},
		"environment, with logger": {FromEnv(), WithLogger(slog.New(b))},
	} {
		t.Run(name, func(t *testing.T) {
			memory := &reporter.Memory{}
			tracer, err := New("test", append([]Option{WithReporter(memory), WithSampler(sampler.NewConst(true)), WithLogger(nil)}, opts...)...)
			if err != nil {
				t.Fatal(err)
			}
			for _, parent := range []opentracing.SpanContext{SpanContext{}, NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Flags: 3})} {
				s := tracer.StartSpan("op", opentracing.ChildOf(parent)).(*Span)
				if !s.SpanContext().IsValid() || s.StartTime().IsZero() {
					t.Errorf("%v started at %v", s, s.StartTime())
				}
				s.SetTag("k", b).SetBaggageItem("k", "v").SetOperationName("name")
				s.LogKV("event", b)
				s.Finish()
			}
			carrier := opentracing.TextMapCarrier{}
			if err := tracer.Inject(tracer.StartSpan("op").Context(), "mine", carrier); err == nil {
				t.Errorf("Inject: %v", err)
			}
			if c, err := tracer.Extract("mine", carrier); err == nil || c != nil {
				t.Errorf("Extract: %v, %v", c, err)
			}
			_ = tracer.Stats()
			if err := tracer.Flush(context.Background()); err != nil && name != "reporter" {
				t.Error(err)
			}
			_ = tracer.SetSampler(sampler.NewConst(false)) // and its error
			_ = tracer.Close()
			st := tracer.Stats()
			if counted := st.Cut.Panics > 0; counted == (name == "value of a process tag") {
				t.Errorf("%d panics counted", st.Cut.Panics)
			}
		})
	}
}

// A tracer in a log line shows who it is, not what it is made of: to read that would be
// a data race. (TestSpanPrintsAsItsContext is the same for spans.)
func TestTracerPrintsItsService(t *testing.T) {
	tracer, _ := newTestTracer(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 100 {
			tracer.StartSpan("other").Finish()
		}
	}()
	for _, verb := range []string{"%v", "%+v", "%s"} {
		if got, want := fmt.Sprintf(verb, tracer), `spur.Tracer("test")`; got != want {
			t.Errorf("%s: %s, want %s", verb, got, want)
		}
	}
	<-done
}
