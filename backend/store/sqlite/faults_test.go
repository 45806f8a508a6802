// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// some returns a trace of n spans whose id ends with id.
func some(id uint64, n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		s := spans.AppendEmpty()
		s.SetTraceID(traceID(id))
		s.SetSpanID(pcommon.SpanID{6: byte(i >> 8), 7: byte(i) | 1})
		s.SetName("op")
		s.SetStartTimestamp(pcommon.Timestamp(id*1e9 + uint64(i)))
		s.SetEndTimestamp(pcommon.Timestamp(id*1e9 + uint64(i) + 1e6))
		s.Attributes().PutInt("n", int64(i))
		s.Attributes().PutInt("trace", int64(id))
		s.Attributes().PutStr("ballast", strings.Repeat("x", i%50)+time.Duration(id*uint64(i+1)).String())
	}
	return td
}

func traceID(n uint64) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}

func openTest(t *testing.T, cfg Config) *Store {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	s, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func find(t *testing.T, s *Store, text string) trace.Page {
	t.Helper()
	q, err := trace.Parse(text, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	q.Limit = 10
	page, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// When the disk is full, Write says so, what is there can be read, and when
// there is room again it goes on; no span is lost or there twice.
func TestFull(t *testing.T) {
	s := openTest(t, Config{})
	s.w.tailSpans = 150
	if err := s.Write(t.Context(), some(1, 100)); err != nil {
		t.Fatal(err)
	}
	var pages int
	if err := s.w.one("PRAGMA page_count", nil, &pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		t.Helper()
		if err := s.w.one(fmt.Sprintf("PRAGMA max_page_count = %d", n), nil, &n); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 10)
	written, failed := uint64(1), 0
	for id := uint64(2); id < 40; id++ {
		err := s.Write(t.Context(), some(id, 100))
		switch {
		case err == nil && failed > 0:
			t.Fatalf("write %d: taken after the disk was full", id)
		case err == nil:
			written = id
		case errors.Is(err, store.ErrFull):
			failed++
		default:
			t.Fatalf("write %d: %v", id, err)
		}
	}
	if failed == 0 {
		t.Fatal("the disk was never full")
	}
	check := func(traces uint64) {
		t.Helper()
		status, err := s.Status(t.Context())
		if err != nil || status.Spans != int64(100*traces) || status.Traces != int64(traces) {
			t.Errorf("%d spans of %d traces, %v; want %d", status.Spans, status.Traces, err, traces)
		}
		if page := find(t, s, "n=7"); page.Total != int(traces) || page.AtLeast {
			t.Errorf("found %d traces of %d", page.Total, traces)
		}
		if td, err := s.Trace(t.Context(), traceID(traces), trace.Window{}); err != nil || td.SpanCount() != 100 {
			t.Errorf("the last trace has %d spans, %v", td.SpanCount(), err)
		}
	}
	check(written)
	limit(1 << 20)
	for id := uint64(1); id < 40; id++ {
		if err := s.Write(t.Context(), some(id, 100)); err != nil {
			t.Fatalf("write %d: %v", id, err)
		}
	}
	check(39)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, Config{Dir: s.cfg.Dir})
	check(39)
}

// Spans of very many tags do not make the tail large: it becomes a segment.
func TestManyTags(t *testing.T) {
	s := openTest(t, Config{})
	td := some(1, 1)
	span := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	const tags = maxTailPostings / 40
	for i := range tags {
		span.Events().AppendEmpty().Attributes().PutInt("k", int64(i))
	}
	for id := range uint64(50) {
		span.SetTraceID(traceID(id + 1))
		if err := s.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
		if n := len(s.w.tail.postings); n > maxTailPostings {
			t.Fatalf("%d postings in memory after %d spans", n, id+1)
		}
	}
	if page := find(t, s, "k=7 -k=x"); page.Total != 50 || page.AtLeast {
		t.Errorf("found %d traces of 50", page.Total)
	}
}

// A file whose blocks or columns are damaged makes errors, no panic.
func TestCorrupt(t *testing.T) {
	for _, query := range []string{
		"UPDATE block SET body = x'ff'",
		"UPDATE block SET body = x''",
		"UPDATE columns SET body = x''",
		"UPDATE columns SET body = zeroblob(7)",
		"UPDATE posting SET body = x'ff'",
		"UPDATE part SET refs = zeroblob(10)",
		"UPDATE part SET refs = x'ffff0000000000000000'",
		"UPDATE segment SET spans = 1",
		"UPDATE segment SET id = id + 1000",
		"DELETE FROM operation",
		"DELETE FROM block",
		"DELETE FROM columns",
	} {
		s := openTest(t, Config{})
		s.w.tailSpans = 50
		if err := s.Write(t.Context(), some(1, 100)); err != nil {
			t.Fatal(err)
		}
		if err := s.w.exec(query); err != nil {
			t.Fatal(err)
		}
		_, errTrace := s.Trace(t.Context(), traceID(1), trace.Window{})
		_, errLinks := s.Links(t.Context(), trace.Window{})
		q := trace.Query{Limit: 1}
		_, errAll := s.Search(t.Context(), q)
		q.Where = &trace.Expr{Term: trace.Term{Key: "n", Cmp: trace.CmpEqual, Text: "7"}}
		page, errTag := s.Search(t.Context(), q)
		if errTrace == nil && errLinks == nil && errAll == nil && errTag == nil && len(page.Traces) == 1 && !strings.Contains(query, "refs = zero") {
			t.Errorf("%s: nobody noticed", query)
		}
	}
}

// Folders may have any name.
func TestFolderName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%41&mode=memory;'é")
	s := openTest(t, Config{Dir: dir})
	if err := s.Write(t.Context(), some(1, 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, Config{Dir: dir})
	if _, err := s.Trace(t.Context(), traceID(1), trace.Window{}); err != nil {
		t.Fatal(err)
	}
	if _, err := filepath.Glob(filepath.Join(dir, FileName)); err != nil {
		t.Fatal(err)
	}
}

func TestConfig(t *testing.T) {
	_, err := Open(t.Context(), Config{Dir: t.TempDir(), Sync: "always"}, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), `"always"`) {
		t.Errorf("sync always: %v", err)
	}
	s := openTest(t, Config{Sync: SyncFull})
	var sync int
	if err := s.w.one("PRAGMA synchronous", nil, &sync); err != nil || sync != 2 {
		t.Errorf("synchronous is %d, %v", sync, err)
	}
}

// Spans go when they are older than MaxAge.
func TestAge(t *testing.T) {
	s := openTest(t, Config{MaxAge: time.Hour})
	const spans = 2 * blockSpans // a segment
	s.w.tailSpans = spans
	for id := uint64(1); id <= 3; id++ {
		if err := s.Write(t.Context(), some(id, spans)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.w.exec("UPDATE block SET arrived = arrived - 3601 WHERE id <= ?", int64(2*spans)); err != nil {
		t.Fatal(err)
	}
	s.w.ageChecked = time.Time{}
	if err := s.Write(t.Context(), some(4, 1)); err != nil {
		t.Fatal(err)
	}
	status, err := s.Status(t.Context())
	if err != nil || status.Spans != spans+1 || status.Evicted != 2*spans || status.Traces != 2 || status.MaxAge != time.Hour {
		t.Errorf("%+v, %v", status, err)
	}
}

// A store of few spans, which never fill a segment, removes old ones as well.
func TestAgeOfFew(t *testing.T) {
	s := openTest(t, Config{MaxAge: 8 * time.Hour})
	write := func(id uint64) {
		t.Helper()
		if err := s.Write(t.Context(), some(id, 10)); err != nil {
			t.Fatal(err)
		}
	}
	write(1)
	if err := s.w.exec("UPDATE block SET arrived = arrived - 9*3600 - 1"); err != nil {
		t.Fatal(err)
	}
	if err := s.w.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(2) // closes the segment
	if err := s.w.exec("UPDATE block SET arrived = arrived - 8*3600 - 1 WHERE id > 10"); err != nil {
		t.Fatal(err)
	}
	s.w.ageChecked = time.Time{}
	write(3)
	if status, err := s.Status(t.Context()); err != nil || status.Spans != 10 || status.Evicted != 20 {
		t.Errorf("%+v, %v", status, err)
	}
}

// SQLite works only with the libc that it was translated for.
func TestLibc(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}} {{.GoMod}}", "modernc.org/libc", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(out)) // libc's version and go.mod, sqlite's
	if len(fields) != 4 {
		t.Fatalf("go list: %q", out)
	}
	mod, err := os.ReadFile(fields[3])
	if err != nil {
		t.Fatal(err)
	}
	if want := "modernc.org/libc " + fields[0]; !strings.Contains(string(mod)+"\n", want+"\n") {
		t.Errorf("the build has %s, which the go.mod of sqlite %s does not name", want, fields[2])
	}
}

// The file is as large as what is written, compressed.
func TestBlockSize(t *testing.T) {
	var w blockWriter
	w.reset()
	encoded, err := trace.Encode(some(1, 500))
	if err != nil {
		t.Fatal(err)
	}
	raw := 0
	for i, e := range encoded {
		if n := w.add(e); n != i {
			t.Fatalf("index %d, want %d", n, i)
		}
		raw += len(e.Span)
	}
	body := w.body()
	if len(body) > raw/2 {
		t.Errorf("%d bytes of spans make a block of %d", raw, len(body))
	}
	got, err := readBlock(body)
	if err != nil || len(got) != len(encoded) {
		t.Fatalf("%d spans, %v", len(got), err)
	}
	for i := range got {
		if !bytes.Equal(got[i].Span, encoded[i].Span) || !bytes.Equal(got[i].Resource, encoded[i].Resource) {
			t.Fatalf("span %d differs", i)
		}
		b, err := openBlock(body)
		if err != nil {
			t.Fatal(err)
		}
		if e, err := b.span(i); err != nil || !bytes.Equal(e.Span, encoded[i].Span) {
			t.Fatalf("span %d alone: %v", i, err)
		}
		for n, spans := range b.spans {
			if (spans != nil) != (n == i/pieceSpans) {
				t.Errorf("for span %d piece %d was read: %v", i, n, spans != nil)
			}
		}
		if _, err := b.span(len(encoded)); !errors.Is(err, errCorrupt) {
			t.Errorf("a span that is not there: %v", err)
		}
	}
}
