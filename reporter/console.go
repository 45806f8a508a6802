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

// ConsoleOptions changes what NewConsole draws.
type ConsoleOptions struct {
	// Width is after how many columns a line is broken between tags, 60 to 1000; 100
	// when 0. The terminal is not asked.
	Width int
	// ASCII draws bars with "|" and "=". By default they are "│" and "━", which
	// takes a font, and a terminal in UTF-8. Text is printed as it is either way,
	// but for what cannot be printed, which is escaped.
	ASCII bool
}

// Console draws traces on a terminal, for development. A trace's spans of this process
// are drawn when their root here finishes, which has no parent or one in another
// process: a line for each, with when it began, a bar on the time of the whole, its
// operation, duration and tags. The line of a span that failed has a "!" in front, and
// is red if the writer is an *os.File that is a terminal and NO_COLOR is not set. What
// failed is said above the tree, too, five at most. Of the tags errors come first, then
// the program's own, and last component, sampler.*, span.*, http.*, peer.*.
//
// A span waits for its parent in this process. If that was drawn already, it is drawn a
// second later; and without its parent when nothing of its trace has come for a minute,
// by Flush and by Close.
//
// Console writes on a goroutine of its own, each tree by one call of Write. When 1,000
// traces, 1,000 spans of one, or 8 MiB wait, they are drawn early; what comes when 2,000
// traces or 16 MiB wait is dropped, queue_full. Spans that were written count as sent;
// with an error of Write, or a panic, as dropped, send_error. Of a span at most 64 tags
// and 32 logs with 16 fields are drawn, and of a text 60 characters.
type Console struct {
	w    io.Writer
	draw consoleStyle

	wake    chan struct{} // capacity 1
	closing chan struct{}
	done    chan struct{} // closed when the goroutine has ended, or Close has given it up
	end     func()        // closes done once
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
	c.end = sync.OnceFunc(func() { close(c.done) })
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

// Flush implements Reporter: it draws what waits, spans that wait for their parent as
// well.
func (c *Console) Flush(ctx context.Context) error {
	_, err := c.flushes.wait(ctx, c.wake, c.done)
	return err
}

// Close implements Reporter: it draws what waits, and returns when that is done or
// 100 ms after ctx ended. What was not drawn by then is dropped, reason closed, and so
// are the spans in a Write that hangs. The error wraps ErrLost.
func (c *Console) Close(ctx context.Context) error {
	ctx = orBackground(ctx)
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	before := c.stats.Dropped[SendError]
	c.mu.Unlock()
	if !first {
		return awaitOther(ctx, c.done)
	}
	close(c.closing)
	ended := guard.Await(ctx, c.done)
	left := c.giveUp(Closed)
	c.end()
	c.mu.Lock()
	defer c.mu.Unlock()
	failed := c.stats.Dropped[SendError] - before
	switch {
	case left > 0 && !ended:
		return fmt.Errorf("%w at close of console: %d closed, %d send_error: the writer did not return: %w", ErrLost, left, failed, ctx.Err())
	case failed > 0:
		return fmt.Errorf("%w at close of console: %d send_error: %s", ErrLost, failed, c.stats.LastError)
	}
	return nil
}

// giveUp drops what waits and what is being written.
func (c *Console) giveUp(why Reason) (spans int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	spans = c.waiting.spans + c.writing
	c.stats.Dropped[why] += uint64(spans)
	c.waiting, c.writing = consoleQueue{}, 0
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
	defer c.end()
	defer c.lost()
	tick := time.NewTicker(lateWait / 2)
	defer tick.Stop()
	for closing := false; !closing; {
		select {
		case <-c.wake:
		case <-tick.C:
		case <-c.closing:
			closing = true
		}
		number, wanted := c.flushes.pending()
		for range c.due(closing || wanted) {
			c.write()
		}
		if wanted {
			c.flushes.answer(number)
		}
	}
}

// lost counts what is left when the writer has ended the goroutine.
func (c *Console) lost() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.giveUp(SendError)
}

// due returns how many drawings are to be written now.
func (c *Console) due(all bool) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting.release(time.Now(), all)
	return len(c.waiting.ready)
}

// write writes the next drawing and enters its spans in the books, also when the
// writer ends the goroutine.
func (c *Console) write() {
	c.mu.Lock()
	next := c.waiting.take()
	c.writing = len(next.spans)
	c.mu.Unlock()
	if len(next.spans) == 0 { // Close has given up
		return
	}
	err := guard.ErrGoexit
	defer func() { c.settle(err) }()
	err = guard.Try(func() error {
		text := c.draw.trace(next.spans, next.remark)
		n, err := c.w.Write(text)
		if err == nil && n < len(text) {
			err = io.ErrShortWrite
		}
		return err
	})
}

// settle books what was being written, unless Close has given it up meanwhile.
func (c *Console) settle(err error) {
	var text string
	if err != nil {
		text = "reporter: the console's writer: " + guard.Text(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	spans := uint64(c.writing)
	c.writing = 0
	if err == nil {
		c.stats.Sent += spans
		return
	}
	c.stats.Dropped[SendError] += spans
	c.stats.LastError, c.stats.LastErrorTime = text, time.Now()
}
