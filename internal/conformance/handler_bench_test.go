// SPDX-License-Identifier: Apache-2.0

//go:build unix

package conformance

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	nethttp "github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/transport"
)

// BenchmarkHandler measures what tracing adds to a request: the processor time of
// the whole process, reporting included, and allocations. A handler is called
// without a connection, in turns for each way of tracing, so that all have the same
// neighbours; what it takes untraced is subtracted. The metrics are
//
//	J-ns J-allocs              J with go-stdlib's nethttp
//	spur-ns spur-allocs spur/J spur with go-stdlib's nethttp
//	spurhttp-ns …              spur with spurhttp
//	plain-ns                   untraced, which ns/op is too
//
// Each samples what the others do. With "null" spans go nowhere, with "udp" to a
// socket that somebody reads.
func BenchmarkHandler(b *testing.B) {
	for _, rate := range []struct {
		name string
		rate float64
	}{{"0.1%", 0.001}, {"100%", 1}} {
		for _, caller := range []bool{false, true} {
			for _, udp := range []bool{false, true} {
				name := "sampled=" + rate.name + "/caller=no"
				if caller {
					name = "sampled=" + rate.name + "/caller=yes"
				}
				if udp {
					name += "/udp"
				} else {
					name += "/null"
				}
				b.Run(name, func(b *testing.B) { benchHandlers(b, rate.rate, caller, udp) })
			}
		}
	}
}

// contestant is a way to serve.
type contestant struct {
	name    string
	handler http.Handler
	drain   func() // waits until all spans are sent

	spent   time.Duration
	mallocs uint64
}

func benchHandlers(b *testing.B, rate float64, caller, udp bool) {
	addr := ""
	if udp {
		addr = discard(b)
	}
	mux := http.NewServeMux()
	body := []byte("ok")
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })

	j, drainJ := benchJ(b, rate, addr)
	s, drainSpur := benchSpur(b, rate, addr)
	all := []*contestant{
		{name: "plain", handler: mux, drain: func() {}},
		{name: "J", handler: nethttp.Middleware(j, mux), drain: drainJ},
		{name: "spur", handler: nethttp.Middleware(s, mux), drain: drainSpur},
		{name: "spurhttp", handler: spurhttp.Handler(s, mux), drain: drainSpur},
	}
	requests := benchRequests(rate, caller)
	w := &nowhere{header: http.Header{}}
	var before, after runtime.MemStats
	turn := func(c *contestant, n int) {
		c.drain()
		runtime.ReadMemStats(&before)
		began := processorTime(b)
		for i := range n {
			c.handler.ServeHTTP(w, requests[i%len(requests)])
		}
		c.drain()
		c.spent += processorTime(b) - began
		runtime.ReadMemStats(&after)
		c.mallocs += after.Mallocs - before.Mallocs
	}
	const most = 5000 // requests in one turn; fewer than J's queue holds
	for _, c := range all {
		turn(c, most) // warm
		c.spent, c.mallocs = 0, 0
	}
	b.ResetTimer()
	for done, first := 0, 0; done < b.N; first++ {
		n := min(most, b.N-done)
		done += n
		for i := range all {
			turn(all[(first+i)%len(all)], n)
		}
	}
	added := func(c *contestant) (ns, allocs float64) {
		return float64(c.spent-all[0].spent) / float64(b.N), (float64(c.mallocs) - float64(all[0].mallocs)) / float64(b.N)
	}
	b.ReportMetric(float64(all[0].spent)/float64(b.N), "ns/op")
	b.ReportMetric(float64(all[0].spent)/float64(b.N), "plain-ns")
	theirs, _ := added(all[1])
	for _, c := range all[1:] {
		ns, allocs := added(c)
		b.ReportMetric(ns, c.name+"-ns")
		b.ReportMetric(allocs, c.name+"-allocs")
		if c != all[1] && theirs > 0 {
			b.ReportMetric(ns/theirs, c.name+"/J")
		}
	}
}

