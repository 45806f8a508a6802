// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/model"
)

// What finishes after its trace was drawn is drawn a second later, and what has no
// root after a minute.
func TestConsoleLateSpans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p page
		c := newConsole(t, &p)
		c.Report(spanOf(1, 1, 0, "root"))
		c.Report(spanOf(2, 2, 1, "orphan"))
		synctest.Wait()
		c.Report(spanOf(1, 2, 1, "mail"))
		time.Sleep(lateWait / 2)
		if text := p.text(); !strings.HasPrefix(text, "root") || strings.Contains(text, "mail") {
			t.Errorf("at once:\n%s", text)
		}
		time.Sleep(2 * lateWait)
		if text := p.text(); !strings.Contains(text, "mail  1ms  trace 0000000000000001  (late)") || strings.Contains(text, "orphan") {
			t.Errorf("after seconds:\n%s", text)
		}
		time.Sleep(rootWait)
		if text := p.text(); !strings.Contains(text, "orphan  1ms  trace 0000000000000002  (local root not finished)") {
			t.Errorf("after a minute:\n%s", text)
		}
		time.Sleep(rootWait + 2*lateWait)
		c.mu.Lock()
		defer c.mu.Unlock()
		if n := len(c.waiting.traces); n != 0 || c.waiting.bytes != 0 {
			t.Errorf("%d traces of %d bytes are remembered", n, c.waiting.bytes)
		}
	})
}

// A writer that hangs costs the spans that have no room, and Close 100 ms.
func TestConsoleBlockedWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		c := newConsole(t, badWriter(func(b []byte) (int, error) {
			<-release
			return len(b), nil
		}))
		const n = 5 * manyTraces
		for i := range uint64(n) {
			c.Report(spanOf(i+1, 1, 0, "root"))
		}
		d := balanced(t, c, n)
		if d.Dropped[QueueFull] < n-2*manyTraces-2 || d.BufferedBytes > 2*manyBytes {
			t.Errorf("%+v", d)
		}
		short, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := c.Flush(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Flush: %v", err)
		}
		begin := time.Now()
		if err := c.Close(short); !errors.Is(err, ErrLost) || !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > time.Second {
			t.Errorf("Close after %v: %v", time.Since(begin), err)
		}
		if d := balanced(t, c, n); d.BufferedSpans != 1 || d.Dropped[Closed] == 0 {
			t.Errorf("after Close: %+v", d)
		}
		close(release)
		synctest.Wait()
		if d := balanced(t, c, n); d.Sent != 1 || d.BufferedSpans != 0 {
			t.Errorf("when the writer let go: %+v", d)
		}
	})
}

// Memory is bounded in traces, in spans of one, and in bytes, and what has room is
// drawn early.
func TestConsoleBounds(t *testing.T) {
	big := spanOf(1, 2, 1, strings.Repeat("o", 1<<20))
	for i := range 1000 {
		big.Tags = append(big.Tags, model.Tag{Key: strings.Repeat("k", 100) + string(rune('a'+i%26)), Value: model.String(strings.Repeat("\x00", 1<<16))})
		big.Logs = append(big.Logs, model.Log{Fields: big.Tags})
	}
	kept := keepForConsole(big)
	if size := consoleSize(&kept); size > 1<<19 || len(kept.Operation) > 100 {
		t.Errorf("a span takes %d bytes", size)
	}
	for name, of := range map[string]func(i uint64) *model.Span{
		"traces": func(i uint64) *model.Span { return spanOf(i+1, 2, 1, "op") },
		"spans":  func(i uint64) *model.Span { return spanOf(1, model.SpanID(i+2), 1, "op") },
		"bytes":  func(i uint64) *model.Span { s := *big; s.TraceID.Low = i%100 + 1; return &s },
	} {
		synctest.Test(t, func(t *testing.T) {
			var p page
			c := newConsole(t, &p)
			n := uint64(manyTraces + manyTraces/2)
			if name == "bytes" {
				n = 100
			}
			for i := range n {
				c.Report(of(i))
				if b := c.Stats()[0].BufferedBytes; b > 2*manyBytes {
					t.Fatalf("%s: %d bytes wait", name, b)
				}
				synctest.Wait()
			}
			if d := balanced(t, c, n); d.DroppedTotal() != 0 || p.writes == 0 {
				t.Errorf("%s: %+v, %d writes", name, d, p.writes)
			}
		})
	}
}

// An unfinished parent between two finished spans does not keep the lower one from
// being drawn, and a cycle of parents draws each once.
func TestConsoleOddTrees(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p page
		c := newConsole(t, &p)
		c.Report(spanOf(1, 3, 2, "grandchild"))
		c.Report(spanOf(1, 1, 0, "root"))
		c.Report(spanOf(2, 1, 2, "cycle"))
		c.Report(spanOf(2, 2, 1, "cycle"))
		for i := range model.SpanID(100) {
			c.Report(spanOf(3, i+2, i+1, "deep"))
		}
		c.Report(spanOf(3, 1, 0, "top"))
		far := spanOf(4, 2, 1, "far")
		far.Start, far.Duration = math.MinInt64, math.MaxInt64
		c.Report(far)
		farther := spanOf(4, 1, 0, "farther")
		farther.Start, farther.Duration = math.MaxInt64, math.MinInt64
		c.Report(farther)
		if err := c.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		text := p.text()
		if strings.Count(text, "grandchild  1ms\n") != 1 || strings.Count(text, "cycle  1ms\n") != 2 || !strings.Contains(text, "[100] deep") {
			t.Errorf("drawn:\n%s", text)
		}
		if d := balanced(t, c, 107); d.Sent != 107 {
			t.Errorf("%+v", d)
		}
	})
}
