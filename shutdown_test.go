// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// closingReporter counts.
type closingReporter struct {
	collector
	closed atomic.Int32
}

func (c *closingReporter) Close(context.Context) error { c.closed.Add(1); return nil }

// A disabled tracer was given its reporters like any other, and closes them; they
// used to stay open with their goroutines. They get no spans.
func TestDisabledTracerClosesItsReporters(t *testing.T) {
	a, b := &closingReporter{}, &closingReporter{}
	tracer, err := New("", WithDisabled(true), WithReporter(a), WithReporter(b), WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	s := tracer.StartSpan("op")
	s.SetTag("sampling.priority", 1)
	s.Finish()
	for range 2 {
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
	}
	if a.closed.Load() != 1 || b.closed.Load() != 1 {
		t.Errorf("closed %d and %d times, want once each", a.closed.Load(), b.closed.Load())
	}
	if n := len(a.all()) + len(b.all()); n != 0 {
		t.Errorf("%d spans reported", n)
	}
}

// What New was given is still the caller's after an error.
func TestNewThatFailsClosesNothing(t *testing.T) {
	for _, tt := range []struct {
		name string
		bad  Option
	}{
		{"WithLimits", WithLimits(Limits{Propagation: propagation.Limits{IDHeaderBytes: -1}})},
		{"WithJaegerHeaders", WithJaegerHeaders(propagation.JaegerHeaders{TraceContext: "a b"})},
		{"WithFormats", WithFormats([]propagation.Format{99}, nil)},
		{"WithEdgePolicy", WithEdgePolicy(9)},
		{"service", WithDisabled(false)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, r := &closingSampler{}, &closingReporter{}
			service := "test"
			if tt.name == "service" {
				service = ""
			}
			tracer, err := New(service, WithSampler(s), WithReporter(r), WithLogger(nil), tt.bad)
			var ce *ConfigError
			if tracer != nil || !errors.As(err, &ce) || ce.Name != tt.name {
				t.Errorf("tracer %v, error %v; want a ConfigError of %s", tracer, err, tt.name)
			}
			if s.closed.Load() != 0 || r.closed.Load() != 0 {
				t.Errorf("sampler closed %d times, reporter %d", s.closed.Load(), r.closed.Load())
			}
		})
	}
}

// The sampler in use must stay open when it is set again, and be closed once in
// the end.
func TestSetSamplerToTheCurrentOne(t *testing.T) {
	s := &closingSampler{sample: true}
	tracer, got := newTestTracer(t, WithSampler(s))
	for range 2 {
		if err := tracer.SetSampler(s); err != nil || s.closed.Load() != 0 {
			t.Fatalf("%v; closed %d times while in use", err, s.closed.Load())
		}
	}
	tracer.StartSpan("op").Finish()
	if len(got.all()) != 1 {
		t.Errorf("%d reported, want 1", len(got.all()))
	}
	if err := tracer.Close(); err != nil || s.closed.Load() != 1 {
		t.Errorf("%v; closed %d times, want 1", err, s.closed.Load())
	}
}

// uncomparable is a sampler that == cannot compare: the interface comparison
// would panic.
type uncomparable struct {
	closed *atomic.Int32
	state  []int // by which two of them differ
}

func (u uncomparable) Sample(sampler.Params) sampler.Decision { return sampler.Decision{} }
func (u uncomparable) Close() error                           { u.closed.Add(1); return errSampler }

var errSampler = errors.New("sampler broke")

func TestSetSamplerThatCannotBeCompared(t *testing.T) {
	var closed atomic.Int32
	tracer, _ := newTestTracer(t, WithSampler(uncomparable{&closed, make([]int, 1)}))
	for want, next := range []sampler.Sampler{uncomparable{&closed, make([]int, 1)}, sampler.NewConst(true)} {
		if err := tracer.SetSampler(next); !errors.Is(err, errSampler) || closed.Load() != int32(want+1) {
			t.Errorf("%v, closed %d times, want %d", err, closed.Load(), want+1)
		}
	}
}

// explosive is a sampler whose Close panics; of explosiveReporter all methods do.
type explosive struct{ sampler.Sampler }

func (explosive) Close() error { panic("close") }

type explosiveReporter struct{}

func (explosiveReporter) Report(*model.Span)                 { panic("report") }
func (explosiveReporter) Flush(context.Context) error        { panic("flush") }
func (explosiveReporter) Close(context.Context) error        { panic("close") }
func (explosiveReporter) Stats() []reporter.DestinationStats { panic("stats") }

