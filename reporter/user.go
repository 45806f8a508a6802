// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/model"
)

// Counted returns r with books, and with a Flush and a Close that return 100 ms after
// their context ended at the latest. Reporters of this package do so and are returned
// as they are.
//
// When r is a Statser, its own books stand, and a panic of its Report goes on to the
// caller. Else r is one destination, named after r's type, whose spans count as sent
// when Report returns, and as dropped, reason send_error, when it panics. After Close,
// spans are no longer given to r but counted as dropped, reason closed.
//
// Flush and Close survive panics, which are their errors then. A second Close
// waits for the first.
func Counted(r Reporter) Reporter {
	switch r.(type) {
	case *Batching, *Memory, *Logging, *Console, Null, NullKeeper, *Multi, *counted, *bounded:
		return r
	case Statser:
		return newBounded(r)
	}
	return &counted{bounded: newBounded(r), stats: DestinationStats{Name: typeName(r)}}
}

// bounded is a user's Reporter whose Flush, Close and Stats return in time, whatever
// r's do: one goroutine for each may be left that waits for r.
type bounded struct {
	r        Reporter
	flushing chan struct{} // capacity 1: one Flush at a time
	asking   chan struct{} // capacity 1: one Stats at a time
	closing  atomic.Bool
	closed   chan struct{} // closed when r's Close has returned
}

// statsTime is how long Stats waits for the user's, in addition to guard.Grace.
const statsTime = time.Second

func newBounded(r Reporter) *bounded {
	return &bounded{r: r, flushing: make(chan struct{}, 1), asking: make(chan struct{}, 1), closed: make(chan struct{})}
}

// Report is r's. A panic goes on.
func (b *bounded) Report(s *model.Span) { b.r.Report(s) }

func (b *bounded) Flush(ctx context.Context) error {
	return oneByOne(ctx, b.flushing, func() error { return b.r.Flush(ctx) })
}

// Close waits for the first call when it is not that.
func (b *bounded) Close(ctx context.Context) error {
	if b.closing.Swap(true) {
		return awaitOther(ctx, b.closed)
	}
	return inTime(ctx, func() error {
		defer close(b.closed)
		return b.r.Close(ctx)
	})
}

func (b *bounded) KeepsSpans() (keeps bool) {
	k, ok := b.r.(SpanKeeper)
	return ok && guard.Run(func() { keeps = k.KeepsSpans() }) == nil && keeps
}

// Stats are r's own. Where they panic or hang, a destination of r's type says so.
func (b *bounded) Stats() []DestinationStats {
	ctx, cancel := context.WithTimeout(context.Background(), statsTime)
	defer cancel()
	found := make(chan []DestinationStats, 1)
	err := oneByOne(ctx, b.asking, func() error {
		found <- b.r.(Statser).Stats() // as Counted has it
		return nil
	})
	if err != nil {
		text := shorten("Stats: " + err.Error())
		return []DestinationStats{{Name: typeName(b.r), LastError: text, LastErrorTime: time.Now()}}
	}
	return <-found
}

// oneByOne is inTime for calls that share turn, of capacity 1, and so do not
// pile up when one hangs.
func oneByOne(ctx context.Context, turn chan struct{}, f func() error) error {
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	return inTime(ctx, func() error {
		defer func() { <-turn }()
		return f()
	})
}

// inTime is guard.Within, whose own errors it names.
func inTime(ctx context.Context, f func() error) error {
	err := guard.Within(ctx, f)
	if errors.Is(err, guard.ErrPanic) || errors.Is(err, guard.ErrGoexit) {
		return fmt.Errorf("reporter: %w", err)
	}
	return err
}

// counted is a user's Reporter that does not count.
type counted struct {
	*bounded

	mu    sync.Mutex
	stats DestinationStats
}

// Report runs r's without a lock.
func (c *counted) Report(s *model.Span) {
	if s == nil {
		return
	}
	var err error
	late := c.closing.Load()
	if !late {
		err = guard.Run(func() { c.r.Report(s) })
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case late:
		c.stats.Dropped[Closed]++
	case err != nil:
		c.stats.Dropped[SendError]++
		c.stats.LastError, c.stats.LastErrorTime = shorten("reporter: "+err.Error()), time.Now()
	default:
		c.stats.Sent++
	}
}

func (c *counted) Stats() []DestinationStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return []DestinationStats{c.stats}
}

// typeName is what a destination is called that has no name.
func typeName(r Reporter) string { return fmt.Sprintf("%T", r) }

// awaitOther waits for done, which somebody else brings about, and returns nil, or
// ctx's error when that ends first.
func awaitOther(ctx context.Context, done <-chan struct{}) error {
	if isClosed(done) {
		return nil
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
