// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

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