// benchJ makes J; addr "" is no reporter.
func benchJ(b *testing.B, rate float64, addr string) (*jaeger.Tracer, func()) {
	probabilistic, err := jaeger.NewProbabilisticSampler(rate)
	if err != nil {
		b.Fatal(err)
	}
	var r jaeger.Reporter = jaeger.NewNullReporter()
	drain := func() {}
	if addr != "" {
		udp, err := jaeger.NewUDPTransport(addr, 0)
		if err != nil {
			b.Fatal(err)
		}
		counted := &jSent{Transport: udp}
		in := &jReported{next: jaeger.NewRemoteReporter(counted, jaeger.ReporterOptions.QueueSize(10_000))}
		r = in
		drain = func() {
			for counted.n.Load() < in.n.Load() {
				runtime.Gosched()
			}
		}
	}
	tracer, closer := jaeger.NewTracer("bench", probabilistic, r)
	b.Cleanup(func() { closer.Close() })
	return tracer.(*jaeger.Tracer), drain
}

// jSent counts what J's own goroutine has taken from its queue and encoded.
type jSent struct {
	jaeger.Transport
	n atomic.Int64
}

func (t *jSent) Append(s *jaeger.Span) (int, error) {
	defer t.n.Add(1)
	return t.Transport.Append(s)
}

// jReported counts what was put into it.
type jReported struct {
	next jaeger.Reporter
	n    atomic.Int64
}

func (r *jReported) Report(s *jaeger.Span) {
	r.n.Add(1)
	r.next.Report(s)
}

func (r *jReported) Close() { r.next.Close() }

func benchSpur(b *testing.B, rate float64, addr string) (*spur.Tracer, func()) {
	probabilistic, err := sampler.NewProbabilistic(rate)
	if err != nil {
		b.Fatal(err)
	}
	var r reporter.Reporter = reporter.Null{}
	if addr != "" {
		udp, err := transport.NewUDP(addr, transport.UDPOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if r, err = reporter.NewBatching(udp, reporter.BatchingOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	tracer, err := spur.New("bench", spur.WithSampler(probabilistic), spur.WithReporter(r), spur.WithLogger(nil))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := tracer.Close(); err != nil {
			b.Error(err)
		}
		for _, d := range tracer.Stats().Destinations {
			if d.DroppedTotal() != 0 {
				b.Errorf("spans were lost: %+v", d)
			}
		}
	})
	return tracer, func() {
		if err := tracer.Flush(context.Background()); err != nil {
			b.Error(err)
		}
	}
}

// benchRequests are those of clients whose callers sample at that rate.
func benchRequests(rate float64, caller bool) []*http.Request {
	all := make([]*http.Request, 1000)
	for i := range all {
		all[i] = httptest.NewRequest(http.MethodGet, "/orders/7", nil)
		for key, value := range map[string]string{"User-Agent": "bench", "Accept": "*/*", "Accept-Encoding": "gzip"} {
			all[i].Header.Set(key, value)
		}
		switch {
		case !caller:
		case float64(i) < rate*float64(len(all)):
			all[i].Header.Set("Uber-Trace-Id", "5af7651916cd43dd:7ad6b7169203331:0:1")
		default:
			all[i].Header.Set("Uber-Trace-Id", "5af7651916cd43dd:7ad6b7169203331:0:0")
		}
	}
	return all
}

// discard reads what is sent to it and throws it away, without allocating.
func discard(b *testing.B) string {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	_ = conn.SetReadBuffer(4 << 20)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1<<16)
		for {
			if _, _, err := conn.ReadFromUDPAddrPort(buf); errors.Is(err, net.ErrClosed) {
				return
			}
		}
	}()
	b.Cleanup(func() {
		conn.Close()
		<-done
	})
	return conn.LocalAddr().String()
}

// processorTime is what all threads of the process have used.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// nowhere is a ResponseWriter that can do what an HTTP/1.1 connection's can, at no
// cost.
type nowhere struct{ header http.Header }

func (w *nowhere) Header() http.Header                        { return w.header }
func (*nowhere) Write(b []byte) (int, error)                  { return len(b), nil }
func (*nowhere) WriteHeader(int)                              {}
func (*nowhere) Flush()                                       {}
func (*nowhere) CloseNotify() <-chan bool                     { return nil }
func (*nowhere) ReadFrom(r io.Reader) (int64, error)          { return io.Copy(io.Discard, r) }
func (*nowhere) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, http.ErrHijacked }
