// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// sharedSpan is a span in words; start is also its name.
type sharedSpan struct {
	process    string // service, or service@host
	id, parent uint64
	kind       ptrace.SpanKind
	start      int
}

func sharedTrace(spans ...sharedSpan) ptrace.Traces {
	td := ptrace.NewTraces()
	for _, in := range spans {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", in.process[:1])
		rs.Resource().Attributes().PutStr("host.name", in.process[1:])
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: 1})
		s.SetSpanID(number(in.id))
		s.SetParentSpanID(number(in.parent))
		s.SetKind(in.kind)
		s.SetStartTimestamp(pcommon.Timestamp(in.start))
		s.SetName(fmt.Sprint(in.start))
	}
	return td
}

func number(n uint64) (id pcommon.SpanID) {
	binary.BigEndian.PutUint64(id[:], n)
	return id
}

func TestSplitShared(t *testing.T) {
	const client, server = ptrace.SpanKindClient, ptrace.SpanKindServer
	for name, c := range map[string]struct {
		spans []sharedSpan
		want  []string // id<parent
	}{
		"nothing shared": {
			[]sharedSpan{{"a", 5, 0, client, 0}, {"b", 6, 5, server, 1}},
			[]string{"5<0", "6<5"},
		},
		"client and server": {
			[]sharedSpan{{"a", 5, 0, server, 0}, {"a", 6, 5, client, 1}, {"b", 6, 5, server, 2}, {"b", 7, 6, 0, 3}},
			[]string{"5<0", "6<5", "1<6", "7<1"},
		},
		"the server comes first": {
			[]sharedSpan{{"b", 7, 6, 0, 3}, {"b", 6, 5, server, 2}, {"a", 6, 5, client, 9}},
			[]string{"7<1", "1<6", "6<5"},
		},
		"the root is shared": {
			[]sharedSpan{{"a", 6, 0, client, 0}, {"b", 6, 0, server, 1}},
			[]string{"6<0", "1<6"},
		},
		"children of both": {
			[]sharedSpan{{"a", 6, 0, client, 0}, {"b", 6, 0, server, 1}, {"a", 7, 6, 0, 2}, {"b", 8, 6, 0, 3}, {"c", 9, 6, 0, 4}},
			[]string{"6<0", "1<6", "7<6", "8<1", "9<1"},
		},
		"a service that calls itself": {
			[]sharedSpan{{"a@1", 6, 0, client, 0}, {"a@2", 6, 0, server, 1}, {"a@1", 7, 6, 0, 2}, {"a@2", 8, 6, 0, 3}, {"a@3", 9, 6, 0, 4}},
			[]string{"6<0", "1<6", "7<6", "8<1", "9<1"},
		},
		"a process that calls itself": {
			[]sharedSpan{{"a", 6, 0, client, 0}, {"a", 6, 0, server, 1}, {"a", 7, 6, 0, 2}},
			[]string{"6<0", "1<6", "7<1"},
		},
		"two servers": {
			[]sharedSpan{{"a", 6, 0, client, 0}, {"b", 6, 0, server, 1}, {"c", 6, 0, server, 2}, {"c", 7, 6, 0, 3}},
			[]string{"6<0", "1<6", "2<6", "7<2"},
		},
		"doubles stay doubles": {
			[]sharedSpan{{"a", 6, 0, client, 0}, {"b", 6, 0, server, 1}, {"b", 6, 0, server, 1}, {"a", 6, 0, client, 0}},
			[]string{"6<0", "1<6", "1<6", "6<0"},
		},
		"ids that are taken": {
			[]sharedSpan{{"a", 1, 0, client, 0}, {"b", 1, 0, server, 1}, {"b", 2, 1, 0, 2}},
			[]string{"1<0", "3<1", "2<3"},
		},
		"a chain": {
			[]sharedSpan{{"a", 6, 0, client, 0}, {"b", 6, 0, server, 1}, {"b", 7, 6, client, 2}, {"c", 7, 6, server, 3}, {"c", 8, 7, 0, 4}},
			[]string{"6<0", "1<6", "7<1", "2<7", "8<2"},
		},
		"no client": {
			[]sharedSpan{{"a", 6, 0, server, 0}, {"b", 6, 0, server, 1}, {"b", 7, 6, 0, 2}},
			[]string{"6<0", "6<0", "7<6"},
		},
	} {
		td := sharedTrace(c.spans...)
		trace.SplitShared(td)
		var got []string
		for s := range trace.Spans(td) {
			id, parent := s.SpanID(), s.ParentSpanID()
			got = append(got, fmt.Sprintf("%d<%d", binary.BigEndian.Uint64(id[:]), binary.BigEndian.Uint64(parent[:])))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestSplitMany: many spans of one id take no square of time.
func TestSplitMany(t *testing.T) {
	n := 50_000
	if testing.Short() {
		n = 10_000
	}
	spans := []sharedSpan{{"a", 6, 0, ptrace.SpanKindClient, 0}}
	for i := range n {
		spans = append(spans, sharedSpan{"b", 6, 0, ptrace.SpanKindServer, i}, sharedSpan{"a" + fmt.Sprint(i), uint64(i) + 1_000_000, 6, 0, i})
	}
	td := sharedTrace(spans...)
	begin := time.Now()
	trace.SplitShared(td)
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestSplitNothing: a trace in which no client calls a server here takes no memory.
func TestSplitNothing(t *testing.T) {
	var spans []sharedSpan
	for i := range 1000 {
		spans = append(spans, sharedSpan{"a", uint64(i) + 1, uint64(i), ptrace.SpanKindClient, i})
	}
	td := sharedTrace(spans...)
	if n := testing.AllocsPerRun(10, func() { trace.SplitShared(td) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
