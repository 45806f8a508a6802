// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/transport"
)

// calling is a slog.Handler that calls back into the reporter.
type calling struct {
	slog.Handler
	r    **Batching
	call func(r *Batching)
	done chan struct{} // closed after the first call
}

func (c *calling) Enabled(context.Context, slog.Level) bool { return true }

func (c *calling) Handle(context.Context, slog.Record) error {
	if isClosed(c.done) {
		return nil
	}
	defer close(c.done)
	c.call(*c.r)
	return nil
}

// A log handler may do to the reporter what anybody may: the sender does not wait
// for it. Flush and Close in one used to wait for the sender, which waited for them.
func TestHandlersThatCallBack(t *testing.T) {
	for name, call := range map[string]func(r *Batching){
		"Report": func(r *Batching) { r.Report(rootSpan(2)) },
		"Stats":  func(r *Batching) { r.Stats() },
		"Flush":  func(r *Batching) { _ = r.Flush(context.Background()) },
		"Close":  func(r *Batching) { _ = r.Close(context.Background()) },
		"panic":  func(*Batching) { panic("handler") },
		"Goexit": func(*Batching) { runtime.Goexit() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var r *Batching
				h := &calling{r: &r, call: call, done: make(chan struct{})}
				f := newFake(65000)
				f.script(&transport.Error{Kind: transport.Permanent, Err: errors.New("no")})
				r = newBatching(t, f, BatchingOptions{Logger: slog.New(h)})
				r.Report(rootSpan(1)) // which is lost, and that is logged
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if !isClosed(h.done) {
					t.Fatal("the handler has not returned")
				}
				r.Report(rootSpan(3))
				start := time.Now()
				mustClose(t, r)
				if took := time.Since(start); took != 0 {
					t.Errorf("Close took %v", took)
				}
				if d := stats(r); d.BufferedSpans != 0 || d.Dropped[SendError] != 1 {
					t.Errorf("books: %+v", columnsOf(&d))
				}
			})
		})
	}
}

// A handler that hangs holds up neither delivery nor, for long, Close.
func TestHandlerThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var r *Batching
		h := &calling{r: &r, call: func(*Batching) { <-release }, done: make(chan struct{})}
		f := newFake(65000)
		f.script(&transport.Error{Kind: transport.Permanent, Err: errors.New("no")})
		r = newBatching(t, f, BatchingOptions{Logger: slog.New(h)})
		time.Sleep(DefaultFlushInterval / 2) // between two ticks
		for i := range uint64(100) {
			r.Report(rootSpan(i + 1))
			time.Sleep(time.Second)
		}
		mustFlush(t, r)
		start := time.Now()
		mustClose(t, r)
		if took := time.Since(start); took > guard.Grace {
			t.Errorf("Close took %v", took)
		}
		expectColumns(t, r, columns{Sent: 99, Dropped: dropped(SendError, 1)})
		close(release)
	})
}
