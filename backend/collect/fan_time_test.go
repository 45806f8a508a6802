// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/trace"
)

// raw is a fake that is a store.EncodedWriter, too.
type raw struct {
	*fake
	encoded []trace.Encoded
}

func (r *raw) WriteEncoded(_ context.Context, spans []trace.Encoded) error {
	r.encoded = append(r.encoded, spans...)
	return nil
}

// kept is a fake that keeps what it is given.
func kept(to ptrace.Traces) *fake {
	return &fake{write: func(_ context.Context, td ptrace.Traces) error {
		copied := ptrace.NewTraces()
		td.CopyTo(copied)
		copied.ResourceSpans().MoveAndAppendTo(to.ResourceSpans())
		return nil
	}}
}

// TestFan: all stores are given the same, and what one changes is not in the others.
func TestFan(t *testing.T) {
	first, second := ptrace.NewTraces(), ptrace.NewTraces()
	reg := prometheus.NewRegistry()
	label := func(name string) prometheus.Registerer {
		return prometheus.WrapRegistererWith(prometheus.Labels{"store": name}, reg)
	}
	a := collect.New(collect.Config{Tags: map[string]string{"zone": "eu"}}, kept(first), label("a"), quiet)
	b := collect.New(collect.Config{}, kept(second), label("b"), quiet)
	f := collect.NewFan(a, b)
	td := traces(3)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetTraceID([16]byte{})
	if refused, err := f.Take(t.Context(), td, udp); err != nil || len(refused) != 1 || refused[0].Count != 1 {
		t.Fatalf("refused %v, %v", refused, err)
	}
	for _, c := range []*collect.Collector{a, b} {
		if err := c.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if books := c.Books(); books.Balance() != 0 || books.Received != 3 || books.Stored != 2 || books.Refused[trace.ReasonTraceID] != 1 {
			t.Errorf("%+v", books)
		}
	}
	_, x := first.ResourceSpans().At(0).Resource().Attributes().Get("zone")
	_, y := second.ResourceSpans().At(0).Resource().Attributes().Get("zone")
	if !x || y || second.SpanCount() != 2 {
		t.Errorf("tag in the first %v, in the second %v, which has %d spans", x, y, second.SpanCount())
	}
	if families, err := reg.Gather(); err != nil || len(families) == 0 {
		t.Error(err)
	}
}

// TestFanFull: the sender hears of the first only, and the others' losses are theirs.
func TestFanFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stalled := make(chan struct{})
		var all []*collect.Collector
		full := func() *collect.Collector {
			return collect.New(collect.Config{QueueSpans: 3}, &fake{write: func(context.Context, ptrace.Traces) error { <-stalled; return nil }}, nil, quiet)
		}
		for _, firstIsFull := range []bool{false, true} {
			bad, good := full(), collect.New(collect.Config{}, new(fake), nil, quiet)
			all = append(all, bad, good)
			f := collect.NewFan(good, bad)
			if firstIsFull {
				f = collect.NewFan(bad, good)
			}
			taken := 0
			for range 5 {
				_, err := f.Take(t.Context(), traces(3), udp)
				if err == nil {
					taken += 3
				} else if !errors.Is(err, trace.ErrBusy) {
					t.Error(err)
				}
			}
			synctest.Wait()
			want := map[bool]int{false: 15, true: 3}[firstIsFull]
			x, y := good.Books(), bad.Books()
			if taken != want || x.Received != int64(want) || y.Received != 15 || y.Refused[trace.ReasonQueueFull] != 12 || x.Balance()+y.Balance() != 0 {
				t.Errorf("%d taken; %+v; %+v", taken, x, y)
			}
		}
		close(stalled)
		for _, c := range all {
			if err := c.Close(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestFanEncoded: a store that takes spans only decoded is given them so.
func TestFanEncoded(t *testing.T) {
	first := &raw{fake: new(fake)}
	second := ptrace.NewTraces()
	a, b := collect.New(collect.Config{}, first, nil, quiet), collect.New(collect.Config{}, kept(second), nil, quiet)
	f := collect.NewFan(a, b)
	td := traces(2)
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("service.name", "shop")
	spans, err := trace.Encode(td)
	if err != nil {
		t.Fatal(err)
	}
	if taken, err := f.TakeEncoded(t.Context(), spans, udp); !taken || err != nil {
		t.Fatalf("taken %v, %v", taken, err)
	}
	if taken, err := collect.NewFan(b, a).TakeEncoded(t.Context(), spans, udp); taken || err != nil {
		t.Errorf("taken %v, %v", taken, err)
	}
	for _, c := range []*collect.Collector{a, b} {
		if err := c.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if len(first.encoded) != 2 || second.SpanCount() != 2 {
		t.Errorf("%d and %d spans", len(first.encoded), second.SpanCount())
	}
}
