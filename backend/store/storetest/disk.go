// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// onDisk ends the test when what s holds does not survive it.
func (t *T) onDisk(s store.Store) {
	if s.Caps().Volatile {
		t.Skip("nothing survives a store in memory")
	}
}

// testReopen: a store that was closed and opened again is the same.
func testReopen(t *T) {
	dir := t.TempDir()
	s := t.openConfig(Config{Dir: dir})
	t.onDisk(s)
	g, n := t.newGenerator(11), naive{}
	var first ptrace.Traces
	add := func(s store.Store) {
		b := newBatch()
		b.spans = uint64(g.starts)
		g.traces(b, 0, 30, 60)
		t.write(s, b.Traces)
		n.add(t.kept(b.Traces))
		first = b.Traces
	}
	add(s)
	kept := newBatch()
	kept.spans = 1 << 32
	kept.span(1000, "kept", "op", 0, day.Add(time.Hour))
	if a, ok := s.(store.Archiver); ok {
		if err := a.Archive(t.Context(), kept.Traces); err != nil {
			t.Fatalf("archive: %v", err)
		}
		n.add(t.kept(kept.Traces))
	}
	newest := t.parse("")
	newest.Limit = 5
	page, err := s.Search(t.Context(), newest)
	if err != nil {
		t.Fatal(err)
	}
	arrivals, live := t.parse(""), !s.Caps().NoArrivals
	if live {
		t.arrivals(s, &arrivals)
	}

	for range 3 {
		if err := s.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
		s = t.openConfig(Config{Dir: dir})
		t.same(s, n)
		t.write(s, first) // known for doubles
		t.same(s, n)
		add(s)
		t.same(s, n)
	}
	seen := map[string]bool{}
	for q := newest; page.Cursor != ""; { // a cursor of before
		for _, sum := range page.Traces {
			seen[sum.TraceID.String()] = true
		}
		q.Cursor = page.Cursor
		if page, err = s.Search(t.Context(), q); err != nil {
			t.Fatalf("a cursor of before: %v", err)
		}
	}
	if !live {
		return
	}
	late, err := s.Arrivals(t.Context(), arrivals)
	if err != nil || len(late.Traces) == 0 && late.CutAt.IsZero() {
		t.Errorf("arrivals since before: %+v, %v", late, err)
	}
}

// same tests that s answers as n says.
func (t *T) same(s store.Store, n naive) {
	t.Helper()
	g := t.newGenerator(12)
	for range 20 {
		t.finds(s, n, t.parse(g.query(30)))
	}
	for _, text := range []string{"", "link:" + trace.FormatTraceID(traceID(1)), "-{link:" + trace.FormatTraceID(traceID(2)) + "}"} {
		t.finds(s, n, t.parse(text))
	}
	for id, spans := range n {
		if td := t.trace(s, id); td.SpanCount() != len(spans) {
			t.Errorf("trace %v: %d spans, want %d", id, td.SpanCount(), len(spans))
		}
	}
	caps := s.Caps()
	if !caps.StoredLinks {
		links, err := s.Links(t.Context(), trace.Window{})
		if want := n.links(trace.Window{}); err != nil || fmt.Sprint(links) != fmt.Sprint(want) {
			t.Errorf("links %v, %v; want %v", links, err, want)
		}
	}
	if !caps.NoRates {
		q := trace.REDQuery{Step: time.Hour, ByOperation: true}
		series, err := s.RED(t.Context(), q)
		if want := n.red(q); err != nil || fmt.Sprint(counts(series)) != fmt.Sprint(counts(want)) {
			t.Errorf("RED %v, %v; want %v", counts(series), err, counts(want))
		}
	}
	var total int
	for _, spans := range n {
		total += len(spans)
	}
	t.counts(s, total, len(n))
}

