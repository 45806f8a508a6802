// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

const httpBatch = 1_000_000 // the usual request

func newHTTPFake() *fake {
	f := newFake(httpBatch)
	f.format = transport.JaegerBatch
	return f
}

// distinct says how many different spans arrived, and fails when one did twice.
func distinct(t *testing.T, f *fake) int {
	t.Helper()
	ids := f.ids(t)
	slices.Sort(ids)
	n := len(slices.Compact(slices.Clone(ids)))
	if n != len(ids) {
		t.Errorf("%d spans arrived, %d different ones", len(ids), n)
	}
	return n
}

// Shards ship chunks; requests are as large as they may be all the same.
func TestRequestsAreFew(t *testing.T) {
	for _, shards := range []int{1, 8} {
		f := newHTTPFake()
		f.on = func(_ context.Context, b []byte) error {
			if len(b) > httpBatch {
				t.Errorf("request of %d bytes", len(b))
			}
			return nil
		}
		r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: shards})
		const n = 20_000
		bytes := 0
		for i := range uint64(n) {
			s := rpcSpan(i + 1)
			if i < 1000 {
				bytes += len(r.enc.span(nil, s))
			}
			addTo(r.shards[int(i)%shards], r, s)
		}
		mustClose(t, r)
		if got := distinct(t, f); got != n {
			t.Errorf("%d shards: %d spans arrived, want %d", shards, got, n)
		}
		expectColumns(t, r, columns{Sent: n})
		bytes *= n / 1000
		if most := bytes/(httpBatch-chunk) + 2; len(f.got) > most {
			t.Errorf("%d shards: %d requests for %d bytes, want %d at most", shards, len(f.got), bytes, most)
		}
		if b := r.store.memory; b != 0 {
			t.Errorf("%d bytes are booked for nothing", b)
		}
	}
}

// A request made of chunks is booked with the memory that it holds.
func TestGatheredMemoryIsBooked(t *testing.T) {
	f := newHTTPFake()
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 8})
	var booked uint64
	f.on = func(context.Context, []byte) error {
		booked = stats(r).BufferedBytes
		return nil
	}
	for i := range uint64(1600) { // 600,000 bytes
		addTo(r.shards[i%8], r, rpcSpan(i+1))
	}
	mustClose(t, r)
	if len(f.got) != 1 || booked < httpBatch || booked > httpBatch+httpBatch/16+spareRoom+20_000 {
		t.Errorf("%d requests, %d bytes booked for a buffer of %d", len(f.got), booked, httpBatch+spareRoom)
	}
}

// Many waiting batches of two processes: neighbours of one kind share a request.
func TestGatherKeepsProcessesApart(t *testing.T) {
	f := newHTTPFake()
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1})
	a, b := &model.Process{Service: "a"}, &model.Process{Service: "b"}
	id := uint64(0)
	for range 10 {
		for _, p := range []*model.Process{a, a, b} {
			for range 20 {
				id++
				s := rpcSpan(id)
				s.Process = p
				r.Report(s)
			}
		}
	}
	mustClose(t, r)
	for _, m := range f.messages(t) {
		for i := range m.Batch.Spans {
			want := "a"
			if (m.Batch.Spans[i].SpanID-1)/20%3 == 2 {
				want = "b"
			}
			if m.Batch.Process.Service != want {
				t.Fatalf("span %d came from %q", m.Batch.Spans[i].SpanID, m.Batch.Process.Service)
			}
		}
	}
	if got := distinct(t, f); got != int(id) || len(f.got) != 20 {
		t.Errorf("%d spans in %d requests, want %d in 20", got, len(f.got), id)
	}
}

// A span larger than a chunk goes alone to the queue, and whole; one larger than a
// request is trimmed.
func TestGiantSpans(t *testing.T) {
	f := newHTTPFake()
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1})
	sizes := []int{10, chunk - 300, chunk, 400_000, 400_000, 990_000, 1_100_000, 10}
	for i, n := range sizes {
		r.Report(textSpan(uint64(i+1), n))
		if b := r.shards[0].batch; b != nil && cap(b.buf) > chunk+spareRoom {
			t.Errorf("after a text of %d bytes a shard holds %d", n, cap(b.buf))
		}
	}
	mustClose(t, r)
	if got := distinct(t, f); got != len(sizes) {
		t.Errorf("%d spans arrived, want %d", got, len(sizes))
	}
	for _, m := range f.messages(t) {
		for i := range m.Batch.Spans {
			s := &m.Batch.Spans[i]
			want := sizes[s.SpanID-1]
			trimmed := len(s.Tags) == 2 && s.Tags[1].Key == "spur.trimmed"
			if got := len(s.Tags[0].Value.Str()); trimmed != (want > httpBatch) || !trimmed && got != want || got < min(want, 990_000) {
				t.Errorf("span %d arrived with a text of %d bytes (trimmed %v), was %d", s.SpanID, got, trimmed, want)
			}
		}
	}
	expectColumns(t, r, columns{Sent: uint64(len(sizes))})
}

