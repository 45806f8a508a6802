// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"cmp"
	"errors"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// open opens a new store, which is closed at the end of the test.
func (t *T) open() store.Store {
	t.Helper()
	return t.openConfig(Config{Dir: t.TempDir()})
}

func (t *T) openConfig(cfg Config) store.Store {
	t.Helper()
	s, err := t.engine.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func (t *T) write(s store.Store, td ptrace.Traces) {
	t.Helper()
	if err := s.Write(t.Context(), td); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// kept returns what the engine keeps of spans.
func (t *T) kept(td ptrace.Traces) ptrace.Traces {
	if t.engine.Keeps == nil {
		return td
	}
	return t.engine.Keeps(td)
}

// needs ends the test of a method that the engine does not have, when it says so as it
// must: missing is what Caps says, err what the method returned.
func (t *T) needs(missing bool, err error) {
	t.Helper()
	switch {
	case !missing:
	case errors.Is(err, errors.ErrUnsupported):
		t.Skip("the engine cannot do that, and says so")
	default:
		t.Fatalf("what the engine cannot do: error %v, want errors.ErrUnsupported", err)
	}
}

// counts tests how many spans and traces s says to hold. 0 traces are not compared.
func (t *T) counts(s store.Store, spans, traces int) {
	t.Helper()
	st, err := s.Status(t.Context())
	if err == nil && s.Caps().Uncounted {
		return
	}
	if err != nil || st.Spans != int64(spans) || traces > 0 && st.Traces != int64(traces) {
		t.Errorf("%d spans of %d traces, but status %+v, %v", spans, traces, st, err)
	}
}

// trace returns the stored spans of a trace.
func (t *T) trace(s store.Store, id pcommon.TraceID) ptrace.Traces {
	t.Helper()
	td, err := s.Trace(t.Context(), id, trace.Window{})
	if err != nil {
		t.Fatalf("trace %v: %v", id, err)
	}
	return td
}

// holds tests that s returns each trace of td as it is in td, as far as the engine
// keeps that. The order of its spans does not matter.
func (t *T) holds(s store.Store, td ptrace.Traces) {
	t.Helper()
	want := byTrace(t.kept(td))
	for id, spans := range want {
		if got := encode(t.trace(s, id)); !equal(got, spans) {
			t.Errorf("trace %v: stored %d spans, got %d that differ:\n%x\n%x", id, len(spans), len(got), spans, got)
		}
	}
}

// encode returns the spans of td in an order of their bytes.
func encode(td ptrace.Traces) []trace.Encoded {
	spans, err := trace.Encode(td)
	if err != nil {
		panic(err) // only for what is no protobuf, which it made itself
	}
	slices.SortFunc(spans, compare)
	return spans
}

// byTrace returns what encode does for each trace of td.
func byTrace(td ptrace.Traces) map[pcommon.TraceID][]trace.Encoded {
	spans, err := trace.Encode(td)
	if err != nil {
		panic(err)
	}
	m := map[pcommon.TraceID][]trace.Encoded{}
	i := 0
	for s := range trace.Spans(td) {
		m[s.TraceID()] = append(m[s.TraceID()], spans[i])
		i++
	}
	for _, spans := range m {
		slices.SortFunc(spans, compare)
	}
	return m
}

func compare(a, b trace.Encoded) int {
	return cmp.Or(bytes.Compare(a.Span, b.Span), bytes.Compare(a.Resource, b.Resource), bytes.Compare(a.Scope, b.Scope))
}

func equal(a, b []trace.Encoded) bool {
	return slices.EqualFunc(a, b, func(x, y trace.Encoded) bool { return compare(x, y) == 0 })
}