// testLocked: a folder is one store's at a time.
func testLocked(t *T) {
	dir := t.TempDir()
	s := t.openConfig(Config{Dir: dir})
	t.onDisk(s)
	if s.Caps().Shared {
		t.Skip("others may write to the store")
	}
	second, err := t.engine.Open(t.Context(), Config{Dir: dir})
	if err == nil {
		_ = second.Close()
		t.Fatal("a second store opened in the folder")
	}
	if !strings.Contains(err.Error(), dir) {
		t.Errorf("the error does not name the folder: %v", err)
	}
	b := newBatch()
	b.span(1, "locked", "op", 0, day)
	t.write(s, b.Traces)
	t.holds(s, b.Traces)
}

// testNewer: a store that a later version wrote is refused, and left as it is.
func testNewer(t *T) {
	dir := t.TempDir()
	s := t.openConfig(Config{Dir: dir})
	t.onDisk(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if t.engine.Newer == nil {
		t.Fatal("an engine on disk without Engine.Newer")
	}
	t.engine.Newer(t, dir)
	for range 2 {
		s, err := t.engine.Open(t.Context(), Config{Dir: dir})
		if err == nil {
			_ = s.Close()
			t.Fatal("a store of a later version was opened")
		}
	}
}

// testOlder: a store that the first version wrote opens, with what it holds.
func testOlder(t *T) {
	if t.engine.Older == nil {
		t.Skip("there is no older version")
	}
	dir := t.TempDir()
	s := t.openConfig(Config{Dir: dir})
	g, n := t.newGenerator(13), naive{}
	b := newBatch()
	g.traces(b, 0, 30, 100)
	n.add(t.kept(b.Traces))
	t.write(s, b.Traces)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	t.engine.Older(t, dir)
	t.same(t.openConfig(Config{Dir: dir}), n)
}

// killDir is the variable that tells a child where to write until it is killed.
const killDir = "STORETEST_KILL_DIR"

// testKill: what Write took survives the end of the process.
func testKill(t *T) {
	t.onDisk(t.open())
	dir := t.TempDir()
	for round := range uint64(3) { // each goes on where the last one was killed
		written := t.killed(dir, 20*(round+1))
		s := t.openConfig(Config{Dir: dir})
		for n := range written {
			t.holds(s, killBatch(n))
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
}

// killed runs this test in a child, which it kills when so many batches are
// written, and returns how many it has said to be.
func (t *T) killed(dir string, atLeast uint64) (written uint64) {
	cmd := exec.Command(os.Args[0], "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$")
	cmd.Env = append(cmd.Environ(), killDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		n, err := strconv.ParseUint(lines.Text(), 10, 64)
		if err != nil {
			t.Errorf("the child says %q", lines.Text())
			break
		}
		if written = n + 1; written >= atLeast {
			break
		}
	}
	_ = cmd.Process.Kill()
	rest, _ := io.ReadAll(out) // written, too, before it was killed
	for line := range strings.Lines(string(rest)) {
		if n, err := strconv.ParseUint(strings.TrimSuffix(line, "\n"), 10, 64); err == nil && strings.HasSuffix(line, "\n") {
			written = max(written, n+1)
		}
	}
	_ = cmd.Wait()
	if written < atLeast {
		t.Errorf("the child wrote %d batches", written)
	}
	return written
}

// writeUntilKilled is the child.
func writeUntilKilled(t testing.TB, e Engine, dir string) {
	s, err := e.Open(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for n := uint64(0); ; n++ {
		_, err := s.Trace(context.Background(), traceID(n), trace.Window{})
		if errors.Is(err, store.ErrNotFound) {
			err = s.Write(context.Background(), killBatch(n))
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintln(os.Stdout, n); err != nil {
			t.Fatal(err)
		}
	}
}

// killBatch is one trace of 50 spans.
func killBatch(n uint64) ptrace.Traces {
	b := newBatch()
	for i := range 50 {
		b.span(n, "kill", "op", uint64(i), day.Add(time.Duration(n)*time.Second)).Attributes().PutInt("i", int64(i))
	}
	return b.Traces
}
