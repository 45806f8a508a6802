// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/model"
)

// What finishes after its parent was drawn is drawn a second later, and what has no
// parent after a minute.
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
		if text := p.text(); !strings.Contains(text, "orphan  1ms  trace 0000000000000002  (without parent)") {
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

// Of two local roots of a trace the one that finishes first takes only its own with it:
// what is below the other waits for that, also when it comes later.
func TestConsoleTwoLocalRoots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p page
		c := newConsole(t, &p)
		root := func(id model.SpanID, operation string) *model.Span {
			s := spanOf(1, id, 99, operation)
			s.ParentRemote = true
			return s
		}
		c.Report(spanOf(1, 12, 11, "grandchild"))
		c.Report(spanOf(1, 21, 20, "other's early child"))
		c.Report(root(10, "first"))
		c.Report(spanOf(1, 22, 20, "other's child"))
		c.Report(spanOf(1, 11, 10, "late child"))
		time.Sleep(rootWait - lateWait)
		c.Report(root(20, "second"))
		synctest.Wait()
		const want = `first  1ms  trace 0000000000000001
       +0s |====================| first  1ms

late child  2ms  trace 0000000000000001  (late)
       +0s |==========          | late child  1ms
      +1ms |          ==========|   grandchild  1ms

second  3ms  trace 0000000000000001
       +0s |======              | second  1ms
      +1ms |      =======       |   other's early child  1ms
      +2ms |             =======|   other's child  1ms

`
		if got := p.text(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// Memory of what was drawn is bounded, and a late span whose parent is forgotten while
// it waits for its second is drawn after a minute.
func TestConsoleForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p page
		c := newConsole(t, &p)
		c.Report(spanOf(1, 1, 0, "root"))
		c.Report(spanOf(1, 2, 1, "mail"))
		const n = 3 * manyDrawn
		for i := range uint64(n) {
			c.Report(spanOf(i+2, 1, 0, "root"))
			synctest.Wait()
		}
		time.Sleep(3 * lateWait)
		c.mu.Lock()
		if n := len(c.waiting.drawn) + len(c.waiting.before); n > 2*manyDrawn {
			t.Errorf("%d spans are remembered", n)
		}
		c.mu.Unlock()
		if strings.Contains(p.text(), "mail") {
			t.Error("drawn too early")
		}
		time.Sleep(rootWait)
		if d := balanced(t, c, n+2); d.Sent != n+2 {
			t.Errorf("%+v", d)
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
		if err := c.Close(short); err == nil || !strings.Contains(err.Error(), fmt.Sprint(d.BufferedSpans, " closed")) || !errors.Is(err, ErrLost) || !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > time.Second {
			t.Errorf("Close after %v: %v", time.Since(begin), err)
		}
		after := balanced(t, c, n)
		if after.BufferedSpans+after.BufferedBytes != 0 || after.Dropped[Closed] != d.BufferedSpans {
			t.Errorf("after Close: %+v", after)
		}
		if flush, again := c.Flush(context.Background()), c.Close(context.Background()); flush != nil || again != nil {
			t.Errorf("Flush and Close after Close: %v, %v", flush, again)
		}
		close(release)
		synctest.Wait()
		if d := balanced(t, c, n); d != after {
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
