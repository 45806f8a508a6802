// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package soak

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur"
)

// createClose makes n tracers with an agent and two collectors, a few at a time; each
// finishes a span and is closed with a context of limit.
func createClose(t *testing.T, n int, limit time.Duration, urls []string, ids spur.IDGenerator, done func(*spur.Tracer, error)) {
	t.Helper()
	work := make(chan struct{}, n)
	for range n {
		work <- struct{}{}
	}
	close(work)
	var running sync.WaitGroup
	for range 4 {
		running.Add(1)
		go func() {
			defer running.Done()
			for range work {
				opts := []spur.Option{everything(), spur.WithLogger(nil), spur.WithIDGenerator(ids)}
				for _, url := range urls {
					opts = append(opts, spur.WithEndpoint(url))
				}
				tracer, err := spur.New("short-lived", opts...)
				if err != nil {
					t.Error(err)
					return
				}
				tracer.StartSpan("op").Finish()
				ctx, cancel := context.WithTimeout(context.Background(), limit)
				done(tracer, tracer.Shutdown(ctx))
				cancel()
				checkBooks(t, tracer)
			}
		}()
	}
	running.Wait()
}

// A tracer that is closed leaves nothing behind: no goroutine, no descriptor, and less
// than 2 KiB of memory. All of its spans arrive, and those of one whose receivers
// are not there are counted, in good time.
func TestCreateClose(t *testing.T) {
	const (
		warm, alive, dead = 100, 1000, 200
		heap              = alive << 11
	)
	idle := measure()
	ids := &countedIDs{}
	t.Run("alive", func(t *testing.T) {
		agent, thrift, otlp := startSoakUDP(t), startSoakHTTP(t), startSoakHTTP(t)
		urls := []string{agent.url(), thrift.url("/api/traces"), otlp.url("/v1/traces")}
		good := func(_ *spur.Tracer, err error) {
			if err != nil {
				t.Error(err)
			}
		}
		createClose(t, warm, 10*time.Second, urls, ids, good)
		before := settled(t)
		createClose(t, alive, 10*time.Second, urls, ids, good)
		after := noMoreThan(t, before, heap)
		for _, a := range []*arrivals{&agent.arrivals, &thrift.arrivals, &otlp.arrivals} {
			if !soon(t, 2*time.Second, func() bool { return a.got() == warm+alive }) {
				t.Errorf("%d spans arrived, want %d; %v", a.got(), warm+alive, a)
			}
		}
		t.Logf("after %d tracers: %v; after %d: %v", warm, before, warm+alive, after)
	})
	t.Run("dead", func(t *testing.T) {
		address := ownPort(t)
		urls := []string{"udp://" + address, "http://" + address + "/api/traces", "http://" + address + "/v1/traces"}
		const limit = 50 * time.Millisecond
		var slow int
		var mu sync.Mutex
		var lost spur.Stats
		note := func(tracer *spur.Tracer, err error) {
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				t.Error("nobody was there, but Shutdown returns no error")
			}
			for _, d := range tracer.Stats().Destinations {
				if d.DroppedTotal() != 1 {
					slow++
				}
			}
			lost = tracer.Stats()
		}
		createClose(t, dead/10, limit, urls, ids, note)
		before := measure()
		createClose(t, dead, limit, urls, ids, note)
		after := noMoreThan(t, before, heap)
		if slow > 0 {
			t.Errorf("%d of %d destinations had not counted their span as dropped when Shutdown returned", slow, 3*(dead+dead/10))
		}
		for i := range lost.Destinations {
			t.Log(booksLine(&lost.Destinations[i]))
		}
		t.Logf("after %d tracers: %v; after %d: %v", dead/10, before, dead+dead/10, after)
	})
	t.Logf("at first %v, in the end %v", idle, noMoreThan(t, idle, heap))
}

// settled measures when the collectors have noticed that their clients are gone.
func settled(t *testing.T) resources {
	t.Helper()
	last := measure()
	soon(t, 2*time.Second, func() bool {
		now := measure()
		same := now.goroutines == last.goroutines && now.descriptors == last.descriptors
		last = now
		return same
	})
	return last
}
