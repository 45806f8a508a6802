// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/transport"
)

// killed returns a copy of a spool's folder as it is now: what a process finds whose
// predecessor was killed.
func killed(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// filled returns a folder where n batches of ten spans wait, and the file of them.
func filled(t testing.TB, n int) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	s, err := openSpool(dir, LeastSpoolBytes, newLedger(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		batches, err := send.PackTraces(spans(10*i, 10))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.put(context.Background(), batches); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	names := files(t, dir)
	if len(names) != 1 {
		t.Fatalf("files %v", names)
	}
	return dir, names[0]
}

func files(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"+extension))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// await returns when nothing waits any more.
func await(t *testing.T, s *Store) Books {
	t.Helper()
	s.drain()
	b := balanced(t, s)
	if b.Waiting != 0 {
		t.Fatalf("spans wait: %+v", b)
	}
	return b
}

// TestSpoolKilled: what a process was told is taken is sent by the next, in order,
// and what the first has sent is not sent again.
func TestSpoolKilled(t *testing.T) {
	c := Config{Spool: t.TempDir(), SpoolBytes: LeastSpoolBytes}
	p := newPeers()
	s := p.store(t, c)
	write(t, s, 0, 100)
	await(t, s)
	p.says(func(context.Context, string, send.Batch) error { return says(transport.Retryable, 0, 0) })
	for i := 1; i < 50; i++ {
		write(t, s, 100*i, 100)
	}
	next := killed(t, c.Spool)
	closed(t, s, false)

	again := newPeers()
	s = again.store(t, Config{Spool: next, SpoolBytes: LeastSpoolBytes})
	if b := await(t, s); b.Replayed != 4_900 || b.Sent != 4_900 || again.count() != 4_900 || again.got[0] != 0 || again.got[100] != 1 {
		t.Errorf("%+v, %d came", b, again.count())
	}
	closed(t, s, false)
	if left := files(t, next); len(left) != 0 {
		t.Errorf("left are %v", left)
	}

	// The first, closed in peace, has left the same.
	one := newPeers()
	c.Spool = killed(t, c.Spool)
	one.says(func(context.Context, string, send.Batch) error { return nil })
	l := newLedger()
	q, err := openSpool(c.Spool, c.SpoolBytes, l, quiet)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < 50; i++ {
		it := q.take(t.Context())
		want, err := send.PackTraces(spans(100*i, 100))
		if err != nil || !bytes.Equal(it.batch.OTLP, want[0].OTLP) || it.batch.Spans != 100 {
			t.Fatalf("batch %d is another", i)
		}
		q.done(it)
	}
	if err := q.close(); err != nil || len(files(t, c.Spool)) != 0 {
		t.Errorf("%v, left are %v", err, files(t, c.Spool))
	}
}

// TestSpoolFull: the oldest are dropped when there is no more room.
func TestSpoolFull(t *testing.T) {
	p := newPeers()
	p.says(func(context.Context, string, send.Batch) error { return says(transport.Retryable, 0, 0) })
	s := p.store(t, Config{Spool: t.TempDir(), SpoolBytes: LeastSpoolBytes})
	const batches, each = 60, 10
	for i := range batches {
		td := spans(each*i, each)
		for s := range trace.Spans(td) {
			s.SetName(strings.Repeat("x", 50_000))
		}
		if err := s.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
	}
	b := balanced(t, s)
	if st, err := s.Status(t.Context()); err != nil || st.Bytes > LeastSpoolBytes || st.Bytes < LeastSpoolBytes/2 || st.Spans != b.Waiting || st.Evicted != b.Dropped[ReasonSpool] {
		t.Errorf("%+v, %v", st, err)
	}
	if b.Dropped[ReasonSpool] == 0 {
		t.Errorf("%+v", b)
	}
	p.says(func(context.Context, string, send.Batch) error { return nil })
	for b.Waiting > 0 {
		s.drain()
		b = balanced(t, s)
	}
	if p.got[each*batches-1] != 1 || b.Sent != int64(p.count()) || b.Sent+b.Dropped[ReasonSpool] != batches*each {
		t.Errorf("%+v, %d came", b, p.count())
	}
	closed(t, s, false)
}

// TestSpoolLocked: a folder has one user.
func TestSpoolLocked(t *testing.T) {
	c := Config{Spool: t.TempDir(), SpoolBytes: LeastSpoolBytes}
	p := newPeers()
	s := p.store(t, c)
	if _, err := open(Config{Endpoints: []string{"a:1"}, Spool: c.Spool}, p.deps(), nil, quiet); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Error(err)
	}
	closed(t, s, false)
	closed(t, p.store(t, c), false)
}

// TestSpoolDamaged: what cannot be read is skipped and counted, all else is sent.
func TestSpoolDamaged(t *testing.T) {
	dir, file := filled(t, 20)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const record = 10 // the one that is damaged
	at := len(good) / 20 * record
	at += bytes.Index(good[at:], []byte(magic)) - 1
	change := func(f func(b []byte) []byte) []byte { return f(slices.Clone(good)) }
	for name, test := range map[string]struct {
		file          []byte
		sent, dropped int64
	}{
		"nothing":     {good, 200, 0},
		"a batch":     {change(func(b []byte) []byte { b[at+headSize+5] ^= 1; return b }), 190, 10},
		"a length":    {change(func(b []byte) []byte { b[at+4] ^= 1; return b }), 190, 0},
		"a magic":     {change(func(b []byte) []byte { b[at+1] ^= 1; return b }), 190, 0},
		"a hole":      {change(func(b []byte) []byte { clear(b[at : at+100]); return b }), 190, 0},
		"its end":     {good[:len(good)-1], 190, 0},
		"its start":   {good[1:], 190, 0},
		"more before": {append(bytes.Repeat([]byte(magic), 100_000), good...), 200, 0},
		"more behind": {append(slices.Clone(good), bytes.Repeat([]byte("w"), 100_000)...), 200, 0},
		"all":         {bytes.Repeat([]byte{'w', 's', 'p', 1}, 50_000), 0, 0},
		"empty":       {nil, 0, 0},
	} {
		if err := os.WriteFile(file, test.file, 0o600); err != nil {
			t.Fatal(err)
		}
		p := newPeers()
		s := p.store(t, Config{Spool: dir})
		b := await(t, s)
		if b.Sent != test.sent || int64(p.count()) != test.sent || b.Dropped[ReasonDamaged] != test.dropped || b.Replayed != test.sent+test.dropped {
			t.Errorf("%s: %+v", name, b)
		}
		if whole := name == "nothing" || name == "empty"; (b.Damaged == 0) != whole {
			t.Errorf("%s: %d damaged", name, b.Damaged)
		}
		closed(t, s, false)
		if left := files(t, dir); len(left) != 0 {
			t.Errorf("%s: left are %v", name, left)
		}
	}
}

// FuzzSpool: whatever is in a file, it is read to its end, and the books balance.
func FuzzSpool(f *testing.F) {
	_, file := filled(f, 3)
	good, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(append([]byte(magic), good...))
	f.Add(appendRecord(nil, 1<<31-1, nil))
	f.Add(appendRecord(nil, 10, make([]byte, 10)))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "7"+extension), b, 0o600); err != nil {
			t.Fatal(err)
		}
		l := newLedger()
		s, err := openSpool(dir, LeastSpoolBytes, l, quiet)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if s.take(ctx) != nil {
			t.Fatal("taken though nobody waits")
		}
		var sent int64
		for {
			s.mu.Lock()
			it := s.next()
			s.mu.Unlock()
			if it == nil {
				break
			}
			sent += int64(it.batch.Spans)
			l.sent(it.batch.Spans, 0)
			s.done(it)
		}
		books := l.read()
		if books.Waiting != 0 || books.Balance() != 0 || books.Sent != sent || books.Replayed > int64(len(b)) {
			t.Errorf("%d sent: %+v", sent, books)
		}
		if left := files(t, dir); len(left) != 0 {
			t.Errorf("left are %v", left)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

// TestSearchHead: damage may end anywhere, also where a window of it does.
func TestSearchHead(t *testing.T) {
	record := appendRecord(nil, 1, []byte("span"))
	for _, n := range []int{1, 2, headSize, searchBytes - headSize - 1, searchBytes - headSize, searchBytes - headSize + 1, searchBytes - 1, searchBytes, 2 * searchBytes} {
		b := append(make([]byte, n), record...)
		h, at, ok, err := nextHead(bytes.NewReader(b), 0, int64(len(b)))
		if err != nil || !ok || at != int64(n) || h.spans != 1 || h.length != 4 {
			t.Errorf("behind %d bytes: %+v at %d, %v, %v", n, h, at, ok, err)
		}
	}
	if _, _, _, err := nextHead(bytes.NewReader(nil), 0, 100); err != io.EOF {
		t.Errorf("a file that has become shorter: %v", err)
	}
}

// Files that wait for their turn are not open: there can be more of them than a
// process may open.
func TestSpoolFilesClosed(t *testing.T) {
	s, err := openSpool(t.TempDir(), 1<<30, newLedger(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.close() }()
	batch := send.Batch{OTLP: make([]byte, segmentBytes), Spans: 1}
	for range 5 {
		if err := s.put(t.Context(), []send.Batch{batch}); err != nil {
			t.Fatal(err)
		}
	}
	first := s.take(t.Context())
	open := 0
	for _, g := range s.segments {
		if g.file != nil {
			open++
		}
	}
	if len(s.segments) != 5 || open != 2 { // what is read, and what is written
		t.Errorf("%d of %d files are open", open, len(s.segments))
	}
	for range 4 {
		s.done(first)
		first = s.take(t.Context())
	}
	s.done(first)
	if b := s.ledger.read(); b.Damaged != 0 {
		t.Errorf("%+v", b)
	}
}
