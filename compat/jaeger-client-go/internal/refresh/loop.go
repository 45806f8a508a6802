// SPDX-License-Identifier: Apache-2.0

package refresh

import (
	"context"
	"io"
	"log/slog"
	"time"
)

const (
	shortest      = time.Millisecond       // interval
	closePatience = 100 * time.Millisecond // for loggers and counters that hang
)

// Loop calls a function until it is closed, on one goroutine of its own.
type Loop struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when the goroutine ends
}

// Start calls f after a first delay and then at every interval, of a millisecond at least.
// The context of f ends with Close. A panic of f, which counts and logs with the program's own code,
// ends that call alone.
func Start(first, interval time.Duration, f func(context.Context)) *Loop {
	ctx, cancel := context.WithCancel(context.Background())
	l := &Loop{cancel: cancel, done: make(chan struct{})}
	go l.run(ctx, first, max(interval, shortest), f)
	return l
}

func (l *Loop) run(ctx context.Context, wait, interval time.Duration, f func(context.Context)) {
	defer close(l.done)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if ctx.Err() != nil { // both had come
			return
		}
		timer.Reset(interval)
		call(ctx, f)
	}
}

func call(ctx context.Context, f func(context.Context)) {
	defer func() { _ = recover() }() // there is nobody left to tell: the logger is the program's, too
	f(ctx)
}

// Close ends the loop. It returns when the goroutine has ended, or after 100 ms if the
// program's code hangs. Further calls do the same; the error is nil.
func (l *Loop) Close() error {
	l.cancel()
	timer := time.NewTimer(closePatience)
	defer timer.Stop()
	select {
	case <-l.done:
	case <-timer.C:
	}
	return nil
}

// Logger drops what spur logs, for adapters log each attempt themselves.
func Logger() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
