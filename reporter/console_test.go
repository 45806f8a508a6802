// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
)

// page is a writer that may be read meanwhile.
type page struct {
	mu     sync.Mutex
	out    bytes.Buffer
	writes int
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes++
	return p.out.Write(b)
}

func (p *page) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

func newConsole(t *testing.T, w io.Writer) *Console {
	t.Helper()
	c, err := NewConsole(w, ConsoleOptions{ASCII: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(canceled()) })
	return c
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// spanOf is a span of trace, 1 ms long, that begins id milliseconds after 1 s.
func spanOf(trace uint64, id, parent model.SpanID, operation string) *model.Span {
	return &model.Span{
		Context:   model.Context{TraceID: model.TraceID{Low: trace}, SpanID: id, ParentID: parent},
		Operation: operation, Start: int64(time.Second) + int64(id)*int64(time.Millisecond), Duration: time.Millisecond,
	}
}

// balanced checks that each of n reported spans stands in one column.
func balanced(t *testing.T, c *Console, n uint64) DestinationStats {
	t.Helper()
	d := c.Stats()[0]
	if sum := d.Sent + d.DroppedTotal() + d.BufferedSpans; sum != n {
		t.Errorf("%d spans in the books, want %d: %+v", sum, n, d)
	}
	return d
}

func TestConsoleOptions(t *testing.T) {
	for _, tt := range []struct {
		w    io.Writer
		o    ConsoleOptions
		want string
	}{
		{nil, ConsoleOptions{}, "writer is nil"},
		{io.Discard, ConsoleOptions{Width: 59}, "Width 59"},
		{io.Discard, ConsoleOptions{Width: -1}, "Width -1"},
		{io.Discard, ConsoleOptions{Width: 1001}, "Width 1001"},
	} {
		if _, err := NewConsole(tt.w, tt.o); !errors.Is(err, ErrOption) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v", tt.o, err)
		}
	}
}

// Each local root ends its own local trace, also where several belong to one trace.
func TestConsoleDrawsLocalTraces(t *testing.T) {
	var p page
	c := newConsole(t, &p)
	c.Report(spanOf(7, 5, 4, "query"))
	server := spanOf(7, 4, 3, "serve")
	server.ParentRemote = true
	other := spanOf(7, 2, 1, "other's child")
	c.Report(other)
	c.Report(server)
	if err := c.Flush(context.Background()); err != nil { // draws the other, too
		t.Fatal(err)
	}
	c.Report(spanOf(7, 1, 0, "root"))
	if err := c.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	const want = `serve  2ms  trace 0000000000000007
       +0s |==========          | serve  1ms
      +1ms |          ==========|   query  1ms

other's child  1ms  trace 0000000000000007  (without parent)
       +0s |====================| other's child  1ms

root  1ms  trace 0000000000000007
       +0s |====================| root  1ms

`
	if got := p.text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if d := balanced(t, c, 4); d.Sent != 4 || p.writes != 3 {
		t.Errorf("%+v, %d writes", d, p.writes)
	}
	c.Report(spanOf(8, 1, 0, "after Close"))
	if d := balanced(t, c, 5); d.Dropped[Closed] != 1 {
		t.Errorf("%+v", d)
	}
}

func TestConsoleEscapesAndOrders(t *testing.T) {
	var p page
	c := newConsole(t, &p)
	s := spanOf(1, 1, 0, "clear\x1b[2J\nscreen")
	s.Process = &model.Process{Service: "a\rb"}
	text := func(k, v string) model.Tag { return model.Tag{Key: k, Value: model.String(v)} }
	s.Tags = []model.Tag{
		text("http.method", "GET"), text("sampler.type", "const"), text("mine", "\x07"), text("bad\x1bkey", "x"),
		text("error", "true"), text("long", strings.Repeat("é", 100)), text("bidi", "\u202egpj"),
	}
	c.Report(s)
	if err := c.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := p.text()
	for _, r := range got {
		if r < ' ' && r != '\n' || r == 0x7f || r == '\u202e' {
			t.Fatalf("%q is not escaped in %q", r, got)
		}
	}
	last := -1
	for _, key := range []string{`error="true"`, `mine="\a"`, `"bad\x1bkey"=x`, "long=éé", "http.method", "sampler.type"} {
		at := strings.Index(got, key)
		if at <= last {
			t.Errorf("%s stands at %d, after %d:\n%s", key, at, last, got)
		}
		last = at
	}
	for _, line := range strings.Split(got, "\n") {
		if n := len([]rune(line)); n > 130 { // one long word may stand alone
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// Only a terminal gets colours: a file and a pipe do not.
func TestConsoleColors(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if isTerminal(file) || isTerminal(&page{}) {
		t.Error("a file is taken for a terminal")
	}
	s := spanOf(1, 1, 0, "op")
	s.Tags = []model.Tag{{Key: "error", Value: model.Bool(true)}}
	kept := []model.Span{keepForConsole(s), keepForConsole(spanOf(1, 2, 1, "well"))}
	style, _ := newConsoleStyle(ConsoleOptions{})
	if text := string(style.trace(kept, "")); strings.Contains(text, "\x1b") || !strings.Contains(text, "\n! ") || !strings.Contains(text, "│") {
		t.Errorf("without colour: %q", text)
	}
	style.color = true
	text := string(style.trace(kept, ""))
	if n := strings.Count(text, red); n != 2 || n != strings.Count(text, notRed) {
		t.Errorf("with colour, %d red lines: %q", n, text)
	}
}

// A device is what a terminal is to os; /dev/null is one that is everywhere.
func TestConsoleNoColor(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil || !isTerminal(null) {
		t.Skipf("%s is no device here: %v", os.DevNull, err)
	}
	defer func() { _ = null.Close() }()
	for _, tt := range []struct {
		value string
		color bool
	}{{"", true}, {"1", false}} {
		t.Setenv("NO_COLOR", tt.value)
		if c := newConsole(t, null); c.draw.color != tt.color {
			t.Errorf("NO_COLOR=%q: color %v", tt.value, c.draw.color)
		}
	}
}

type badWriter func([]byte) (int, error)

func (f badWriter) Write(b []byte) (int, error) { return f(b) }

type badError struct{}

func (badError) Error() string { panic("no text") }

func TestConsoleBadWriters(t *testing.T) {
	for name, write := range map[string]badWriter{
		"error":        func([]byte) (int, error) { return 0, errors.New("disk full") },
		"short":        func(b []byte) (int, error) { return len(b) - 1, nil },
		"panic":        func([]byte) (int, error) { panic("boom") },
		"panics later": func([]byte) (int, error) { return 0, badError{} },
		"Goexit":       func([]byte) (int, error) { runtime.Goexit(); return 0, nil },
	} {
		t.Run(name, func(t *testing.T) {
			c := newConsole(t, write)
			c.Report(spanOf(1, 2, 1, "child"))
			c.Report(spanOf(1, 1, 0, "root"))
			c.Report(spanOf(2, 1, 0, "another"))
			err := c.Close(context.Background())
			if !errors.Is(err, ErrLost) && name != "Goexit" { // which may have come before Close
				t.Errorf("Close: %v", err)
			}
			if d := balanced(t, c, 3); d.DroppedTotal() != 3 || d.Dropped[SendError] == 0 || d.LastError == "" {
				t.Errorf("%+v", d)
			}
		})
	}
}
