// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/go-spur/spur/model"
)

var (
	_ Reporter   = (*counted)(nil)
	_ Statser    = (*counted)(nil)
	_ SpanKeeper = (*counted)(nil)
)

// Counted returns r itself when it is a Statser, and else r with Stats: one
// destination, named after r's type, whose spans count as sent when Report
// returns. After Close, spans are no longer given to r but counted as dropped,
// reason closed. Methods of r that panic are survived; Report then counts the
// span as dropped, reason send_error.
func Counted(r Reporter) Reporter {
	if _, counts := r.(Statser); counts {
		return r
	}
	return &counted{r: r, stats: DestinationStats{Name: fmt.Sprintf("%T", r)}}
}

type counted struct {
	r Reporter

	mu     sync.Mutex
	closed bool
	stats  DestinationStats
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
	if c.closed {
		c.stats.Dropped[Closed]++
	}
	return c.closed
}

func (c *counted) Flush(ctx context.Context) error {
	return survive(func() error { return c.r.Flush(ctx) })
}

func (c *counted) Close(ctx context.Context) error {
	c.mu.Lock()
	again := c.closed
	c.closed = true
	c.mu.Unlock()
	if again {
		return nil
	}
	return survive(func() error { return c.r.Close(ctx) })
}

func (c *counted) KeepsSpans() bool {
	k, ok := c.r.(SpanKeeper)
	return ok && k.KeepsSpans()
}

func (c *counted) Stats() []DestinationStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return []DestinationStats{c.stats}
}

// survive turns a panic of f into an error.
func survive(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reporter: panic: %v", p)
		}
	}()
	return f()
}
