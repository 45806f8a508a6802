// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package warn

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestOneLineAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lines{}
		w := New(slog.New(l))
		w.Problem("c", "bad")
		<-time.After(59 * time.Second)
		w.Problem("c", "bad")
		w.Problem("d", "other") // causes do not share
		<-time.After(time.Second - 1)
		w.Problem("c", "bad")
		<-time.After(1)
		w.Problem("c", "bad")
		<-time.After(time.Hour)
		w.Problem("c", "bad")
		l.check(t, "WARN bad cause=c", "WARN other cause=d", "WARN bad cause=c suppressed=2", "WARN bad cause=c")
	})
}

// TestFlapping: a problem that comes and goes is not announced as over more often
// than it is announced.
func TestFlapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lines{}
		w := New(slog.New(l))
		for range 90 {
			w.Problem("c", "bad")
			w.Resolved("c", "good")
			<-time.After(time.Second)
		}
		l.check(t, "WARN bad cause=c", "INFO good cause=c", "WARN bad cause=c suppressed=59", "INFO good cause=c")
	})
}

// TestHourOfFailures is a dead agent at ten failures a second: sixty lines, one
// more at the end, and no failure uncounted.
func TestHourOfFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lines{}
		w := New(slog.New(l))
		const calls = 36_000
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for i := range calls {
			w.Problem("agent", "lost", slog.Int("total", i+1))
			<-tick.C
		}
		w.Resolved("agent", "back", slog.Int("total", calls))
		if len(l.all) != 61 {
			t.Errorf("%d lines, want 61", len(l.all))
		}
		counted := 60
		for _, s := range l.all {
			var n int
			if _, after, ok := strings.Cut(s, "suppressed="); ok {
				fmt.Sscan(after, &n)
			}
			counted += n
		}
		if counted != calls {
			t.Errorf("the lines account for %d of %d failures", counted, calls)
		}
		if last := l.all[60]; last != "INFO back cause=agent total=36000 suppressed=599" {
			t.Errorf("last line: %s", last)
		}
	})
}
