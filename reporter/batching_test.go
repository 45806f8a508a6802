// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// never is a flush interval that no test waits for.
const never = time.Hour

func TestNewBatchingRefuses(t *testing.T) {
	for _, tc := range []struct {
		name string
		t    transport.Transport
		o    BatchingOptions
		want string
	}{
		{"no transport", nil, BatchingOptions{}, "transport is nil"},
		{"unknown format", &fake{format: 99}, BatchingOptions{}, "Format(99)"},
		{"interval", newFake(1000), BatchingOptions{FlushInterval: -time.Second}, "FlushInterval -1s"},
		{"bytes", newFake(1000), BatchingOptions{QueueBytes: -1}, "QueueBytes -1"},
		{"spans", newFake(1000), BatchingOptions{QueueSpans: -2}, "QueueSpans -2"},
		{"shards", newFake(1000), BatchingOptions{Shards: -3}, "Shards -3"},
		{"shards", newFake(1000), BatchingOptions{Shards: 1025}, "Shards 1025 is not within"},
		{"budget", newFake(1000), BatchingOptions{RetryBudget: -time.Minute}, "RetryBudget -1m0s is negative"},
		{"budget without retries", newFake(1000), BatchingOptions{RetryBudget: time.Minute, NoRetry: true}, "RetryBudget 1m0s contradicts NoRetry"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := NewBatching(tc.t, tc.o)
			if r != nil || !errors.Is(err, ErrOption) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, %v; want an ErrOption that names %q", r, err, tc.want)
			}
		})
	}
}

func TestBatchingDelivers(t *testing.T) {
	for _, format := range []transport.Format{transport.JaegerCompact, transport.JaegerBinary} {
		t.Run(format.String(), func(t *testing.T) {
			f := newFake(65000)
			f.format = format
			r := newBatching(t, f, BatchingOptions{Name: "agent", FlushInterval: never})
			want := rpcSpan(7)
			r.Report(want)
			r.Report(nil)
			expectColumns(t, r, columns{Buffered: 1})
			if d := stats(r); d.Name != "agent" || d.Address != "fake:6831" || d.Format != format.String() || d.BufferedBytes == 0 {
				t.Errorf("Stats: %+v", d)
			}
			mustFlush(t, r)
			got := f.messages(t)
			if len(got) != 1 {
				t.Fatalf("%d batches, want 1", len(got))
			}
			b := got[0].Batch
			if got[0].SeqID != 1 || !b.HasSeqNo || b.SeqNo != 1 || b.Stats == nil || *b.Stats != (wire.ClientStats{}) {
				t.Errorf("envelope: seqID %d, batch %d, stats %+v", got[0].SeqID, b.SeqNo, b.Stats)
			}
			if !reflect.DeepEqual(b.Process, testProcess) {
				t.Errorf("process: %+v", b.Process)
			}
			b.Spans[0].Process = want.Process
			if !reflect.DeepEqual(&b.Spans[0], want) {
				t.Errorf("span:\n%+v, want\n%+v", &b.Spans[0], want)
			}
			expectColumns(t, r, columns{Sent: 1})
			if d := stats(r); d.BufferedBytes != 0 {
				t.Errorf("%d bytes buffered by nothing", d.BufferedBytes)
			}
			mustClose(t, r)
			if f.closed != 1 {
				t.Errorf("transport closed %d times", f.closed)
			}
		})
	}
}

// The batch is exactly as large as allowed, or one more span would not fit.
func TestBatchingFillsDatagrams(t *testing.T) {
	for _, limit := range []int{300, 1400, 9000, 65000} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			f := newFake(limit)
			r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: true})
			const n = 3000
			for i := range uint64(n) {
				r.Report(rootSpan(i + 1))
			}
			mustClose(t, r)
			ids := f.ids(t)
			if len(ids) != n || !slices.IsSorted(ids) {
				t.Errorf("%d spans arrived in order %v, want %d", len(ids), slices.IsSorted(ids), n)
			}
			for i, b := range f.got[:len(f.got)-1] {
				slack := wire.MessageHeadMax + wire.MessageTailMax + 50 // one span, and what was kept for large numbers
				if len(b) > limit || len(b) < limit-slack {
					t.Errorf("batch %d has %d bytes, want at most %d and hardly less", i, len(b), limit)
				}
			}
			for i, m := range f.messages(t) {
				if m.Batch.SeqNo != int64(i+1) || m.SeqID != int32(i+1) {
					t.Errorf("batch %d has seqNo %d and seqID %d", i+1, m.Batch.SeqNo, m.SeqID)
				}
			}
			expectColumns(t, r, columns{Sent: n})
		})
	}
}

