// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package soak

import (
	"context"
	"flag"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

var (
	soakTime = flag.Duration("soak", 30*time.Second, "how long TestSoak runs")
	soakSeed = flag.Uint64("soakseed", 0, "what TestSoak chooses by; 0 is another each time")
)

const (
	soakFlush = 200 * time.Millisecond // of each second: longer than many a batch takes
	soakClose = 2 * time.Second
	soakHeap  = 24 << 20 // growth while it runs: buffers of three queues that are kept to be used again
	soakRSS   = 96 << 20
	soakLeft  = 4 << 20 // growth when all is closed
)

// soak is one run: a tracer with an agent and two collectors, all of which fail now
// and then, on real sockets.
type soak struct {
	*testing.T
	seed    uint64
	agent   *soakUDP
	thrift  *soakHTTP
	otlp    *soakHTTP
	tracer  *spur.Tracer
	writers *writers
	last    spur.Stats // of the books looked at last

	quit   chan struct{} // ends the faults
	faults sync.WaitGroup
}

// TestSoak checks that the books of each destination balance exactly, once a second
// and after Close, whatever the receivers do; that they agree with what the receivers
// accepted; that spans flow again when all faults are over; and that memory,
// goroutines and descriptors do not grow. "-soak 10m -soakseed 7" makes it longer,
// and repeat its choices.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	seed := *soakSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-soakseed %d", seed)
	before := measure()
	t.Run("run", func(t *testing.T) {
		s := &soak{T: t, seed: seed}
		s.start()
		s.misbehave()
		s.run(*soakTime / 4)
		warm := s.calm()
		s.misbehave()
		s.run(*soakTime - *soakTime/4)
		end := s.calm()
		s.misbehave()
		s.run(time.Second) // so that Close meets faults, too
		s.writers.stop()
		s.close()
		s.report()
		t.Logf("before: %v", before)
		t.Logf("warm:   %v", warm)
		t.Logf("end:    %v", end)
		if end.heap > warm.heap+soakHeap || !race.Enabled && end.rss > warm.rss+soakRSS {
			t.Errorf("memory has grown: %v, after a quarter of the time %v", end, warm)
		}
	})
	t.Logf("closed: %v", noMoreThan(t, before, soakLeft))
}

// start makes the tracer. Its limits are narrower than the defaults, so that all
// reasons to drop spans come up in a short time.
func (s *soak) start() {
	s.agent, s.thrift, s.otlp = startSoakUDP(s), startSoakHTTP(s), startSoakHTTP(s)
	s.Setenv("JAEGER_REPORTER_TIMEOUT", "1000")
	s.Setenv("OTEL_BSP_EXPORT_TIMEOUT", "1500") // the retry budget
	s.Setenv("JAEGER_REPORTER_MAX_QUEUE_SIZE", "6000")
	tracer, err := spur.New("soak", spur.FromEnv(), everything(), spur.WithLogger(nil), spur.WithIDGenerator(&countedIDs{}), spur.WithInBandStats(), spur.WithSemanticNames(),
		spur.WithEndpoint(s.agent.url()), spur.WithEndpoint(s.thrift.url("/api/traces")), spur.WithEndpoint(s.otlp.url("/v1/traces")))
	if err != nil {
		s.Fatal(err)
	}
	s.tracer = tracer
	s.Cleanup(func() { tracer.Close() }) // if the test ends early
	s.writers = startWriters(tracer, s.seed)
}

// everything samples all new traces.
func everything() spur.Option { return spur.WithSampler(sampler.NewConst(true)) }

// checkBooks checks that each finished span stands in one column of each destination.
func checkBooks(t testing.TB, tracer *spur.Tracer) {
	t.Helper()
	st := tracer.Stats()
	for i := range st.Destinations {
		d := &st.Destinations[i]
		if got := d.Sent + d.Unconfirmed + d.DroppedTotal() + d.BufferedSpans; got != st.Spans.FinishedSampled {
			t.Errorf("%d spans in the books, but %d finished: %s", got, st.Spans.FinishedSampled, booksLine(d))
		}
	}
}

