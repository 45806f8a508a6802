// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// agentSocket is a UDP socket that decodes what arrives.
type agentSocket struct {
	conn  *net.UDPConn
	done  chan struct{}
	spans atomic.Int64
	bad   atomic.Int64
	last  atomic.Pointer[wire.Batch]
}

func listenAgent(t testing.TB, addr string) *agentSocket {
	t.Helper()
	udp, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUDP("udp", udp)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadBuffer(4 << 20)
	a := &agentSocket{conn: conn, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		buf := make([]byte, 1<<16)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			m, err := wire.DecodeCompactMessage(buf[:n])
			if err != nil {
				a.bad.Add(1)
				continue
			}
			a.last.Store(&m.Batch)
			a.spans.Add(int64(len(m.Batch.Spans)))
		}
	}()
	return a
}

func (a *agentSocket) addr() string { return a.conn.LocalAddr().String() }

// drain waits until what the kernel holds has been read, and closes.
func (a *agentSocket) drain(want int64) {
	deadline := time.Now().Add(3 * time.Second)
	for a.spans.Load() < want && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	a.conn.Close()
	<-a.done
}

func udpTracer(t testing.TB, addr string, opts ...Option) *Tracer {
	t.Helper()
	udp, err := transport.NewUDP(addr, transport.UDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := reporter.NewBatching(udp, reporter.BatchingOptions{FlushInterval: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	all := append([]Option{WithReporter(b), WithSampler(sampler.NewConst(true)), WithLogger(nil)}, opts...)
	tracer, err := New("udp", all...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = tracer.Flush(context.Background())
		checkBooks(t, tracer)
		tracer.Close()
		checkBooks(t, tracer)
	})
	return tracer
}

func TestSpansArriveOverUDP(t *testing.T) {
	agent := listenAgent(t, "127.0.0.1:0")
	tracer := udpTracer(t, agent.addr())
	const n = 500
	for range n {
		s := tracer.StartSpan("op")
		s.SetTag("k", "v")
		s.Finish()
	}
	if err := tracer.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	agent.drain(n)
	d := tracer.Stats().Destinations[0]
	if agent.spans.Load() != n || agent.bad.Load() != 0 || d.Sent != n {
		t.Errorf("%d arrived, %d undecodable, %d sent; want %d", agent.spans.Load(), agent.bad.Load(), d.Sent, n)
	}
	p := agent.last.Load().Process
	tags := tagMap(p.Tags)
	if p.Service != "udp" || tags["hostname"] == nil || tags["client-uuid"] == nil || !strings.HasPrefix(tags["jaeger.version"].(string), "Go-") {
		t.Errorf("process %+v", p)
	}
}

// Spans that an absent agent refuses wait for it, and all arrive when it is there.
// jaeger-client-go counts them as sent.
func TestAbsentAgentIsWaitedFor(t *testing.T) {
	agent := listenAgent(t, "127.0.0.1:0")
	addr := agent.addr()
	agent.drain(0)
	tracer := udpTracer(t, addr)
	const n = 200
	for range n {
		tracer.StartSpan("op").Finish()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := tracer.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Flush without an agent: %v", err)
	}
	checkBooks(t, tracer)
	if d := tracer.Stats().Destinations[0]; d.BufferedSpans != n || d.LastError == "" {
		t.Errorf("without an agent: %+v", d)
	}

	back := listenAgent(t, addr)
	if err := tracer.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	back.drain(n)
	if d := tracer.Stats().Destinations[0]; back.spans.Load() != n || d.Sent != n {
		t.Errorf("%d of %d spans arrived: %+v", back.spans.Load(), n, d)
	}
}

// Everything at once: spans from many goroutines, late decisions, flushes, and
// Close in the middle. Afterwards each finished span is in exactly one counter.
func TestBooksBalanceConcurrentSafe(t *testing.T) {
	for seed := range uint64(8) {
		agent := listenAgent(t, "127.0.0.1:0")
		addr := agent.addr()
		if seed%2 == 1 {
			agent.drain(0)
		}
		tracer := udpTracer(t, addr, WithSampler(sampler.NewParentBased(sampler.NewConst(seed%3 != 0))))
		var wg sync.WaitGroup
		var finished atomic.Int64
		for g := range 6 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				rnd := rand.New(rand.NewPCG(seed, uint64(g)))
				for i := range 400 {
					s := tracer.StartSpan("op").(*Span)
					child := tracer.StartSpan("child", opentracing.ChildOf(s.Context()))
					switch rnd.IntN(6) {
					case 0:
						s.SetTag("sampling.priority", 1)
					case 1:
						child.SetTag("sampling.priority", 0)
					case 2:
						s.LogKV("event", "x")
					case 3:
						s.SetString("big", strings.Repeat("x", 3000))
					}
					child.Finish()
					s.Finish()
					finished.Add(2)
					if i%100 == 50 && g == 0 {
						if err := tracer.Flush(context.Background()); err != nil {
							t.Error(err)
						}
					}
					if i == 300 && g == 1 {
						if err := tracer.Close(); err != nil && (seed%2 == 0 || !errors.Is(err, reporter.ErrLost)) {
							t.Error(err)
						}
					}
				}
			}()
		}
		wg.Wait()
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
		checkBooks(t, tracer)
		st := tracer.Stats()
		if got := int64(st.Spans.FinishedSampled + st.Spans.FinishedUnsampled); got != finished.Load() {
			t.Errorf("seed %d: %d finished, %d counted", seed, finished.Load(), got)
		}
		d := st.Destinations[0]
		if d.BufferedSpans != 0 || d.Dropped[reporter.Closed] == 0 {
			t.Errorf("seed %d: after Close %+v", seed, d)
		}
		if seed%2 == 0 {
			agent.drain(int64(d.Sent))
			if got := uint64(agent.spans.Load()); got > d.Sent || agent.bad.Load() != 0 {
				t.Errorf("seed %d: %d arrived, %d undecodable, %d sent", seed, got, agent.bad.Load(), d.Sent)
			}
		}
	}
}