func TestBatchingSeveralProcesses(t *testing.T) {
	f := newFake(65000)
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 2, NoPacing: true})
	const processes = 2*maxProcesses + 1
	for round := range 2 {
		for p := range processes {
			s := rootSpan(uint64(round*processes + p + 1))
			s.Process = &model.Process{Service: fmt.Sprintf("s%d", p)}
			if p == 0 {
				s.Process = nil
			}
			r.Report(s)
		}
	}
	mustClose(t, r)
	seen := 0
	for _, m := range f.messages(t) {
		for i := range m.Batch.Spans {
			seen++
			p := (int(m.Batch.Spans[i].SpanID) - 1) % processes
			want := fmt.Sprintf("s%d", p)
			if p == 0 {
				want = ""
			}
			if m.Batch.Process.Service != want {
				t.Errorf("span %d came from %q, want %q", m.Batch.Spans[i].SpanID, m.Batch.Process.Service, want)
			}
		}
	}
	if seen != 2*processes {
		t.Errorf("%d spans arrived, want %d", seen, 2*processes)
	}
	if n := len(r.processes); n > maxProcesses {
		t.Errorf("%d processes remembered, want at most %d", n, maxProcesses)
	}
}

// Two processes by turns make a batch of each span: their buffers must be small.
func TestBatchingSmallBatchesHoldLittleMemory(t *testing.T) {
	release := make(chan struct{})
	f := newFake(65000)
	f.on = func(context.Context, []byte) error { <-release; return nil }
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: true})
	for i := range uint64(1000) {
		s := rootSpan(i + 1)
		s.Process = &model.Process{Service: "a"}
		r.Report(s)
	}
	if d := stats(r); d.BufferedSpans != 1000 || d.BufferedBytes > 1000*400+70_000 {
		t.Errorf("%d spans hold %d bytes", d.BufferedSpans, d.BufferedBytes)
	}
	close(release)
	mustClose(t, r)
	expectColumns(t, r, columns{Sent: 1000})
}

func TestBatchingQueueBounds(t *testing.T) {
	for _, tc := range []struct {
		name string
		o    BatchingOptions
		most uint64 // spans that may wait: with the sender, in the queue and in the shard
		mem  uint64
	}{
		// A batch of 9000 bytes takes at most 330 spans and 15 KiB of memory.
		{"spans", BatchingOptions{QueueSpans: 1000}, 1000 + 2*330, 1 << 20},
		{"two batches always", BatchingOptions{QueueSpans: 1}, 4 * 330, 1 << 20},
		{"bytes", BatchingOptions{QueueBytes: 100_000}, 100_000 / 30, 100_000 + 9000 + 3*spareRoom},
	} {
		t.Run(tc.name, func(t *testing.T) {
			release := make(chan struct{})
			f := newFake(9000)
			f.on = func(context.Context, []byte) error { <-release; return nil }
			tc.o.FlushInterval, tc.o.Shards, tc.o.NoPacing = never, 1, true
			r := newBatching(t, f, tc.o)
			const n = 20_000
			for i := range uint64(n) {
				r.Report(rootSpan(i + 1))
				if d := stats(r); d.BufferedSpans > tc.most || d.BufferedBytes > tc.mem {
					t.Fatalf("%d spans and %d bytes wait, want at most %d and %d", d.BufferedSpans, d.BufferedBytes, tc.most, tc.mem)
				}
			}
			d := stats(r)
			if d.BufferedSpans < 2*200 {
				t.Errorf("%d spans wait: less than two batches", d.BufferedSpans)
			}
			if d.Dropped[QueueFull]+d.BufferedSpans != n {
				t.Errorf("%d dropped + %d waiting, want %d", d.Dropped[QueueFull], d.BufferedSpans, n)
			}
			close(release)
			mustClose(t, r)
			expectColumns(t, r, columns{Sent: d.BufferedSpans, Dropped: dropped(QueueFull, n-d.BufferedSpans)})
			all := f.messages(t)
			if last := all[len(all)-1].Batch.Stats.FullQueueDroppedSpans; last != int64(d.Dropped[QueueFull]) {
				t.Errorf("the last batch says %d dropped, want %d", last, d.Dropped[QueueFull])
			}
		})
	}
}

