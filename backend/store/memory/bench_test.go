// SPDX-License-Identifier: Apache-2.0

package memory_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// batch returns 500 spans with 12 tags, ten in a trace, numbered from n on.
func batch(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	for service := range 5 {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", fmt.Sprint("service", service))
		rs.Resource().Attributes().PutStr("host.name", "host")
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		for i := range 100 {
			k := n + service*100 + i
			s := spans.AppendEmpty()
			var id pcommon.TraceID
			binary.BigEndian.PutUint64(id[8:], uint64(k/10+1))
			s.SetTraceID(id)
			s.SetSpanID(pcommon.SpanID(id[8:]))
			s.SetName(fmt.Sprint("GET /", i%20))
			start := time.Unix(1_800_000_000, 0).Add(time.Duration(k) * time.Millisecond)
			s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
			s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(k%1000) * time.Millisecond)))
			s.SetKind(ptrace.SpanKindServer)
			s.Attributes().PutInt("http.status_code", int64(200+k%5*100))
			s.Attributes().PutInt("n", int64(k))
			for j := range 10 {
				s.Attributes().PutStr(fmt.Sprint("some.tag.", j), fmt.Sprint("value of it ", k%(j+2), " and more"))
			}
		}
	}
	return td
}

// filled returns a store of n spans.
func filled(b *testing.B, n int) *memory.Store {
	b.Helper()
	s := memory.Open(memory.Config{MaxBytes: 4 << 30})
	b.Cleanup(func() { _ = s.Close() })
	for i := 0; i < n; i += 500 {
		if err := s.Write(context.Background(), batch(i)); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func BenchmarkWrite(b *testing.B) {
	for _, bytes := range []int64{64 << 20, 4 << 30} { // with and without eviction
		b.Run(fmt.Sprint(bytes>>20, "MiB"), func(b *testing.B) {
			s := memory.Open(memory.Config{MaxBytes: bytes})
			batches := make([]ptrace.Traces, 100)
			for i := range batches {
				batches[i] = batch(i * 500)
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				td := batches[n%len(batches)]
				if n >= len(batches) { // not a double
					for s := range trace.Spans(td) {
						s.SetEndTimestamp(s.EndTimestamp() + 1)
					}
				}
				n++
				if err := s.Write(context.Background(), td); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(500*n), "ns/span")
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	spans := 500_000
	if testing.Short() {
		spans /= 10
	}
	s := filled(b, spans)
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	st, _ := s.Status(context.Background())
	b.Logf("%d spans: %d bytes by its own account, %d in the heap", st.Spans, st.Bytes, m.HeapAlloc)
	for _, text := range []string{
		"", "service:service3", `service:service3 op:"GET /7"`, "dur>990ms", "http.status_code=500", "some.tag.3=x", "n=77",
		`"value of it 9"`, `"nowhere"`, `some.tag.5~"it 3"`, "trace.dur>1s status:error",
	} {
		q, err := trace.Parse(text, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		q.Limit = 20
		b.Run(text, func(b *testing.B) {
			var page trace.Page
			for b.Loop() {
				if page, err = s.Search(context.Background(), q); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(page.Total), "found")
			b.ReportMetric(float64(page.Scanned), "scanned")
		})
	}
}

func BenchmarkLists(b *testing.B) {
	s := filled(b, 500_000)
	for name, f := range map[string]func(context.Context) error{
		"Services": func(ctx context.Context) error { _, err := s.Services(ctx); return err },
		"Keys":     func(ctx context.Context) error { _, err := s.Keys(ctx, "s", 20); return err },
		"Links":    func(ctx context.Context) error { _, err := s.Links(ctx, trace.Window{}); return err },
		"RED": func(ctx context.Context) error {
			_, err := s.RED(ctx, trace.REDQuery{Step: time.Minute, ByOperation: true})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := f(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
