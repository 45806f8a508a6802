// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"sync"
	"time"

	"github.com/go-spur/spur/model"
)

var (
	_ Reporter   = (*counted)(nil)
	_ Statser    = (*counted)(nil)
	_ SpanKeeper = (*counted)(nil)
)

// Counted returns r with books, and with a Flush and a Close that return in time:
// 100 ms after their context ended at the latest, even if r's hang. Reporters of
// this package do all that already and are returned as they are.
//
// When r is a Statser, its own books stand. A Report of it that panics does so to
// the caller; the tracer counts that in Stats.Cut.Panics.
//
// Else r is one destination, named after r's type, whose spans count as sent when
// Report returns, and as dropped, reason send_error, when it panics. After Close,
// spans are no longer given to r but counted as dropped, reason closed.
//
// Flush and Close survive panics, which are their errors then. A second Close
// waits for the first.
func Counted(r Reporter) Reporter {
	switch r.(type) {
	case *Batching, *Memory, *Logging, Null, *Multi, *counted, *bounded:
		return r
	case Statser:
		return newBounded(r)
	}
	return &counted{bounded: newBounded(r), stats: DestinationStats{Name: typeName(r)}}
}

// counted is a user's Reporter that does not count.
type counted struct {
	*bounded

	mu    sync.Mutex
	late  bool // Close was called
	stats DestinationStats
}

// Report runs r's without a lock.
func (c *counted) Report(s *model.Span) {
	if s == nil || c.isLate() {
		return
	}
	err := survive(func() error {
		c.r.Report(s)
		return nil
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.stats.Dropped[SendError]++
		c.stats.LastError, c.stats.LastErrorTime = shorten(err.Error()), time.Now()
		return
	}
	c.stats.Sent++
}

// isLate counts a span that comes after Close.
func (c *counted) isLate() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.late {
		c.stats.Dropped[Closed]++
	}
	return c.late
}

func (c *counted) Close(ctx context.Context) error {
	c.mu.Lock()
	c.late = true
	c.mu.Unlock()
	return c.bounded.Close(ctx)
}

func (c *counted) Stats() []DestinationStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return []DestinationStats{c.stats}
}