// With more busy goroutines than processors the sender would wait for its turn,
// ten milliseconds each time, while the queue overflows.
func TestBatchingLetsTheSenderRun(t *testing.T) {
	if race.Enabled {
		t.Skip("under the race detector the queue is not outrun")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	r := newBatching(t, discard{}, BatchingOptions{FlushInterval: never, NoPacing: true, QueueBytes: 1 << 20})
	const n = uint64(300_000)
	s := rpcSpan(1)
	for range n {
		r.Report(s)
	}
	mustClose(t, r)
	if d := stats(r); d.Sent < n*9/10 || // without its turns it sends 4 %
		d.Sent+d.DroppedTotal() != n {
		t.Errorf("%d of %d spans were sent: %+v", d.Sent, n, d)
	}
}

func TestBatchingCloseTwiceAndAfter(t *testing.T) {
	f := newFake(65000)
	r := newBatching(t, f, BatchingOptions{FlushInterval: never})
	r.Report(rootSpan(1))
	var wait sync.WaitGroup
	for range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			mustClose(t, r)
		}()
	}
	wait.Wait()
	r.Report(rootSpan(2))
	mustFlush(t, r)
	mustClose(t, r)
	expectColumns(t, r, columns{Sent: 1, Dropped: dropped(Closed, 1)})
	if f.closed != 1 {
		t.Errorf("transport closed %d times", f.closed)
	}
}

func TestBatchingCloseWithEndedContext(t *testing.T) {
	f := newFake(65000)
	r := newBatching(t, f, BatchingOptions{FlushInterval: never})
	for range 3 {
		r.Report(rootSpan(1))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Close(ctx); !errors.Is(err, context.Canceled) || !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "at close of agent: 3 closed") {
		t.Errorf("Close: %v", err)
	}
	expectColumns(t, r, columns{Dropped: dropped(Closed, 3)})
	if len(f.got) != 0 {
		t.Errorf("%d batches were sent", len(f.got))
	}
}

func TestBatchingConcurrentFlushesConcurrentSafe(t *testing.T) {
	f := newFake(2000)
	r := newBatching(t, f, BatchingOptions{NoPacing: true})
	var wait sync.WaitGroup
	for g := range uint64(8) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range uint64(50) {
				id := g*1000 + i + 1
				r.Report(rootSpan(id))
				mustFlush(t, r)
				if i%10 == 0 && !slices.Contains(f.ids(t), model.SpanID(id)) {
					t.Errorf("span %d was not sent when Flush returned", id)
				}
			}
		}()
	}
	wait.Wait()
	mustClose(t, r)
	expectColumns(t, r, columns{Sent: 400})
}

func TestReasonString(t *testing.T) {
	want := []string{"queue_full", "too_large", "send_error", "rejected", "retry_exhausted", "closed", "Reason(6)"}
	for i, w := range want {
		if got := Reason(i).String(); got != w {
			t.Errorf("Reason(%d) is %q, want %q", i, got, w)
		}
	}
	d := DestinationStats{Dropped: Drops{1, 2, 3, 4, 5, 6}}
	if got := d.DroppedTotal(); got != 21 {
		t.Errorf("DroppedTotal %d, want 21", got)
	}
	b, err := json.Marshal(d)
	if dropped := `"Dropped":{"queue_full":1,"too_large":2,"send_error":3,"rejected":4,"retry_exhausted":5,"closed":6}`; err != nil || !strings.Contains(string(b), dropped) {
		t.Errorf("%s, %v, want %s", b, err, dropped)
	}
	var back DestinationStats
	if err := json.Unmarshal(b, &back); err != nil || back != d {
		t.Errorf("%s is read as %+v, %v", b, back, err)
	}
	if err := json.Unmarshal([]byte(`{"Dropped":{"closed":"x"}}`), &back); err == nil {
		t.Error("a text is read as a number")
	}
}
