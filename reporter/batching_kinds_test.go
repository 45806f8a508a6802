// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

func TestBatchingErrorKinds(t *testing.T) {
	cause := errors.New("no")
	for _, tc := range []struct {
		name string
		err  error
		want columns
		text string
	}{
		{"none", nil, columns{Sent: 5}, ""},
		{"typed nil", (*transport.Error)(nil), columns{Sent: 5}, ""},
		{"accepted", &transport.Error{Kind: transport.Accepted}, columns{Sent: 5}, ""},
		{"permanent", &transport.Error{Kind: transport.Permanent, Err: cause}, columns{Dropped: dropped(SendError, 5)}, "transport: permanent: no"},
		{"retryable", &transport.Error{Kind: transport.Retryable, Err: cause}, columns{Dropped: dropped(SendError, 5)}, "transport: retryable: no"},
		{"foreign", cause, columns{Dropped: dropped(SendError, 5)}, "transport: retryable: no"},
		{"wrapped", fmt.Errorf("x: %w", &transport.Error{Kind: transport.Unconfirmed}), columns{Unconfirmed: 5}, "transport: unconfirmed"},
		{"retryable, unanswered", &transport.Error{Kind: transport.Retryable, Written: true}, columns{Unconfirmed: 5}, "transport: retryable"},
		{"refused", &transport.Error{Kind: transport.Refused, Err: cause}, columns{Dropped: dropped(Rejected, 5)}, "transport: refused: no"},
		{"unknown kind", &transport.Error{Kind: 77}, columns{Dropped: dropped(SendError, 5)}, "transport: Kind(77)"},
		{"partial", &transport.Error{Kind: transport.Partial, Rejected: 2}, columns{Sent: 3, Dropped: dropped(Rejected, 2)}, "transport: partial"},
		{"partial, too many", &transport.Error{Kind: transport.Partial, Rejected: 9}, columns{Dropped: dropped(Rejected, 5)}, "transport: partial"},
		{"partial, negative", &transport.Error{Kind: transport.Partial, Rejected: -9}, columns{Sent: 5}, "transport: partial"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFake(65000)
			f.on = func(context.Context, []byte) error { return tc.err }
			r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoRetry: true})
			for i := range uint64(5) {
				r.Report(rootSpan(i + 1))
			}
			mustFlush(t, r)
			expectColumns(t, r, tc.want)
			if d := stats(r); d.LastError != tc.text || d.LastErrorTime.IsZero() != (tc.text == "") {
				t.Errorf("LastError %q at %v, want %q", d.LastError, d.LastErrorTime, tc.text)
			}
			f.on = nil // the sender rests
			r.Report(rootSpan(6))
			mustClose(t, r)
			all := f.messages(t)
			failed := int64(tc.want.Dropped[SendError] + tc.want.Dropped[Rejected])
			if got := *all[1].Batch.Stats; got != (wire.ClientStats{FailedToEmitSpans: failed}) {
				t.Errorf("the next batch says %+v, want %d failed", got, failed)
			}
		})
	}
}

// jaeger-client-go loses a whole batch when a datagram exceeds what a path takes.
func TestBatchingSplitsWhatIsTooLarge(t *testing.T) {
	for _, tc := range []struct {
		name   string
		lowers bool
		path   int
		want   columns
	}{
		{"limit lowered", true, 1000, columns{Sent: 200}},
		{"limit not lowered", false, 1000, columns{Sent: 200}},
		{"nothing fits", true, 50, columns{Dropped: dropped(TooLarge, 200)}},
		{"nothing fits, limit not lowered", false, 50, columns{Dropped: dropped(TooLarge, 200)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFake(65000)
			var passed int
			f.on = func(_ context.Context, b []byte) error {
				if len(b) > f.MaxBatch() {
					t.Errorf("%d bytes sent, limit %d", len(b), f.MaxBatch())
				}
				if len(b) <= tc.path {
					passed++
					return nil
				}
				if tc.lowers {
					f.max.Store(int64(max(len(b)/2, tc.path)))
				}
				return &transport.Error{Kind: transport.TooLarge}
			}
			r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: true})
			for i := range uint64(200) {
				r.Report(rootSpan(i + 1))
			}
			if tc.want.Sent > 0 {
				mustClose(t, r)
			} else {
				mustLose(t, r, "200 too_large")
			}
			expectColumns(t, r, tc.want)
			for _, b := range r.store.free {
				if c := cap(b.buf); c > f.MaxBatch()+spareRoom {
					t.Errorf("a buffer of %d bytes is kept for batches of %d", c, f.MaxBatch())
				}
			}
			if n := len(f.got); tc.want.Sent > 0 && n > 20 {
				t.Errorf("%d attempts and %d datagrams of up to %d bytes for 200 spans", n, passed, tc.path)
			}
		})
	}
}