// misbehave begins to change what the receivers do.
func (s *soak) misbehave() {
	s.quit = make(chan struct{})
	begin := func(faults []soakFault, turn func(soakFault)) {
		s.seed++
		s.faults.Add(1)
		go func(seed uint64) {
			defer s.faults.Done()
			misbehave(seed, s.quit, faults, turn)
		}(s.seed)
	}
	begin([]soakFault{soakRefused, soakHealthy}, func(f soakFault) {
		if f.down {
			s.agent.down()
		} else {
			s.agent.up()
		}
	})
	begin(soakFaults(), func(f soakFault) { s.thrift.become(f) })
	begin(soakFaults(), func(f soakFault) { s.otlp.become(f) })
}

// run looks at the books once a second.
func (s *soak) run(d time.Duration) {
	end := time.NewTimer(d)
	defer end.Stop()
	tick := time.NewTicker(min(time.Second, d/2))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.look(soakFlush, false)
		case <-end.C:
			return
		}
	}
}

// look flushes while no span is being finished, and checks the books.
func (s *soak) look(limit time.Duration, all bool) {
	s.writers.gate.Lock()
	defer s.writers.gate.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := s.tracer.Flush(ctx); err != nil && all {
		s.Errorf("the receivers are well, but Flush says %v: %+v", err, s.tracer.Stats().Destinations)
	}
	s.balance(all)
}

// balance checks the books, and that nothing in them has decreased but what waits.
func (s *soak) balance(empty bool) {
	checkBooks(s, s.tracer)
	now := s.tracer.Stats()
	for i := range now.Destinations {
		d := &now.Destinations[i]
		if empty && d.BufferedSpans > 0 {
			s.Errorf("%s: %d spans are still waiting", d.Name, d.BufferedSpans)
		}
		if len(s.last.Destinations) == 0 {
			continue
		}
		old := &s.last.Destinations[i]
		less := d.Sent < old.Sent || d.Unconfirmed < old.Unconfirmed || d.Retries < old.Retries
		for why := range reporter.NumReasons {
			less = less || d.Dropped[why] < old.Dropped[why]
		}
		if less {
			s.Errorf("a count has decreased: %s, before: %s", booksLine(d), booksLine(old))
		}
	}
	s.last = now
}

// calm ends the faults, waits until all that waits is sent, and measures.
func (s *soak) calm() resources {
	close(s.quit)
	s.faults.Wait()
	s.agent.recover(s)
	s.thrift.recover(s)
	s.otlp.recover(s)
	s.look(30*time.Second, true)
	s.writers.gate.Lock()
	defer s.writers.gate.Unlock()
	debug.FreeOSMemory()
	return measure()
}

// close closes the tracer while the receivers still fail, and then these.
func (s *soak) close() {
	ctx, cancel := context.WithTimeout(context.Background(), soakClose)
	defer cancel()
	start := time.Now()
	err := s.tracer.Shutdown(ctx)
	s.Logf("Shutdown: %.2f s, %v", time.Since(start).Seconds(), err)
	s.balance(false)
	soon(s, soakClose, func() bool { // a transport may need a moment to let go
		for _, d := range s.tracer.Stats().Destinations {
			if d.BufferedSpans > 0 {
				return false
			}
		}
		return true
	})
	s.balance(true)
	close(s.quit)
	s.faults.Wait()
	s.agent.down()
	s.thrift.close()
	s.otlp.close()
}

// report compares the books with those of the receivers and prints both.
func (s *soak) report() {
	st := s.tracer.Stats()
	s.Logf("%v: %d spans, GOMAXPROCS %d", *soakTime, st.Spans.FinishedSampled, runtime.GOMAXPROCS(0))
	for i, a := range []*arrivals{&s.agent.arrivals, &s.thrift.arrivals, &s.otlp.arrivals} {
		d := &st.Destinations[i]
		s.Logf("%s; %v", booksLine(d), a)
		a.compare(s.T, d, i == 0)
		if a.got() == 0 || d.Sent == 0 {
			s.Errorf("%s: nothing arrived", d.Name)
		}
	}
}
