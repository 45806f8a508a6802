// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// run writes batches until the Collector is closed and the queue is empty, or
// writing is given up.
func (c *Collector) run() {
	defer close(c.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		b, wait := c.next()
		if b != nil {
			c.write(b)
			continue
		}
		var due <-chan time.Time
		if wait >= 0 {
			timer.Reset(wait)
			due = timer.C
		}
		if c.closing() {
			return
		}
		select {
		case <-due:
		case <-c.wake:
		case <-c.stopped.Done():
			return
		}
	}
}

// next returns the batch to write now, or how long until there is one.
func (c *Collector) next() (*batch, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delay := c.config.BatchDelay
	if c.closed {
		delay = 0
	}
	return c.queue.pop(c.config.BatchSpans, delay)
}

// closing reports whether no more batch will come.
func (c *Collector) closing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed && len(c.queue.batches) == 0
}

// write writes b and books what became of it. A store that fails is tried again,
// while the queue fills, unless its error says that this will not help; one whose
// server is away is tried until it is back.
func (c *Collector) write(b *batch) {
	begun := time.Now()
	c.latency.queued.Observe(begun.Sub(b.began).Seconds())
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := c.save(b)
		c.report(err)
		if err == nil {
			c.settle(b, "")
			c.warnRefused(b.refused)
			return
		}
		if isFinal(err) || time.Since(begun) >= retryFor && !errors.Is(err, store.ErrUnavailable) {
			c.settle(b, trace.ReasonStore)
			return
		}
		select {
		case <-time.After(pause):
		case <-c.stopped.Done(): // Close has booked it
			return
		}
	}
}

// panicError is what save returns for a store that panics.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("the store panicked: %v", e.value) }

// isFinal reports whether the same spans will not be written later, either.
func isFinal(err error) bool {
	var p *panicError
	return errors.As(err, &p) || errors.Is(err, store.ErrClosed) || errors.Is(err, errors.ErrUnsupported)
}

// save calls the store. What it has taken before an error is not in b any more.
func (c *Collector) save(b *batch) (err error) {
	start := time.Now()
	defer func() {
		c.latency.saved.Observe(time.Since(start).Seconds())
		if p := recover(); p != nil {
			err = &panicError{p, debug.Stack()}
		}
	}()
	if len(b.encoded) > 0 {
		err := c.encoded.WriteEncoded(c.stopped, b.encoded)
		if err != nil && !errors.As(err, &b.refused) {
			return err
		}
		b.saved, b.encoded = len(b.encoded), nil
	}
	if b.td.SpanCount() > 0 {
		var refused *store.RefusedError
		err := c.store.Write(c.stopped, b.td)
		if err != nil && !errors.As(err, &refused) {
			return err
		}
		b.refused = b.refused.And(refused)
	}
	return nil
}

// settle books b as stored, or as refused if there is a reason.
func (c *Collector) settle(b *batch, reason trace.Reason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b.lost = reason != ""
	close(b.settled)
	switch {
	case !c.queue.settle(b): // Close has booked it
	case reason == "":
		refused := min(b.refused.Count(), b.spans)
		c.books.stored += int64(b.spans - refused)
		if refused > 0 {
			c.books.refused[trace.ReasonStore] += int64(refused)
		}
	default:
		saved := b.saved - min(b.refused.Count(), b.saved)
		c.books.stored += int64(saved)
		c.books.refused[reason] += int64(b.spans - saved)
	}
}

// warnRefused logs, once in logEvery, that the store refuses spans, and why.
func (c *Collector) warnRefused(r *store.RefusedError) {
	if r == nil {
		return
	}
	if books, due := c.warning(trace.ReasonStore); due {
		c.log.Warn("the store refuses spans", "error", r, "refused", books.Refused)
	}
}

// report remembers the error of the last write, and logs it.
func (c *Collector) report(err error) {
	c.mu.Lock()
	c.failure = err
	waiting := c.queue.spans
	c.mu.Unlock()

	switch worse, better := c.told.Note(err); {
	case worse:
		args := []any{"error", err, "waiting", waiting}
		if p := (*panicError)(nil); errors.As(err, &p) {
			args = append(args, "stack", string(p.stack))
		}
		c.log.Warn("spans cannot be stored", args...)
	case better:
		c.log.Info("spans can be stored again", "waiting", waiting)
	}
}
