// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/model"
)

var (
	_ Reporter = (*Console)(nil)
	_ Statser  = (*Console)(nil)
)

// ConsoleOptions changes what NewConsole draws.
type ConsoleOptions struct {
	// Width is how many columns a line has, 60 to 1000; 100 when 0. The terminal
	// is not asked.
	Width int
	// ASCII draws bars with "|" and "=". By default they are "│" and "━", which
	// takes a font, and a terminal in UTF-8. Text is printed as it is either way,
	// but for what cannot be printed, which is escaped.
	ASCII bool
}

// Console draws traces on a terminal, for development. The spans of a trace in this
// process are drawn when their root here finishes, which has no parent or one in
// another process: a line for each, with when it began, a bar on the time of the whole,
// its operation, duration and tags. Lines of spans that failed have a "!" in front, and
// are red if the writer is an *os.File that is a terminal and NO_COLOR is not set. What
// failed is said above the tree, too. Of the tags errors come first, then the program's
// own, and last what libraries add: component, sampler.*, span.kind, http.*, peer.*.
// Spans that finish after their root are drawn a second later, and those whose root
// does not finish after a minute, by Flush and by Close.
//
// It writes on a goroutine of its own, each tree by one call of Write, so that a writer
// that blocks holds up nobody. When 1,000 traces, 1,000 spans of one, or 8 MiB
// wait, they are drawn early; what comes when twice as much waits is dropped and
// counted queue_full. Spans that were written count as sent; with an error of Write,
// or a panic, as dropped, send_error. Of a span at most 64 tags and 32 logs with 16
// fields are drawn, and of a text 60 characters.
type Console struct {
	w    io.Writer
	draw consoleStyle

	wake    chan struct{} // capacity 1
	closing chan struct{}
	done    chan struct{} // closed when the goroutine has ended
	flushes flushes

	mu      sync.Mutex
	waiting consoleQueue
	closed  bool
	stats   DestinationStats // but for what waits
	writing int              // spans that are being written
}

// NewConsole returns a reporter that draws on w, usually os.Stdout, until Close. It
// does not close w. The error wraps ErrOption.
func NewConsole(w io.Writer, o ConsoleOptions) (*Console, error) {
	if w == nil {
		return nil, fmt.Errorf("%w: writer is nil", ErrOption)
	}
	style, err := newConsoleStyle(o)
	if err != nil {
		return nil, err
	}
	style.color = isTerminal(w) && os.Getenv("NO_COLOR") == "" //nolint:forbidigo // how terminals are told, wherever the tracer comes from
	c := &Console{
		w: w, draw: style,
		wake: make(chan struct{}, 1), closing: make(chan struct{}), done: make(chan struct{}),
		stats: DestinationStats{Name: "console"},
	}
	c.flushes.answered = make(chan struct{})
	go c.run()
	return c, nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Report implements Reporter: it keeps what will be drawn of s.
func (c *Console) Report(s *model.Span) {
	if s == nil {
		return
	}
	kept := keepForConsole(s)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		c.stats.Dropped[Closed]++
	case !c.waiting.add(kept, time.Now()):
		c.stats.Dropped[QueueFull]++
	}
	if len(c.waiting.ready) > 0 {
		poke(c.wake)
	}
}

// Flush implements Reporter: it draws what waits, traces that are not complete as
// well.
func (c *Console) Flush(ctx context.Context) error {
	_, err := c.flushes.wait(ctx, c.wake, c.done)
	return err
}

// Close implements Reporter: it draws what waits, and returns when that is done or
// 100 ms after ctx ended. What was not drawn by then is dropped, reason closed, and
// the error wraps ErrLost; spans in a Write that hangs stay buffered.
func (c *Console) Close(ctx context.Context) error {
	ctx = orBackground(ctx)
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	failed := c.stats.Dropped[SendError]
	c.mu.Unlock()
	if !first {
		return awaitOther(ctx, c.done)
	}
	close(c.closing)
	if guard.Await(ctx, c.done) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if n := c.stats.Dropped[SendError] - failed; n > 0 {
			return fmt.Errorf("%w at close of console: %d send_error: %s", ErrLost, n, c.stats.LastError)
		}
		return nil
	}
	n := c.giveUp(Closed)
	return fmt.Errorf("%w at close of console: %d closed, the writer did not return: %w", ErrLost, n, ctx.Err())
}

// giveUp drops what waits.
func (c *Console) giveUp(why Reason) (spans int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	spans = c.waiting.spans
	c.stats.Dropped[why] += uint64(spans)
	c.waiting = consoleQueue{}
	return spans
}

// Stats implements Statser.
func (c *Console) Stats() []DestinationStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.stats
	d.BufferedSpans, d.BufferedBytes = uint64(c.waiting.spans+c.writing), uint64(c.waiting.bytes)
	return []DestinationStats{d}
}

// run is the goroutine. Only Write is foreign code there.
func (c *Console) run() {
	defer close(c.done)
	defer c.end()
	tick := time.NewTicker(lateWait / 2)
	defer tick.Stop()
	for {
		select {
		case <-c.wake:
		case now := <-tick.C:
			c.hurry(func(t *consoleTrace) bool { return t.overdue(now) })
		case <-c.closing:
			c.hurry(nil)
			c.writeAll()
			return
		}
		number, wanted := c.flushes.pending()
		if wanted {
			c.hurry(nil)
		}
		c.writeAll()
		if wanted {
			c.flushes.answer(number)
		}
	}
}

// hurry has the traces drawn that are due; with nil all.
func (c *Console) hurry(due func(*consoleTrace) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting.hurry(due)
}

// end counts what is left when the writer has ended the goroutine.
func (c *Console) end() {
	c.mu.Lock()
	c.closed = true
	c.stats.Dropped[SendError] += uint64(c.writing) // of the trace that was being drawn
	c.writing = 0
	c.mu.Unlock()
	c.giveUp(SendError)
}

// writeAll draws what is ready. Of each trace it draws the local roots that have
// finished, one after the other, and the rest if that is to be.
func (c *Console) writeAll() {
	for t := c.take(); len(t.spans) > 0; t = c.take() {
		complete, rest := localTraces(t.spans)
		if len(rest) > 0 && !t.whole {
			c.mu.Lock()
			c.waiting.putBack(rest, &t, len(complete) > 0)
			c.writing -= len(rest)
			c.mu.Unlock()
			rest = nil
		}
		for _, spans := range complete {
			c.write(spans, "")
		}
		if len(rest) > 0 {
			remark := "local root not finished"
			if t.drawn || len(complete) > 0 {
				remark = "late"
			}
			c.write(rest, remark)
		}
	}
}

func (c *Console) take() consoleTrace {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.waiting.take()
	c.writing = len(t.spans)
	return t
}

// write draws the spans of a local trace and enters them in the books, also when
// the writer ends the goroutine.
func (c *Console) write(spans []model.Span, remark string) {
	err := guard.ErrGoexit
	defer func() { c.settle(len(spans), err) }()
	err = guard.Try(func() error {
		text := c.draw.trace(spans, remark)
		n, err := c.w.Write(text)
		if err == nil && n < len(text) {
			err = io.ErrShortWrite
		}
		return err
	})
}

func (c *Console) settle(spans int, err error) {
	var text string
	if err != nil {
		text = "reporter: the console's writer: " + guard.Text(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writing -= spans
	if err == nil {
		c.stats.Sent += uint64(spans)
		return
	}
	c.stats.Dropped[SendError] += uint64(spans)
	c.stats.LastError, c.stats.LastErrorTime = text, time.Now()
}
