// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

// TestSequences is what becomes of five spans for each sequence of answers.
func TestSequences(t *testing.T) {
	cause := errors.New("no")
	var (
		fails      = &transport.Error{Kind: transport.Retryable, Err: cause}
		unanswered = &transport.Error{Kind: transport.Retryable, Written: true, Err: cause}
		tooLarge   = &transport.Error{Kind: transport.TooLarge, Err: cause}
		refused    = &transport.Error{Kind: transport.Refused, Err: cause}
		permanent  = &transport.Error{Kind: transport.Permanent, Err: cause}
		somebody   = &transport.Error{Kind: transport.Unconfirmed, Err: cause}
		partial    = &transport.Error{Kind: transport.Partial, Rejected: 2, Err: cause}
	)
	for _, tc := range []struct {
		name    string
		answers []*transport.Error // the last one is repeated for ever
		want    columns
		retries uint64 // until the last of answers
	}{
		{"accepted after all", []*transport.Error{fails, unanswered, fails, nil}, columns{Sent: 5}, 3},
		{"partial after all", []*transport.Error{unanswered, partial}, columns{Sent: 3, Dropped: dropped(Rejected, 2)}, 1},
		{"refused after all", []*transport.Error{unanswered, refused}, columns{Dropped: dropped(Rejected, 5)}, 1},
		{"failed for good", []*transport.Error{fails, permanent}, columns{Dropped: dropped(SendError, 5)}, 1},
		{"failed for good after all", []*transport.Error{unanswered, permanent}, columns{Unconfirmed: 5}, 1},
		{"unanswered, then always too large", []*transport.Error{unanswered, tooLarge}, columns{Unconfirmed: 5}, 1},
		{"somebody else answered", []*transport.Error{fails, somebody}, columns{Unconfirmed: 5}, 1},
		{"never", []*transport.Error{fails}, columns{Dropped: dropped(RetryExhausted, 5)}, 1},
		{"unanswered first", []*transport.Error{unanswered, fails}, columns{Unconfirmed: 5}, 1},
		{"unanswered later", []*transport.Error{fails, unanswered, fails}, columns{Unconfirmed: 5}, 1},
		{"unanswered, then too large", []*transport.Error{unanswered, tooLarge, fails}, columns{Unconfirmed: 5}, 1},
		{"too large, then accepted", []*transport.Error{fails, tooLarge, nil}, columns{Sent: 5}, 1},
		{"always too large", []*transport.Error{tooLarge}, columns{Dropped: dropped(TooLarge, 5)}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFake(65000)
			calls := 0
			f.on = func(context.Context, []byte) error {
				e := tc.answers[min(calls, len(tc.answers)-1)]
				calls++
				if e == nil {
					return nil
				}
				return e
			}
			r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, RetryBudget: 3 * time.Millisecond})
			r.backoff.first, r.backoff.most = 2, 200*time.Microsecond
			if tc.want.Sent > 0 || tc.want.Dropped[RetryExhausted]+tc.want.Unconfirmed == 0 {
				r.deadline.budget = time.Minute // it ends before
			}
			for i := range uint64(5) {
				r.Report(rootSpan(i + 1))
			}
			mustFlush(t, r)
			expectColumns(t, r, tc.want)
			if d := stats(r); d.Retries < tc.retries || d.LastError == "" {
				t.Errorf("%d retries, want %d; last error %q", d.Retries, tc.retries, d.LastError)
			}
			mustClose(t, r)
		})
	}
}

// The error of an attempt may tell of the batch before: that one is sent again when
// this one is through.
func TestPreviousLostDuringRetries(t *testing.T) {
	lost := &transport.Error{Kind: transport.Retryable, PreviousLost: true}
	d := &confirming{newFake(65000), func() error { return nil }}
	r := newBatching(t, d, BatchingOptions{FlushInterval: never, Shards: 1})
	r.backoff.first = 2
	r.Report(rootSpan(1))
	r.Report(rootSpan(2))
	r.drainForTest()
	expectColumns(t, r, columns{Buffered: 2})
	calls := 0
	d.on = func(context.Context, []byte) error {
		if calls++; calls == 1 {
			return lost
		}
		expectColumns(t, r, columns{Buffered: 3})
		return nil
	}
	r.Report(rootSpan(3))
	mustFlush(t, r)
	expectColumns(t, r, columns{Sent: 3})
	if ids := d.ids(t); !slices.Equal(ids, []model.SpanID{1, 2, 3, 3, 1, 2}) {
		t.Errorf("sent %v", ids)
	}
	mustClose(t, r)
}

// A large span with small neighbours: what fits alone arrives, whatever its share.
func TestNeighboursOfALargeSpan(t *testing.T) {
	f := newFake(65000)
	f.on = func(_ context.Context, b []byte) error {
		if len(b) > 5200 {
			return &transport.Error{Kind: transport.TooLarge} // and MaxBatch stays
		}
		return nil
	}
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: true})
	for i, size := range []int{10, 5000, 10, 6000, 10, 10, 5000} {
		r.Report(textSpan(uint64(i+1), size))
	}
	mustLose(t, r, "1 too_large")
	expectColumns(t, r, columns{Sent: 6, Dropped: dropped(TooLarge, 1)})
}

// Whatever is left when Close's context ends is in one of two columns.
func TestAbandonAfterSplit(t *testing.T) {
	f := newFake(65000)
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	f.on = func(context.Context, []byte) error {
		switch calls++; calls {
		case 1:
			return &transport.Error{Kind: transport.Retryable, Written: true}
		case 2:
			f.max.Store(400)
			return &transport.Error{Kind: transport.TooLarge}
		case 3:
			return nil
		default:
			cancel()
			return &transport.Error{Kind: transport.Retryable, Err: context.Canceled}
		}
	}
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: true})
	r.backoff.first, r.backoff.most = 2, time.Millisecond
	const n = 40
	for i := range uint64(n) {
		r.Report(rootSpan(i + 1))
	}
	if err := r.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Close: %v", err)
	}
	d := stats(r)
	if c := columnsOf(&d); c.Sent == 0 || c.Sent+c.Unconfirmed != n {
		t.Errorf("books: %+v", c)
	}
}

// A request holds spans of one kind: those that went unanswered before, or others.
func TestTaintedSpansStayApart(t *testing.T) {
	f := newFake(65000)
	tooLarge := &transport.Error{Kind: transport.TooLarge}
	answers := []error{
		tooLarge, // ten spans
		&transport.Error{Kind: transport.Retryable, Written: true}, tooLarge, // five
		nil, nil, // two each
		&transport.Error{Kind: transport.Permanent}, // the fifth, alone
	}
	calls := 0
	f.on = func(context.Context, []byte) error {
		if calls++; calls <= len(answers) {
			return answers[calls-1]
		}
		return nil
	}
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1})
	r.backoff.first = 2
	for i := range uint64(10) {
		r.Report(rootSpan(i + 1))
	}
	mustFlush(t, r)
	expectColumns(t, r, columns{Sent: 9, Unconfirmed: 1})
	mustClose(t, r)
}