// A span that became too large between its encoding and its sending is dropped
// alone; the next one of its size is trimmed.
func TestBatchingSingleSpanTooLarge(t *testing.T) {
	f := newFake(65000)
	f.on = func(_ context.Context, b []byte) error {
		if len(b) > 2000 {
			f.max.Store(2000)
			return &transport.Error{Kind: transport.TooLarge}
		}
		return nil
	}
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: true})
	r.Report(rootSpan(1))
	r.Report(textSpan(2, 5000))
	r.Report(rootSpan(3))
	mustFlush(t, r)
	expectColumns(t, r, columns{Sent: 2, Dropped: dropped(TooLarge, 1)})
	r.Report(rootSpan(4))
	r.Report(textSpan(5, 5000))
	r.Report(rootSpan(6))
	mustClose(t, r)
	expectColumns(t, r, columns{Sent: 5, Dropped: dropped(TooLarge, 1)})
	all := f.messages(t)
	for _, m := range all[len(all)-2:] {
		if got := m.Batch.Stats.TooLargeDroppedSpans; got != 1 {
			t.Errorf("batch %d says %d too large, want 1", m.Batch.SeqNo, got)
		}
	}
}

func TestBatchingConfirms(t *testing.T) {
	lost := &transport.Error{PreviousLost: true, Err: errors.New("refused")}
	var answer error
	d := &confirming{newFake(65000), func() error { return answer }}
	r := newBatching(t, d, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: true, NoRetry: true})

	send := func(n int) { // without asking, as a full batch is
		for range n {
			r.Report(rootSpan(1))
		}
		r.drainForTest()
	}
	send(2)
	expectColumns(t, r, columns{Buffered: 2})
	send(3) // accepted too, and nothing was said of the 2
	expectColumns(t, r, columns{Sent: 2, Buffered: 3})
	d.on = func(context.Context, []byte) error { return lost } // of the 3; the 4 are accepted
	send(4)
	expectColumns(t, r, columns{Sent: 2, Buffered: 4, Dropped: dropped(SendError, 3)})
	d.on = func(context.Context, []byte) error {
		return &transport.Error{Kind: transport.Permanent, PreviousLost: true}
	}
	send(5) // neither the 4 nor the 5
	expectColumns(t, r, columns{Sent: 2, Dropped: dropped(SendError, 3+4+5)})
	d.on = nil
	send(6)
	d.on = func(context.Context, []byte) error { return &transport.Error{Kind: transport.Retryable} }
	send(7) // tells nothing of the 6
	expectColumns(t, r, columns{Sent: 2, Buffered: 6, Dropped: dropped(SendError, 3+4+5+7)})
	answer = lost
	mustFlush(t, r)
	expectColumns(t, r, columns{Sent: 2, Dropped: dropped(SendError, 3+4+5+7+6)})
	d.on = nil
	answer = nil
	send(8)
	expectColumns(t, r, columns{Sent: 2, Buffered: 8, Dropped: dropped(SendError, 25)})
	mustClose(t, r)
	expectColumns(t, r, columns{Sent: 10, Dropped: dropped(SendError, 25)})
}

// drainForTest sends what there is on the caller's goroutine, while the sender
// has nothing to do.
func (r *Batching) drainForTest() { r.drain() }

func TestBatchingSurvivesPanics(t *testing.T) {
	d := &confirming{newFake(65000), func() error { panic("confirm") }}
	r := newBatching(t, d, BatchingOptions{FlushInterval: never, Shards: 1})
	r.Report(rootSpan(1))
	mustFlush(t, r)
	expectColumns(t, r, columns{Dropped: dropped(SendError, 1)})
	if d := stats(r); !strings.Contains(d.LastError, "Confirm: panic: confirm") {
		t.Errorf("LastError %q", d.LastError)
	}
	d.on = func(context.Context, []byte) error { panic("send") }
	r.Report(rootSpan(2))
	r.Report(rootSpan(3))
	mustFlush(t, r)
	expectColumns(t, r, columns{Dropped: dropped(SendError, 3)})
	d.on, d.confirm = nil, func() error { return nil }
	r.Report(rootSpan(4))
	mustClose(t, r)
	expectColumns(t, r, columns{Sent: 1, Dropped: dropped(SendError, 3)})
}
