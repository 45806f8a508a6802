// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// retentionBytes is the size of stores in tests of retention.
const retentionBytes = 4 << 20

// fill writes spans that do not compress, two in each trace from the number
// first on, until the store has removed some often, and returns how many it
// wrote. It calls each after each write.
func (t *T) fill(s store.Store, first uint64, each func(store.Status)) (spans int64) {
	t.Helper()
	random := rand.NewChaCha8([32]byte{})
	text := make([]byte, 1000)
	for written := 0; written < 3*retentionBytes; {
		b := newBatch()
		for range 250 {
			for range 2 {
				span := b.span(first, "fill", "op", 0, day.Add(time.Duration(first)*time.Second))
				_, _ = random.Read(text) // never fails
				span.Attributes().PutEmptyBytes("random").FromRaw(text)
				written += len(text)
				spans++
			}
			first++
		}
		t.write(s, b.Traces)
		status, err := s.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		each(status)
	}
	return spans
}

// testRetention: the oldest go when the store is full, whoever reads meanwhile;
// what is archived stays.
func testRetention(t *T) {
	s := t.openConfig(Config{Dir: t.TempDir(), MaxBytes: retentionBytes})
	if s.Caps().Shared {
		t.Skip("the engine's server removes what is old")
	}
	kept := newBatch()
	if a, ok := s.(store.Archiver); ok {
		kept.span(1<<50, "kept", "op", 0, day.Add(-time.Hour)).Attributes().PutStr("k", "kept")
		kept.span(1<<50, "kept", "op", 0, day.Add(-time.Hour))
		t.write(s, kept.Traces) // once as any trace
		if err := a.Archive(t.Context(), kept.Traces); err != nil {
			t.Fatalf("archive: %v", err)
		}
	}

	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := readNewest(t.Context(), s); err != nil {
					t.Errorf("reader: %v", err)
				}
			}
		})
	}
	var largest int64
	written := t.fill(s, 1, func(st store.Status) { largest = max(largest, st.Bytes) })
	close(done)
	readers.Wait()

	status, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if status.Evicted == 0 || status.Spans+status.Evicted != written+int64(kept.SpanCount()) {
		t.Errorf("%d spans and %d evicted of %d: %+v", status.Spans, status.Evicted, written, status)
	}
	if largest > retentionBytes*5/4 || status.Bytes < retentionBytes/2 {
		t.Errorf("%d bytes of at most %d, and %d at the end", largest, retentionBytes, status.Bytes)
	}
	if status.MaxBytes != retentionBytes || !status.Oldest.After(day.Add(time.Second)) {
		t.Errorf("status %+v", status)
	}
	if _, err := s.Trace(t.Context(), traceID(1), trace.Window{}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the oldest trace: %v", err)
	}
	if td, err := s.Trace(t.Context(), traceID(uint64(written/2)), trace.Window{}); err != nil || td.SpanCount() != 2 {
		t.Errorf("the newest trace: %d spans, %v", td.SpanCount(), err)
	}
	if kept.SpanCount() > 0 {
		t.holds(s, kept.Traces)
		page, err := s.Search(t.Context(), t.parse("k=kept"))
		if err != nil || len(page.Traces) != 1 || page.Traces[0].Spans != 2 {
			t.Errorf("the archived trace: %+v, %v", page, err)
		}
	}
}

// readNewest searches, and reads what it finds.
func readNewest(ctx context.Context, s store.Store) error {
	page, err := s.Search(ctx, trace.Query{Limit: 20})
	if err != nil {
		return err
	}
	for _, sum := range page.Traces {
		td, err := s.Trace(ctx, sum.TraceID, trace.Window{})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil && (td.SpanCount() == 0 || td.SpanCount() > 2) {
			return errors.New("a trace of no spans, or too many")
		}
	}
	return nil
}

// testArchive: archived spans are found like others, once.
func testArchive(t *T) {
	s := t.open()
	a, ok := s.(store.Archiver)
	if !ok {
		t.Fatal("no Archiver")
	}
	g := t.newGenerator(9)
	n := naive{}
	var batches []ptrace.Traces
	for range 3 {
		b := newBatch()
		b.spans = uint64(g.starts)
		g.traces(b, 0, 20, 40)
		batches = append(batches, b.Traces)
		n.add(t.kept(b.Traces))
	}
	archive := func(td ptrace.Traces) {
		if err := a.Archive(t.Context(), td); err != nil {
			t.Fatalf("archive: %v", err)
		}
	}
	t.write(s, batches[0])
	archive(batches[0])
	archive(batches[0])
	archive(batches[1])
	t.write(s, batches[1])
	archive(batches[2])
	for _, text := range []string{"", "service:shop", "status:error", `"red"`, "size", "{service:shop} {service:db}"} {
		t.finds(s, n, t.parse(text))
	}
	t.counts(s, 120, len(n))
	status, err := s.Status(t.Context())
	if err != nil || !status.Oldest.IsZero() && status.Oldest.Before(day) {
		t.Errorf("status %+v, %v", status, err)
	}
	if s.Caps().StoredLinks {
		return
	}
	if links, err := s.Links(t.Context(), trace.Window{}); err != nil || len(links) != len(n.links(trace.Window{})) {
		t.Errorf("links %v, %v", links, err)
	}
}

// testPurge: afterwards nothing is there, and the store goes on.
func testPurge(t *T) {
	s := t.open()
	p, ok := s.(store.Purger)
	if !ok {
		t.Fatal("no Purger")
	}
	b := newBatch()
	b.span(1, "purge", "op", 0, day).Attributes().PutStr("k", "v")
	b.span(1, "purge2", "op", 1, day)
	for range 2 {
		t.write(s, b.Traces)
		if a, ok := s.(store.Archiver); ok {
			if err := a.Archive(t.Context(), b.Traces); err != nil {
				t.Fatal(err)
			}
		}
		t.holds(s, b.Traces)
		if err := p.Purge(t.Context()); err != nil {
			t.Fatalf("purge: %v", err)
		}
		if _, err := s.Trace(t.Context(), traceID(1), trace.Window{}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a trace after Purge: %v", err)
		}
		page, err := s.Search(t.Context(), t.parse(""))
		services, _ := s.Services(t.Context())
		keys, _ := s.Keys(t.Context(), "", 10)
		links, _ := s.Links(t.Context(), trace.Window{})
		status, _ := s.Status(t.Context())
		if err != nil || len(page.Traces)+len(services)+len(keys)+len(links) > 0 || status.Spans != 0 || status.Traces != 0 {
			t.Errorf("after Purge: %+v, %v, services %q, keys %q, links %v, %+v", page, err, services, keys, links, status)
		}
	}
}
