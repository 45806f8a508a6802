// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

// discard is a transport that accepts everything at once: datagrams in the compact
// format, or requests in the other one that it names.
type discard struct{ format transport.Format }

func (d discard) Format() transport.Format { return max(d.format, transport.JaegerCompact) }

func (d discard) MaxBatch() int {
	if d.format > transport.JaegerBinary {
		return httpBatch
	}
	return 65000
}

func (discard) Send(context.Context, []byte) error { return nil }
func (discard) Close() error                       { return nil }

func TestReportAllocates(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector empties pools at random")
	}
	for _, tc := range []struct {
		name   string
		span   *model.Span
		format transport.Format
		want   float64
	}{
		{"root", rootSpan(1), transport.JaegerCompact, 0},
		{"rpc", rpcSpan(1), transport.JaegerCompact, 0},
		{"rpc, Thrift requests", rpcSpan(1), transport.JaegerBatch, 0},
		{"rpc, OTLP requests", rpcSpan(1), transport.OTLP, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newBatching(t, discard{tc.format}, BatchingOptions{NoPacing: true})
			for range 100_000 { // until there are enough buffers
				r.Report(tc.span)
			}
			mustFlush(t, r)
			if got := testing.AllocsPerRun(50_000, func() { r.Report(tc.span) }); got != tc.want {
				t.Errorf("%v allocations, want %v", got, tc.want)
			}
			mustClose(t, r)
		})
	}
}

func benchmarkReport(b *testing.B, s *model.Span) {
	b.Run("single", func(b *testing.B) {
		r := newBatching(b, discard{}, BatchingOptions{NoPacing: true})
		b.ReportAllocs()
		b.ResetTimer()
		for range b.N {
			r.Report(s)
		}
		finish(b, r)
	})
	b.Run("parallel", func(b *testing.B) {
		r := newBatching(b, discard{}, BatchingOptions{NoPacing: true})
		b.ReportAllocs()
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				r.Report(s)
			}
		})
		finish(b, r)
	})
}

// finish counts what the sender still has to do, and says what was lost.
func finish(b *testing.B, r *Batching) {
	b.Helper()
	mustClose(b, r)
	b.StopTimer()
	d := stats(r)
	b.ReportMetric(100*float64(d.Sent)/float64(b.N), "%sent")
}

func BenchmarkReportRoot(b *testing.B) { benchmarkReport(b, rootSpan(0x1234567890abcdef)) }

// BenchmarkReportOTLP is an HTTP request instead of datagrams.
func BenchmarkReportOTLP(b *testing.B) {
	s := rpcSpan(0x1234567890abcdef)
	r := newBatching(b, discard{transport.OTLP}, BatchingOptions{})
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r.Report(s)
		}
	})
	finish(b, r)
}

func BenchmarkReportRPC(b *testing.B) { benchmarkReport(b, rpcSpan(0x1234567890abcdef)) }

func BenchmarkTrim(b *testing.B) {
	s := rpcSpan(1)
	for range 300 {
		s.Logs = append(s.Logs, s.Logs[0])
	}
	s.Tags = append(s.Tags, textSpan(1, 200_000).Tags...)
	r := newBatching(b, discard{}, BatchingOptions{NoPacing: true})
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		r.Report(s)
	}
	finish(b, r)
}
