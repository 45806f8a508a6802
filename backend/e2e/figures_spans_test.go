// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/go-spur/spur/backend/trace"
)

// figuresStart is where the spans of TestFigures begin: not with a minute.
var figuresStart = time.Date(2026, 1, 2, 3, 4, 5, 678_901_234, time.UTC)

// figuresTime is how long after figuresStart they start.
const figuresTime = 50 * time.Minute

// figure is a span as plainly as can be.
type figure struct {
	trace, id, parent        uint64 // parent is 0 when there is none
	service, operation, kind string
	start, duration          int64 // ns
	failed                   bool
	color                    string // a tag, or ""
	link                     uint64 // a trace, or 0
	part                     int    // in which it is sent
}

var figureServices = []string{"checkout", "cart", "db", "it's \"q\"/ü", "queue", "worker", "alone"}

// figures are n random spans, in so many parts: traces whose spans are
// anywhere in them, parents that never come, calls within a service and in a circle,
// spans of clients and servers with the same id, equal starts, and no durations.
func figures(n, parts int) (all []figure) {
	r := rand.New(rand.NewPCG(15, 2))
	for id := uint64(1); len(all) < n; id++ {
		first, shared := len(all), false
		begin := r.Int64N(int64(figuresTime))
		for range 1 + r.IntN(20) {
			f := figure{
				trace: id, id: uint64(len(all) + 1), service: figureServices[r.IntN(len(figureServices)-1)],
				operation: []string{"GET /", "GET /cart", "query", "pay"}[r.IntN(4)], kind: trace.KindText(ptrace.SpanKind(r.IntN(6))),
				start: figuresStart.UnixNano() + (begin+r.Int64N(int64(2*time.Second)))%int64(figuresTime), duration: figureDuration(r),
				failed: r.IntN(8) == 0, color: []string{"", "red", "blue", "7"}[r.IntN(4)], part: r.IntN(parts),
			}
			if r.IntN(3) == 0 {
				f.start -= f.start % int64(10*time.Second) // a tie, and often the begin of a minute
				f.start = max(f.start, figuresStart.UnixNano())
			}
			if r.IntN(10) == 0 {
				f.link = uint64(1 + r.IntN(700))
			}
			switch before := all[first:]; {
			case len(before) == 0:
			case r.IntN(15) == 0:
				f.parent = 1 << 40
			case r.IntN(20) != 0:
				f.parent = before[r.IntN(len(before))].id
			}
			all = append(all, f)
			if f.kind == "client" && r.IntN(3) == 0 { // as Zipkin's have it
				f.kind, f.service = "server", figureServices[r.IntN(len(figureServices)-1)]
				all = append(all, f)
				shared = true
			}
		}
		if shared { // who called whom is not seen anew when the other span comes later
			for i := first; i < len(all); i++ {
				all[i].part = all[first].part
			}
		}
	}
	return append(all, figure{trace: 1 << 50, id: 1, service: "alone", operation: "tick", kind: "internal", start: figuresStart.UnixNano()})
}

// figureDuration is one of those where percentiles go wrong, or any.
func figureDuration(r *rand.Rand) int64 {
	if r.IntN(3) == 0 {
		return []int64{0, 0, 1, 999, 1000, 1001, 1999, 3000, int64(time.Millisecond), int64(time.Hour)}[r.IntN(10)]
	}
	return int64(500 * math.Exp(17*r.Float64()))
}

// request is a part of all as OTLP.
func figuresRequest(all []figure, part int) ptraceotlp.ExportRequest {
	out := ptraceotlp.NewExportRequest()
	services := map[string]ptrace.SpanSlice{}
	for _, f := range all {
		if f.part != part {
			continue
		}
		spans, ok := services[f.service]
		if !ok {
			rs := out.Traces().ResourceSpans().AppendEmpty()
			rs.Resource().Attributes().PutStr("service.name", f.service)
			spans = rs.ScopeSpans().AppendEmpty().Spans()
			services[f.service] = spans
		}
		f.put(spans.AppendEmpty())
	}
	return out
}

func (f *figure) put(s ptrace.Span) {
	s.SetTraceID(figureTrace(f.trace))
	s.SetSpanID(figureSpan(f.id))
	if f.parent != 0 {
		s.SetParentSpanID(figureSpan(f.parent))
	}
	s.SetName(f.operation)
	kinds := []ptrace.SpanKind{ptrace.SpanKindUnspecified, ptrace.SpanKindInternal, ptrace.SpanKindServer, ptrace.SpanKindClient, ptrace.SpanKindProducer, ptrace.SpanKindConsumer}
	s.SetKind(kinds[slices.IndexFunc(kinds, func(k ptrace.SpanKind) bool { return trace.KindText(k) == f.kind })])
	s.SetStartTimestamp(pcommon.Timestamp(f.start))
	s.SetEndTimestamp(pcommon.Timestamp(f.start + f.duration))
	if f.failed {
		s.Status().SetCode(ptrace.StatusCodeError)
	}
	if f.color != "" {
		s.Attributes().PutStr("color", f.color)
	}
	if f.link != 0 {
		s.Links().AppendEmpty().SetTraceID(figureTrace(f.link))
	}
}

func figureTrace(n uint64) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[:], 0xabc)
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}

func figureSpan(n uint64) (id pcommon.SpanID) {
	binary.BigEndian.PutUint64(id[:], n)
	return id
}
