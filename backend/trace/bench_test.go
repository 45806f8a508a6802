// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// benchTrace is a trace of n spans with twelve tags each.
func benchTrace(n int) []trace.Span {
	r := rand.New(rand.NewPCG(1, 2))
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "checkout")
	rs.Resource().Attributes().PutStr("host.name", "a1")
	ss := rs.ScopeSpans().AppendEmpty()
	for i := range n {
		s := ss.Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: 1})
		s.SetSpanID(pcommon.SpanID{4: byte(i >> 24), 5: byte(i >> 16), 6: byte(i >> 8), 7: byte(i)})
		if i > 0 {
			p := r.IntN(i)
			s.SetParentSpanID(pcommon.SpanID{4: byte(p >> 24), 5: byte(p >> 16), 6: byte(p >> 8), 7: byte(p)})
		}
		s.SetName("GET /cart")
		s.SetStartTimestamp(pcommon.Timestamp(1e18 + r.Int64N(1e9)))
		s.SetEndTimestamp(s.StartTimestamp() + pcommon.Timestamp(r.Int64N(1e9)))
		for _, key := range []string{"http.method", "http.url", "peer.address", "component", "thread.name", "db.statement", "version", "region"} {
			s.Attributes().PutStr(key, "some value of "+key)
		}
		s.Attributes().PutInt("http.status_code", 200)
		s.Attributes().PutInt("user.id", r.Int64())
	}
	return slices.Collect(trace.Spans(td))
}

func BenchmarkMatch(b *testing.B) {
	spans := benchTrace(1000)
	for _, text := range []string{"service:none", "dur>1h", "http.status_code=500", "http.status_code>=500", "http.url~nowhere", `"nowhere"`, "-http.method"} {
		q, err := trace.Parse(text, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				q.Match(spans)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(spans)), "ns/span")
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := trace.Parse(`service:checkout op:"GET /x" dur>10ms (status:error OR http.status_code>=500) -retry since:1h`, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOutline(b *testing.B) {
	spans := benchTrace(100_000)
	b.ReportAllocs()
	for b.Loop() {
		trace.NewOutline(spans)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(spans)), "ns/span")
}

func BenchmarkSummarize(b *testing.B) {
	spans := benchTrace(1000)
	b.ReportAllocs()
	for b.Loop() {
		trace.Summarize(spans, nil, []string{"region"})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(spans)), "ns/span")
}
