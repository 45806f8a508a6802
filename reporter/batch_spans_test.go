// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// A batch of so many spans is sent at once, and never put together with another.
func TestBatchSpans(t *testing.T) {
	for _, tt := range []struct {
		most, spans int
		atOnce      []int // spans of the messages before Close
		rest        []int
	}{
		{1, 3, []int{1, 1, 1}, nil},
		{2, 5, []int{2, 2}, []int{1}},
		{3, 3, []int{3}, nil},
		{0, 3, nil, []int{3}},
	} {
		for _, limit := range []int{httpBatch, 65_000} {
			f := newHTTPFake()
			if limit < httpBatch {
				f = newFake(limit)
			}
			sent := make(chan struct{}, 10)
			f.on = func(context.Context, []byte) error { sent <- struct{}{}; return nil }
			r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, BatchSpans: tt.most, NoPacing: true})
			process := rpcSpan(1).Process
			for i := range uint64(tt.spans) {
				s := rpcSpan(i + 1)
				s.Process = process
				r.Report(s)
			}
			for range tt.atOnce {
				<-sent
			}
			mustClose(t, r)
			var got []int
			for _, m := range f.messages(t) {
				got = append(got, len(m.Batch.Spans))
			}
			if want := slices.Concat(tt.atOnce, tt.rest); !slices.Equal(got, want) {
				t.Errorf("%d spans, %d at most: batches of %v, want %v", tt.spans, tt.most, got, want)
			}
			expectColumns(t, r, columns{Sent: uint64(tt.spans)})
		}
	}
	if _, err := NewBatching(newFake(1000), BatchingOptions{BatchSpans: -1}); !errors.Is(err, ErrOption) {
		t.Errorf("-1: %v", err)
	}
}

// Shards have batches of their own, also when they are swept together.
func TestBatchSpansOfSeveralShards(t *testing.T) {
	f := newHTTPFake()
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 4, BatchSpans: 3})
	process := rpcSpan(1).Process
	for i := range uint64(20) {
		s := rpcSpan(i + 1)
		s.Process = process
		addTo(r.shards[i%4], r, s)
	}
	mustClose(t, r)
	for _, m := range f.messages(t) {
		if n := len(m.Batch.Spans); n > 3 {
			t.Errorf("a batch of %d spans", n)
		}
	}
	if n := distinct(t, f); n != 20 {
		t.Errorf("%d spans arrived", n)
	}
}