func TestSeveralDestinationsHaveTheirOwnBooks(t *testing.T) {
	agent := listenAgent(t, "127.0.0.1:0")
	memory := &reporter.Memory{}
	tracer := udpTracer(t, agent.addr(), WithReporter(memory), WithReporter(&collector{}))
	for range 10 {
		tracer.StartSpan("op").Finish()
	}
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
	agent.drain(10)
	tracer.StartSpan("late").Finish()
	st := tracer.Stats()
	if len(st.Destinations) != 3 || len(memory.Spans()) != 10 {
		t.Fatalf("%d destinations, %d in memory", len(st.Destinations), len(memory.Spans()))
	}
	for _, d := range st.Destinations {
		if d.Sent != 10 || d.Dropped[reporter.Closed] != 1 {
			t.Errorf("%+v", d)
		}
	}
}

func TestNewReportsWhatIsWrong(t *testing.T) {
	_, err := New("", WithSampler(nil), WithReporter(nil), WithObserver(1), WithPropagation([]int{}, ownPropagator{}), WithPropagation("x", nil))
	var ce *ConfigError
	if !errors.As(err, &ce) {
		t.Fatalf("%v", err)
	}
	for _, want := range []string{"service", "WithSampler", "WithReporter", "WithObserver", "WithPropagation", "no service name"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
}

// Loss starts no goroutine, and none is left when tracers come and go.
func TestNoGoroutineIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 200 {
		tracer, err := New("short", WithLogger(nil), WithSampler(sampler.NewConst(true)))
		if err != nil {
			t.Fatal(err)
		}
		tracer.StartSpan("op").Finish()
		if err := tracer.Close(); err != nil && !errors.Is(err, reporter.ErrLost) { // no agent
			t.Fatal(err)
		}
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before\n%s", n, before, buf[:runtime.Stack(buf, true)])
	}
}

func (panicking) OnStart(*Span, []model.Tag) { panic("observer") }
