// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// sink keeps what it is given.
type sink struct {
	mu       sync.Mutex
	changed  chan struct{} // closed at the next change
	taken    []ptrace.Traces
	encoded  []trace.Encoded
	from     map[trace.Origin]int
	spans    int
	refused  map[trace.Reason]int
	unread   map[trace.Reason]int
	reserved int64

	budget int64 // 0 is none
	busy   bool
	raw    bool            // it takes encoded spans
	refuse []trace.Refused // what Take answers
}

func newSink() *sink {
	return &sink{changed: make(chan struct{}), from: map[trace.Origin]int{}, refused: map[trace.Reason]int{}, unread: map[trace.Reason]int{}}
}

func (s *sink) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *sink) Take(_ context.Context, td ptrace.Traces, from trace.Origin) (bad []trace.Refused, err error) {
	s.change(func() {
		if s.busy {
			err = fmt.Errorf("%w: full", trace.ErrBusy)
			return
		}
		s.taken = append(s.taken, td)
		s.spans += td.SpanCount()
		s.from[from] += td.SpanCount()
		bad = s.refuse
	})
	return bad, err
}

func (s *sink) TakeEncoded(_ context.Context, spans []trace.Encoded, from trace.Origin) (taken bool, err error) {
	if !s.raw {
		return false, nil
	}
	s.change(func() {
		if s.busy {
			err = fmt.Errorf("%w: full", trace.ErrBusy)
			return
		}
		taken = true
		s.encoded = append(s.encoded, spans...)
		s.spans += len(spans)
		s.from[from] += len(spans)
	})
	return taken, err
}

func (s *sink) Refuse(_ trace.Origin, reason trace.Reason, n int) {
	s.change(func() { s.refused[reason] += n })
}

func (s *sink) Unread(_ trace.Origin, reason trace.Reason, n int) {
	s.change(func() { s.unread[reason] += n })
}

func (s *sink) Reserve(n int64) (release func(), ok bool) {
	s.change(func() {
		if ok = s.budget == 0 || s.reserved+n <= s.budget; ok {
			s.reserved += n
		}
	})
	return func() { s.change(func() { s.reserved -= n }) }, ok
}

// wait returns when f holds.
func (s *sink) wait(t *testing.T, what string, f func() bool) {
	t.Helper()
	patience := time.After(20 * time.Second)
	for {
		s.mu.Lock()
		ok, changed := f(), s.changed
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-patience:
			t.Fatalf("no %s: %+v", what, s)
		}
	}
}

// check fails the test unless the counts are these and all room is given back.
func (s *sink) check(t *testing.T, spans int, refused, unread map[trace.Reason]int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spans != spans || fmt.Sprint(s.refused) != fmt.Sprint(refused) || fmt.Sprint(s.unread) != fmt.Sprint(unread) || s.reserved != 0 {
		t.Errorf("%d spans, refused %v, unread %v, reserved %d; want %d, %v, %v, 0", s.spans, s.refused, s.unread, s.reserved, spans, refused, unread)
	}
}

// reasons is what most tests expect of a count.
type reasons = map[trace.Reason]int

// serve runs a server for the length of the test.
func serve(t *testing.T, s interface {
	Serve() error
	Close(context.Context) error
},
) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := errors.Join(s.Close(ctx), <-done); err != nil {
			t.Error(err)
		}
	})
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var quiet = slog.New(slog.DiscardHandler)

// someTraces returns n spans of one service.
func someTraces(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		s := spans.AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: 1})
		s.SetSpanID(pcommon.SpanID{6: byte(i >> 8), 7: byte(i), 0: 1})
		s.SetName("GET")
		s.SetStartTimestamp(1)
		s.SetEndTimestamp(2)
	}
	return td
}

// metric returns the sum of a metric's values.
func metric(t *testing.T, reg prometheus.Gatherer, name string) (sum float64) {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

// list describes attributes.
func list(m pcommon.Map) (out []string) {
	for k, v := range m.All() {
		out = append(out, k+"="+v.AsString())
	}
	return out
}
