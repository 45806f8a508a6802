// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-spur/spur/internal/format"
)

// Flush returns when every span finished before the call has been dealt with, or
// within 100 ms after ctx ends, with its error.
func (t *Tracer) Flush(ctx context.Context) error { return t.reporter.Flush(ctx) }

// Shutdown flushes, stops the tracer's goroutines and closes reporters, sampler,
// baggage restrictions and debug throttler. It returns within ctx plus 100 ms;
// spans there was no time for are counted as dropped, reason closed, as are those
// that finish later.
//
// With a collector that is down, it tries until ctx ends: give it the time that
// the program's end may take. Without a deadline the attempts end after the
// budget for retries, 5 minutes by default, in all. The error wraps
// reporter.ErrLost, and says how many spans and why, when spans that were waiting
// got lost; Stats has the books.
//
// A second call waits for the first, until ctx ends, and does nothing else. Only a Close or Flush
// of the user's that hangs can leave a goroutine behind: the one that waits for it.
func (t *Tracer) Shutdown(ctx context.Context) error {
	t.samplerMu.Lock()
	first := !t.samplerClosed
	t.samplerClosed = true
	t.samplerMu.Unlock()
	over, end := shortlyAfter(ctx)
	defer end()
	if !first {
		select {
		case <-t.shutDown:
			return t.reporter.Close(ctx) // which may still be at it
		case <-over:
			return ctx.Err()
		}
	}
	defer close(t.shutDown)
	hooks := []<-chan error{
		t.closing(func() error { return closeSampler(t.sampler.Load().Sampler) }),
		t.closing(t.closeRestrictions),
		t.closing(func() error { return closeThrottler(t.debug) }),
	}
	errs := []error{t.reporter.Close(ctx)} // in time: reporter.Counted sees to it
	for _, closed := range hooks {
		errs = append(errs, await(ctx, over, closed))
	}
	return errors.Join(errs...)
}

// errGoexit is the result of a Close that ended its goroutine instead of returning.
var errGoexit = errors.New("spur: Close called runtime.Goexit")

// closing runs a Close of the user's in a goroutine of its own. A panic is counted.
func (t *Tracer) closing(f func() error) <-chan error {
	closed := make(chan error, 1)
	go func() {
		err := errGoexit
		defer func() {
			if p := recover(); p != nil {
				t.rare.panics.Add(1)
				text, _ := format.String(p, 500)
				err = fmt.Errorf("spur: Close panicked: %s", text)
			}
			closed <- err
		}()
		err = f()
	}()
	return closed
}

// closeGrace is how long Shutdown waits for the user's Close beyond ctx.
const closeGrace = 100 * time.Millisecond

// shortlyAfter returns a channel that is closed when ctx has been over for
// closeGrace. end frees what that takes.
func shortlyAfter(ctx context.Context) (over <-chan struct{}, end func()) {
	later, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(closeGrace, cancel) })
	return later.Done(), func() {
		stop()
		cancel()
	}
}

// await waits for a result until over, and then returns ctx's error.
func await(ctx context.Context, over <-chan struct{}, closed <-chan error) error {
	select {
	case err := <-closed:
		return err
	case <-over:
	}
	select {
	case err := <-closed: // it was there, too
		return err
	default:
		return ctx.Err()
	}
}

// closeTimeout bounds Close.
const closeTimeout = 5 * time.Second

// Close is Shutdown with 5 seconds, all of which it takes when spans wait for a
// collector that is down: a program that must end sooner calls Shutdown. It
// implements io.Closer.
func (t *Tracer) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return t.Shutdown(ctx)
}