// A collector that takes less than was thought: HTTP 413 halves MaxBatch.
func TestRequestTooLarge(t *testing.T) {
	for _, path := range []int{900_000, 100_000, 0} { // 0: not even what is left over
		f := newHTTPFake()
		attempts := 0
		f.on = func(_ context.Context, b []byte) error {
			attempts++
			switch {
			case len(b) <= path:
				return nil
			case len(b) <= 64<<10:
				return &transport.Error{Kind: transport.Refused}
			}
			f.max.Store(int64(min(f.MaxBatch(), max(len(b)/2, 64<<10))))
			return &transport.Error{Kind: transport.TooLarge}
		}
		r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 8})
		const n = 9000 // more than one request
		for i := range uint64(n) {
			addTo(r.shards[i%8], r, rpcSpan(i+1))
		}
		want := columns{Sent: n}
		if path > 0 {
			mustClose(t, r)
		} else {
			_ = r.Close(context.Background()) // what is rejected by then depends on who is quicker
			want = columns{Dropped: dropped(Rejected, n)}
		}
		expectColumns(t, r, want)
		if most := n*450/(64<<10) + 20; attempts > most {
			t.Errorf("path of %d bytes: %d attempts, want %d at most", path, attempts, most)
		}
	}
}

// The heap holds QueueBytes and 8 MiB at most, whatever is reported to a receiver
// that does not answer.
func TestMemoryIsBounded(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector has a heap of its own")
	}
	for _, tc := range []struct {
		name string
		span func(id uint64) *model.Span
		n    int
	}{
		{"usual spans", rpcSpan, 200_000},
		{"small spans", rootSpan, 600_000},
		{"giant spans", func(id uint64) *model.Span { return textSpan(id, 300_000) }, 500},
		{"mixed", func(id uint64) *model.Span {
			if id%500 == 0 {
				return textSpan(id, 700_000)
			}
			return rpcSpan(id)
		}, 100_000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			heap := func() int64 {
				runtime.GC()
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				return int64(m.HeapAlloc)
			}
			release := make(chan struct{})
			f := &held{release: release}
			before := heap()
			r := newBatching(t, f, BatchingOptions{Shards: 8})
			var wait sync.WaitGroup
			for g := range 4 {
				wait.Add(1)
				go func() {
					defer wait.Done()
					for i := g; i < tc.n; i += 4 {
						addTo(r.shards[i%8], r, tc.span(uint64(i+1)))
					}
				}()
			}
			wait.Wait()
			most := heap() - before
			if d := stats(r); d.Dropped[QueueFull] == 0 {
				t.Errorf("the queue is not full: %+v", columnsOf(&d))
			}
			if most > DefaultQueueBytes+8<<20 || most < DefaultQueueBytes/2 {
				t.Errorf("the heap grew by %d bytes, want at most %d", most, DefaultQueueBytes+8<<20)
			}
			t.Logf("%d bytes above QueueBytes", most-DefaultQueueBytes)
			close(release)
			mustFlush(t, r)
			if after := heap() - before; after > DefaultQueueBytes+8<<20 {
				t.Errorf("after the flush the heap holds %d bytes more than before", after)
			}
			mustClose(t, r)
			if d := stats(r); d.Sent+d.Dropped[QueueFull] != uint64(tc.n) {
				t.Errorf("books: %+v", columnsOf(&d))
			}
		})
	}
}

// held is a transport that accepts nothing before release is closed.
type held struct{ release chan struct{} }

func (h *held) Format() transport.Format { return transport.JaegerBatch }
func (h *held) MaxBatch() int            { return httpBatch }
func (h *held) Close() error             { return nil }

func (h *held) Send(context.Context, []byte) error {
	<-h.release
	return nil
}
