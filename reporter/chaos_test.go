// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// chaos is a transport that does whatever its seed says, and keeps books of its
// own, from the other side.
type chaos struct {
	t      *testing.T
	format transport.Format
	max    atomic.Int64
	panics bool
	blocks bool
	retry  bool // the reporter does

	mu       sync.Mutex
	rand     *rand.Rand
	accepted map[model.SpanID]int // how often a span was let through
	last     *wire.Message        // accepted last, and may turn out lost
	lost     uint64               // spans of those that did
	taken    uint64               // how many did
	lastSeq  int64
	again    []byte // the batch that was Retryable last
	retries  uint64
	stats    wire.ClientStats
	books    columns // Sent, Unconfirmed, Rejected; SendError also counts what Close cut short
	inflight atomic.Bool
}

func (c *chaos) Format() transport.Format { return c.format }
func (c *chaos) MaxBatch() int            { return int(c.max.Load()) }
func (c *chaos) Close() error             { return nil }

// confirmingChaos is a chaos that may take back what it accepted last.
type confirmingChaos struct{ *chaos }

func (c confirmingChaos) Confirm() error {
	c.enter()
	defer c.inflight.Store(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lose(4) {
		return &transport.Error{PreviousLost: true, Err: errors.New("refused")}
	}
	c.last = nil
	return nil
}

func (c *chaos) enter() {
	if c.inflight.Swap(true) {
		c.t.Error("the transport was called from two goroutines at a time")
	}
}

// lose takes back the batch accepted last in one case of n.
func (c *chaos) lose(n int) bool {
	if c.last == nil || c.rand.IntN(n) > 0 {
		return false
	}
	spans := uint64(len(c.last.Batch.Spans))
	c.books.Sent -= spans
	for i := range c.last.Batch.Spans {
		c.accepted[c.last.Batch.Spans[i].SpanID]--
	}
	if c.retry { // they come again, unless Close has begun
		c.lost, c.taken = c.lost+spans, c.taken+1
	} else {
		c.books.Dropped[SendError] += spans
	}
	c.last = nil
	return true
}

func (c *chaos) Send(ctx context.Context, b []byte) error { return c.send(ctx, b, false) }

func (c confirmingChaos) Send(ctx context.Context, b []byte) error { return c.send(ctx, b, true) }

func (c *chaos) send(ctx context.Context, b []byte, confirms bool) error {
	c.enter()
	defer c.inflight.Store(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	limit := c.MaxBatch()
	if len(b) > limit {
		c.t.Errorf("batch of %d bytes, limit %d", len(b), limit)
	}
	m := decode(c.t, c.format, b)
	n := len(m.Batch.Spans)
	c.envelope(m, b)
	c.again = nil
	e := &transport.Error{Err: errors.New("chaos")}
	e.PreviousLost = confirms && c.lose(4)
	switch x := c.rand.IntN(20); {
	case x < 11:
		if !e.PreviousLost {
			e = nil
		}
		c.let(m)
		c.books.Sent += uint64(n)
		if confirms {
			c.last = m
		}
	case x < 13:
		e.Kind = transport.Permanent
		c.books.Dropped[SendError] += uint64(n)
	case x < 14:
		e.Kind, e.Written = transport.Retryable, c.rand.IntN(3) == 0
		e.RetryAfter = time.Duration(c.rand.IntN(2)) * time.Microsecond
		c.again = bytes.Clone(b)
		if e.Written && c.rand.IntN(2) == 0 {
			c.let(m)
		}
		if !c.retry && e.Written {
			c.books.Unconfirmed += uint64(n)
		} else if !c.retry {
			c.books.Dropped[SendError] += uint64(n)
		}
	case x < 15:
		e.Kind, e.Rejected = transport.Partial, int64(c.rand.IntN(n+1))
		c.let(m)
		c.books.Sent += uint64(n) - uint64(e.Rejected)
		c.books.Dropped[Rejected] += uint64(e.Rejected)
	case x < 16:
		e.Kind = transport.Unconfirmed
		c.let(m)
		c.books.Unconfirmed += uint64(n)
	case x < 17 && limit > 600:
		e.Kind = transport.TooLarge
		if c.rand.IntN(4) > 0 {
			c.max.Store(int64(max(600, limit*(7+c.rand.IntN(3))/10)))
		}
	case x < 19 && c.panics && !e.PreviousLost:
		c.books.Dropped[SendError] += uint64(n)
		panic("chaos")
	case c.blocks:
		c.mu.Unlock()
		<-ctx.Done()
		c.mu.Lock()
		e.Kind, e.Err = transport.Retryable, ctx.Err()
		if !c.retry {
			c.books.Dropped[SendError] += uint64(n)
		}
	default:
		e.Kind = transport.Permanent
		c.books.Dropped[SendError] += uint64(n)
	}
	if e == nil {
		return nil
	}
	return e
}

// let notes the spans that this batch brought to the receiver.
func (c *chaos) let(m *wire.Message) {
	for i := range m.Batch.Spans {
		c.accepted[m.Batch.Spans[i].SpanID]++
	}
}

// envelope checks the number of a batch: the next one, or that of the batch that
// was Retryable, to the last byte.
func (c *chaos) envelope(m *wire.Message, b []byte) {
	if c.again != nil && bytes.Equal(c.again, b) {
		c.retries++
		return
	}
	if m.Batch.SeqNo != c.lastSeq+1 || m.SeqID != int32(m.Batch.SeqNo) {
		c.t.Errorf("batch %d (seqID %d) after batch %d", m.Batch.SeqNo, m.SeqID, c.lastSeq)
	}
	c.lastSeq = m.Batch.SeqNo
	s := *m.Batch.Stats
	if s.FullQueueDroppedSpans < c.stats.FullQueueDroppedSpans || s.TooLargeDroppedSpans < c.stats.TooLargeDroppedSpans ||
		s.FailedToEmitSpans < c.stats.FailedToEmitSpans {
		c.t.Errorf("stats %+v after %+v", s, c.stats)
	}
	c.stats = s
}
