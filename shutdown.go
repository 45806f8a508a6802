// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/sampler"
)

// Flush returns when every span finished before the call has been sent or dropped, or
// within 100 ms after ctx ends, with its error.
func (t *Tracer) Flush(ctx context.Context) error {
	return t.orNone().reporter.Flush(orBackground(ctx))
}

// Shutdown flushes, stops the tracer's goroutines and closes reporters, sampler,
// baggage restrictions and debug throttler. It returns 100 ms after ctx has ended at
// the latest. Spans that there was no time for are counted as dropped, reason closed,
// and so are those that finish later: the log says how many have not finished. When
// spans that were waiting got lost, the error wraps reporter.ErrLost and says how many
// and why.
//
// While a collector is down Shutdown tries until ctx ends; without a deadline, until
// the budget for retries is used up, 5 minutes by default. One that has taken nothing
// for 10 s already (reporter.BatchingOptions.DownAfter) gets one more attempt.
//
// A second call waits for the first, or until ctx ends. A Close or Flush of the user's
// that hangs leaves behind the goroutine that waits for it, and no other.
func (t *Tracer) Shutdown(ctx context.Context) error {
	t, ctx = t.orNone(), orBackground(ctx)
	t.samplerMu.Lock()
	first := !t.samplerClosed
	t.samplerClosed = true
	t.samplerMu.Unlock()
	if !first {
		if !guard.Await(ctx, t.shutDown) {
			return ctx.Err()
		}
		return t.reporter.Close(ctx) // which may still be at it
	}
	defer close(t.shutDown)
	owned := []func() error{func() error { return sampler.CloseUnused(t.sampler.Load().Sampler, nil) }}
	for _, o := range []any{t.restrictions, t.debug} {
		if c, ok := o.(io.Closer); ok {
			owned = append(owned, c.Close)
		}
	}
	owned = append(owned, t.logUnseen)
	errs := make([]error, 1+len(owned))
	var wg sync.WaitGroup
	for i, closeIt := range owned {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[1+i] = t.closing(ctx, closeIt)
		}()
	}
	errs[0] = t.reporter.Close(ctx) // in time: reporter.Counted sees to it
	wg.Wait()
	return errors.Join(errs...)
}

// logUnseen logs how many spans nobody will see, if they are open or all there were.
func (t *Tracer) logUnseen() error {
	t.guard(func() {
		spans := t.spanStats()
		if spans.Open > 0 {
			t.logger.Warn("spur: spans were never finished", "open", spans.Open,
				"hint", "Close came before Finish, or a span has no Finish: spurtest.FailUnfinished shows where it was started")
		}
		if spans.FinishedSampled+spans.FinishedUndecided == 0 && spans.FinishedUnsampled > 0 {
			t.logger.Info("spur: no span was sampled", "unsampled", spans.FinishedUnsampled, "sampler", t.Stats().Sampling.Description,
				"hint", "spur.SampleAll(), or JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1, records all new traces; where callers decide against it, sampler.NewOverruling(sampler.NewConst(true)) does")
		}
	})
	return nil // a logger that panics is no trouble of Close
}

// closing runs a Close of the user's (or a Status: see inTurn), for guard.Grace longer
// than ctx at most. A panic is counted.
func (t *Tracer) closing(ctx context.Context, f func() error) error {
	err := guard.Within(ctx, f)
	if errors.Is(err, guard.ErrPanic) || errors.Is(err, guard.ErrGoexit) {
		t.rare.panics.Add(1)
		return fmt.Errorf("spur: Close: %w", err)
	}
	return err
}

// closeTimeout bounds Close.
const closeTimeout = 5 * time.Second

// Close is Shutdown with 5 seconds, all of which it may take while a collector is down.
// It implements io.Closer.
func (t *Tracer) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return t.Shutdown(ctx)
}

// FlushAfter returns a function that calls fn and then flushes: for platforms that
// freeze the process between invocations. It waits for the flush for timeout at most,
// 1 second when that is not positive, even if ctx ends; while a collector is down it
// waits that long each time. Spans there was no time for go with the next invocation.
// A panic of fn goes on after the flush. The function may be called concurrently.
//
//	lambda.Start(spur.FlushAfter(tracer, time.Second, handle))
func FlushAfter[In, Out any](t *Tracer, timeout time.Duration, fn func(context.Context, In) (Out, error)) func(context.Context, In) (Out, error) {
	if timeout <= 0 {
		timeout = time.Second
	}
	return func(ctx context.Context, in In) (Out, error) {
		defer t.flushWithin(ctx, timeout)
		return fn(ctx, in)
	}
}

func (t *Tracer) flushWithin(ctx context.Context, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(orBackground(ctx)), timeout)
	defer cancel()
	_ = t.Flush(ctx) // Stats shows what is waiting
}
