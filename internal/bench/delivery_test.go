// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"io"
	"log/slog"
	"runtime"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// sinkTracer samples everything and sends it to s as New's defaults would send
// it to an agent.
func sinkTracer(t testing.TB, s testSink) *spur.Tracer {
	t.Helper()
	udp, err := transport.NewUDP(s.UDP, transport.UDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	batching, err := reporter.NewBatching(udp, reporter.BatchingOptions{Name: "agent", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	tracer, err := spur.New("bench", spur.WithReporter(batching), spur.WithLogger(nil),
		spur.WithSampler(sampler.NewParentBased(sampler.NewConst(true))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tracer.Close() })
	return tracer
}

// The ways to a sink.
const (
	viaUDP    = "udp"
	viaThrift = "thrift" // over HTTP
	viaOTLP   = "otlp"   // over HTTP
)

// sinkTracerVia is sinkTracer for any way.
func sinkTracerVia(t testing.TB, s testSink, via string) *spur.Tracer {
	t.Helper()
	path := "/api/traces"
	switch via {
	case viaUDP:
		return sinkTracer(t, s)
	case viaOTLP:
		path = "/v1/traces"
	}
	return endpointTracer(t, s.HTTP+path)
}

// endpointTracer samples everything and has the defaults of WithEndpoint.
func endpointTracer(t testing.TB, url string) *spur.Tracer {
	t.Helper()
	tracer, err := spur.New("bench", spur.WithEndpoint(url), spur.WithLogger(nil), spur.WithSampler(sampler.NewParentBased(sampler.NewConst(true))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tracer.Close() })
	return tracer
}

// delivery is what became of spans, and what they cost.
type delivery struct {
	finished uint64
	received uint64 // by the sink
	lost     uint64 // counted as dropped or unconfirmed by the tracer
	time     time.Duration
	cpu      time.Duration // of the whole process, until all were sent
	bytes    uint64
	allocs   uint64
}

// unaccounted is how many spans were neither received nor counted. The kernel
// dropped them at the sink's socket: no sender over UDP sees that.
func (d *delivery) unaccounted() int64 { return int64(d.finished) - int64(d.received) - int64(d.lost) }

// deliver finishes total RPC spans at a rate a second, in a burst each
// millisecond; 0 is as fast as it goes. It returns when all are sent and what
// was not lost has been received.
func deliver(t testing.TB, s testSink, via string, rate, total int) delivery {
	t.Helper()
	tracer := sinkTracerVia(t, s, via)
	remote := extracted(t, tracer, tracer.StartSpan("parent"))
	before := s.receivedVia(t, via)
	var m0, m1 runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m0)
	cpu, start := ProcessCPU(), time.Now()

	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	for done, burst := 0, 1; done < total; burst++ {
		due := total
		if rate > 0 {
			due = min(total, burst*rate/1000)
		}
		for ; done < due; done++ {
			RPC(tracer, remote)
		}
		if wait := time.Until(start.Add(time.Duration(burst) * time.Millisecond)); wait > 0 && done < total {
			timer.Reset(wait)
			<-timer.C
		}
	}

	d := delivery{time: time.Since(start)}
	if err := tracer.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	d.cpu = ProcessCPU() - cpu
	runtime.ReadMemStats(&m1)
	d.bytes, d.allocs = m1.TotalAlloc-m0.TotalAlloc, m1.Mallocs-m0.Mallocs
	checkBooks(t, tracer)
	st := tracer.Stats()
	d.finished = st.Spans.FinishedSampled
	d.lost = st.Destinations[0].DroppedTotal() + st.Destinations[0].Unconfirmed
	d.received = s.receivedVia(t, via) - before
	return d
}

// checkBooks checks that each finished span stands in one column of each destination.
func checkBooks(t testing.TB, tracer *spur.Tracer) {
	t.Helper()
	st := tracer.Stats()
	for _, d := range st.Destinations {
		if got := d.Sent + d.Unconfirmed + d.DroppedTotal() + d.BufferedSpans; got != st.Spans.FinishedSampled {
			t.Errorf("%s: %d spans in the books, but %d finished: %+v", d.Name, got, st.Spans.FinishedSampled, d)
		}
	}
}

// BenchmarkDelivery finishes 200,000 sampled RPC spans (at most 5 seconds' worth, and
// over HTTP one; with -short a tenth) at a rate, and tells what the sink, whose receive buffer for datagrams
// should be 4 MiB, got of them. Its metrics: delivered, counted as lost by the
// tracer, and unaccounted, in percent; spans a second as finished; CPU time of this
// process for a span, which at 20,000 a second is mostly that of the timer; memory
// for a span; the receive buffer.
//
// One run is enough, however large b.N: further calls repeat its numbers, so that
// the count of iterations means nothing.
func BenchmarkDelivery(b *testing.B) {
	total := 200_000
	if testing.Short() {
		total /= 10
	}
	s := startSink(b)
	for _, via := range []string{viaUDP, viaThrift, viaOTLP} {
		seconds := 1
		if via == viaUDP {
			seconds = 5
		}
		for _, bb := range []struct {
			name string
			rate int
		}{{"20k", 20_000}, {"100k", 100_000}, {"300k", 300_000}, {"full", 0}} {
			n := total
			if bb.rate > 0 {
				n = min(n, seconds*bb.rate)
			}
			var d delivery
			b.Run(via+"/"+bb.name, func(b *testing.B) {
				if b.N == 1 {
					d = deliver(b, s, via, bb.rate, n)
				}
				d.report(b)
				if via == viaUDP {
					b.ReportMetric(float64(s.Buffer)/(1<<20), "rcvbuf-MiB")
				}
			})
		}
	}
}

func (d *delivery) report(b *testing.B) {
	b.ReportMetric(0, "ns/op") // hides it: an operation is nothing here
	b.ReportMetric(100*float64(d.received)/float64(d.finished), "delivered-%")
	b.ReportMetric(100*float64(d.lost)/float64(d.finished), "counted-lost-%")
	b.ReportMetric(100*float64(d.unaccounted())/float64(d.finished), "unaccounted-%")
	b.ReportMetric(float64(d.finished)/d.time.Seconds(), "spans/s")
	b.ReportMetric(float64(d.cpu)/float64(d.finished), "cpu-ns/span")
	// Instead of those that -benchmem would print for all spans together.
	b.ReportMetric(float64(d.bytes)/float64(d.finished), "B/op")
	b.ReportMetric(float64(d.allocs)/float64(d.finished), "allocs/op")
}

// TestDelivery holds the tracer to losing nothing at 20,000 spans a second. The
// sink's buffer takes them all, so a busy machine does not matter.
func TestDelivery(t *testing.T) {
	s := startSink(t)
	if s.Buffer < sinkBuffer {
		t.Skipf("the kernel grants a receive buffer of %d bytes, not %d: run as root, or raise net.core.rmem_max", s.Buffer, sinkBuffer)
	}
	const total = 10_000
	d := deliver(t, s, viaUDP, 20_000, total)
	if d.finished != total || d.received != total || d.lost != 0 {
		t.Errorf("of %d spans %d finished, %d received, %d counted as lost", total, d.finished, d.received, d.lost)
	}
}
