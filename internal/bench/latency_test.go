// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package bench

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
)

// latency is what Finish cost, and what the tracer held in the end.
type latency struct {
	p50, p99, max time.Duration
	late          time.Duration // 99th percentile of the second half: a sick collector's queue is full
	heap          int64         // growth in bytes
	full          float64       // part of all spans that found no room
}

// finishLatency finishes 240,000 RPC spans on 4 goroutines, 120,000 a second, which is
// three times what the queue holds, and times each Finish.
func finishLatency(b *testing.B, url string) latency {
	b.Helper()
	const (
		goroutines, bursts, burst = 4, 2000, 120
		each                      = bursts * burst / goroutines
	)
	times := make([]time.Duration, goroutines*each)
	before := heapAlive()
	tracer := endpointTracer(b, url)
	remote := extracted(b, tracer, tracer.StartSpan("parent"))
	var running sync.WaitGroup
	for i := range goroutines {
		running.Add(1)
		go func(times []time.Duration) {
			defer running.Done()
			tick := time.NewTicker(goroutines * time.Millisecond)
			defer tick.Stop()
			for n := range times {
				if n%burst == 0 {
					<-tick.C
				}
				times[n] = timedSpan(tracer, remote)
			}
		}(times[i*each : (i+1)*each])
	}
	running.Wait()
	l := latency{heap: heapAlive() - before}
	st := tracer.Stats()
	l.full = float64(st.Destinations[0].Dropped[reporter.QueueFull]) / float64(st.Spans.FinishedSampled)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_ = tracer.Shutdown(ctx) // how many spans were left over is in the books
	checkBooks(b, tracer)
	var late []time.Duration
	for i := range goroutines {
		late = append(late, times[i*each+each/2:(i+1)*each]...)
	}
	_, l.late, _ = percentiles(late)
	l.p50, l.p99, l.max = percentiles(times)
	return l
}

// heapAlive is how many bytes the heap holds that are in use.
func heapAlive() int64 {
	runtime.GC()
	runtime.GC() // what the first one found in pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func percentiles(times []time.Duration) (p50, p99, most time.Duration) {
	slices.Sort(times)
	return times[len(times)/2], times[len(times)*99/100], times[len(times)-1]
}

// timedSpan is RPC, and returns how long Finish took, the clock included.
func timedSpan(tracer *spur.Tracer, parent opentracing.SpanContext) time.Duration {
	s := tracer.StartSpan("rpc", opentracing.ChildOf(parent), ext.SpanKindRPCServer)
	s.SetTag("component", "net/http")
	s.SetTag("http.method", "GET")
	s.SetTag("http.url", requestURL)
	s.SetTag("http.status_code", statusCode)
	s.LogFields(log.String("event", "done"), log.Int("bytes", bytesRead))
	start := time.Now()
	s.Finish()
	return time.Since(start)
}

// BenchmarkFinishLatency shows what a collector that is well, that is silent, that
// answers 500 and that is not there means to those who finish spans: the times of
// Finish, and how many times that of the healthy one they are (goal: at most 2 at the
// 99th percentile); the growth of the heap, which must stay within the queue and 8
// MiB; the spans that found no room. While a queue fills up, spans are written to
// memory that is used for the first time, which the system has to provide: late-p99
// leaves that time out. Like BenchmarkDelivery it runs once.
func BenchmarkFinishLatency(b *testing.B) {
	s := startSink(b)
	var healthy latency
	for _, bb := range []struct{ name, url string }{
		{"healthy", s.HTTP + "/api/traces"},
		{"hole", s.HTTP + "/hole/api/traces"},
		{"500", s.HTTP + "/500/api/traces"},
		{"refused", "http://127.0.0.1:1/api/traces"},
	} {
		var l latency
		b.Run(bb.name, func(b *testing.B) {
			if b.N == 1 {
				l = finishLatency(b, bb.url)
				if bb.name == "healthy" {
					healthy = l
				}
			}
			b.ReportMetric(0, "ns/op") // hides it
			b.ReportMetric(float64(l.p50), "p50-ns")
			b.ReportMetric(float64(l.p99), "p99-ns")
			b.ReportMetric(float64(l.max), "max-ns")
			b.ReportMetric(float64(l.late), "late-p99-ns")
			if healthy.p50 > 0 { // else it was not selected
				b.ReportMetric(float64(l.p50)/float64(healthy.p50), "p50-ratio")
				b.ReportMetric(float64(l.p99)/float64(healthy.p99), "p99-ratio")
				b.ReportMetric(float64(l.max)/float64(healthy.max), "max-ratio")
				b.ReportMetric(float64(l.late)/float64(healthy.late), "late-p99-ratio")
			}
			b.ReportMetric(float64(l.heap)/(1<<20), "heap-MiB")
			b.ReportMetric(100*l.full, "queue-full-%")
			if most := int64(reporter.DefaultQueueBytes + 8<<20); l.heap > most {
				b.Errorf("the heap has grown by %.1f MiB, more than %.1f", float64(l.heap)/(1<<20), float64(most)/(1<<20))
			}
		})
	}
}