// A hook that panics when it is closed ended the process; a reporter that does kept
// spans from the reporters behind it.
func TestHooksThatPanicInTheEnd(t *testing.T) {
	memory := &reporter.Memory{}
	tracer, err := New("test", WithSampler(explosive{sampler.NewConst(true)}), WithReporter(explosiveReporter{}), WithReporter(memory), WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("op").Finish()
	if st := tracer.Stats(); len(memory.Spans()) != 1 || st.Cut.Panics != 1 || len(st.Destinations) != 2 {
		t.Errorf("%d spans arrived, %d panics, destinations %+v", len(memory.Spans()), st.Cut.Panics, st.Destinations)
	}
	if err := tracer.Flush(context.Background()); err == nil || !strings.Contains(err.Error(), "panic: flush") {
		t.Errorf("Flush: %v", err)
	}
	err = tracer.Close()
	if err == nil || !strings.Contains(err.Error(), "spur: Close: panic: close") || !strings.Contains(err.Error(), "reporter: panic: close") {
		t.Errorf("Close: %v", err)
	}
	if n := tracer.Stats().Cut.Panics; n != 2 {
		t.Errorf("%d panics counted, want 2", n)
	}
}

// Close says what it could not deliver.
func TestCloseSaysWhatIsLost(t *testing.T) {
	b, err := reporter.NewBatching(&nullTransport{fail: true}, reporter.BatchingOptions{FlushInterval: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	tracer, _ := newTestTracer(t, WithReporter(b))
	for range 3 {
		tracer.StartSpan("op").Finish()
	}
	if err := tracer.Close(); !errors.Is(err, reporter.ErrLost) || !strings.Contains(err.Error(), "agent: 3 send_error") {
		t.Errorf("Close: %v", err)
	}
	checkBooks(t, tracer)
}

// nullTransport takes batches of up to 64 KiB.
type nullTransport struct {
	fail  bool
	mu    sync.Mutex
	bytes int
}

func (n *nullTransport) Format() transport.Format { return transport.JaegerCompact }
func (n *nullTransport) MaxBatch() int            { return 65000 }
func (n *nullTransport) Close() error             { return nil }
func (n *nullTransport) Send(_ context.Context, batch []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fail {
		return &transport.Error{Kind: transport.Permanent, Err: errors.New("refused")}
	}
	n.bytes += len(batch)
	return nil
}

// The law of the books holds at any time, and after Flush nothing is left over
// for the Close that may never come.
func TestBooksBalanceAfterFlush(t *testing.T) {
	for _, fail := range []bool{false, true} {
		tr := &nullTransport{fail: fail}
		b, err := reporter.NewBatching(tr, reporter.BatchingOptions{FlushInterval: time.Hour, QueueSpans: math.MaxInt16})
		if err != nil {
			t.Fatal(err)
		}
		tracer, _ := newTestTracer(t, WithReporter(b))
		for i := range uint64(3) {
			for range 10 {
				root := tracer.StartSpan("root")
				tracer.StartSpan("child", opentracing.ChildOf(root.Context())).Finish()
				root.Finish()
				checkBooks(t, tracer)
			}
			if err := tracer.Flush(context.Background()); err != nil {
				t.Fatal(err)
			}
			checkBooks(t, tracer)
			st := tracer.Stats()
			d, want := st.Destinations[1], 20*(i+1)
			lost := uint64(0)
			if fail {
				lost = want
			}
			if st.Spans.Started != want || st.Spans.FinishedSampled != want || d.BufferedSpans != 0 || d.Sent != want-lost || d.Dropped[reporter.SendError] != lost {
				t.Errorf("after flush %d: %+v, %+v", i, st.Spans, d)
			}
		}
		if (tr.bytes == 0) != fail {
			t.Errorf("%d bytes sent", tr.bytes)
		}
	}
}

// flushReporter notes what Flush is called with, and hangs when told to.
type flushReporter struct {
	collector
	flushed  int // spans there were
	deadline time.Duration
	err      error // of the context, at the call
	hangs    bool
}

func (f *flushReporter) Flush(ctx context.Context) error {
	f.flushed = len(f.all())
	d, _ := ctx.Deadline()
	f.deadline, f.err = time.Until(d), ctx.Err()
	if f.hangs {
		<-ctx.Done()
	}
	return ctx.Err()
}

func flushTracer(t *testing.T) (*Tracer, *flushReporter) {
	t.Helper()
	r := &flushReporter{}
	tracer, err := New("test", WithReporter(r), WithSampler(sampler.NewConst(true)), WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tracer.Close() })
	return tracer, r
}

func TestFlushAfter(t *testing.T) {
	tracer, r := flushTracer(t)
	errOdd := errors.New("odd")
	type key struct{}
	halve := FlushAfter(tracer, time.Minute, func(ctx context.Context, n int) (string, error) {
		_, span := tracer.Start(ctx, "halve")
		defer span.Finish()
		if n%2 == 1 {
			return ctx.Value(key{}).(string), errOdd
		}
		return "half", nil
	})
	ended, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, "value"))
	cancel()
	for i, tc := range []struct {
		n    int
		want string
		err  error
	}{{2, "half", nil}, {3, "value", errOdd}} {
		got, err := halve(ended, tc.n)
		if got != tc.want || err != tc.err {
			t.Errorf("got %q, %v; want %q, %v", got, err, tc.want, tc.err)
		}
		if r.flushed != i+1 || r.err != nil || r.deadline <= 50*time.Second || r.deadline > time.Minute {
			t.Errorf("flushed with %d spans, error %v and %v left", r.flushed, r.err, r.deadline)
		}
	}
}

func TestFlushAfterPanic(t *testing.T) {
	tracer, r := flushTracer(t)
	broken := FlushAfter(tracer, time.Minute, func(ctx context.Context, _ struct{}) (int, error) {
		_, span := tracer.Start(ctx, "broken")
		defer span.Finish()
		panic("lost my marbles")
	})
	func() {
		defer func() {
			if p := recover(); p != "lost my marbles" {
				t.Errorf("recovered %v", p)
			}
		}()
		_, _ = broken(context.Background(), struct{}{})
	}()
	if r.flushed != 1 {
		t.Errorf("flushed with %d spans, want 1", r.flushed)
	}
}

// It does not wait for ever; what is left goes with the next invocation.
func TestFlushAfterTimeout(t *testing.T) {
	tracer, r := flushTracer(t)
	r.hangs = true
	for timeout, want := range map[time.Duration]time.Duration{20 * time.Millisecond: 20 * time.Millisecond, -1: time.Second} {
		start := time.Now()
		_, err := FlushAfter(tracer, timeout, func(context.Context, int) (int, error) { return 0, nil })(context.Background(), 1)
		if took := time.Since(start); err != nil || took < want || took > want+2*time.Second {
			t.Errorf("timeout %v: %v after %v", timeout, err, took)
		}
	}
}

var _ reporter.Reporter = (*flushReporter)(nil)
