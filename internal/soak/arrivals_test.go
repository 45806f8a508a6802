// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package soak

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
)

// countedIDs numbers spans from 1, so that a sink can tell with a bit for each which
// it has seen.
type countedIDs struct{ last atomic.Uint64 }

func (c *countedIDs) TraceID() model.TraceID { return model.TraceID{Low: c.last.Add(1)} }
func (c *countedIDs) SpanID() model.SpanID   { return model.SpanID(c.last.Add(1)) }

// arrivals are the books of a sink.
type arrivals struct {
	mu       sync.Mutex
	spans    uint64   // accepted
	unique   uint64   // accepted, each counted once
	repeats  uint64   // accepted requests that brought a span again
	requests uint64   // accepted or not
	bad      uint64   // requests that could not be decoded
	seen     []uint64 // a bit for each span
}

// accept books one request.
func (a *arrivals) accept(spans []model.Span) {
	a.mu.Lock()
	defer a.mu.Unlock()
	again := false
	for i := range spans {
		word, bit := int(spans[i].SpanID/64), uint64(1)<<(spans[i].SpanID%64)
		for len(a.seen) <= word {
			a.seen = append(a.seen, 0)
		}
		if a.seen[word]&bit != 0 {
			again = true
		} else {
			a.unique++
		}
		a.seen[word] |= bit
	}
	a.spans += uint64(len(spans))
	if again {
		a.repeats++
	}
}

// count adds to the requests, and to those that are bad.
func (a *arrivals) count(requests, bad uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests += requests
	a.bad += bad
}

// got is how many different spans were accepted.
func (a *arrivals) got() uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.unique
}

// compare checks the books of a destination against those of its sink, which has
// been closed. A datagram that was sent may be lost; an HTTP request that was
// answered may not, and one that came twice was sent twice.
func (a *arrivals) compare(t *testing.T, d *reporter.DestinationStats, udp bool) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	// An attempt that went unanswered may have arrived, whatever the answer to the next one was.
	most := d.Sent + d.Unconfirmed + d.Dropped[reporter.SendError] + d.Dropped[reporter.Rejected]
	switch {
	case a.bad > 0:
		t.Errorf("%s: the sink could not decode %d messages", d.Name, a.bad)
	case udp && (a.unique > d.Sent || a.repeats > 0):
		t.Errorf("%s: the sink got %d spans and %d datagrams twice, but %d spans were sent", d.Name, a.unique, a.repeats, d.Sent)
	case !udp && (a.unique < d.Sent || a.unique > most):
		t.Errorf("%s: the sink accepted %d spans, but %d were sent, and %d may have been", d.Name, a.unique, d.Sent, most)
	case a.repeats > d.Retries:
		t.Errorf("%s: %d requests brought spans again, with %d retries", d.Name, a.repeats, d.Retries)
	}
}

func (a *arrivals) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprintf("sink: %d requests, %d accepted spans, %d different, %d requests again", a.requests, a.spans, a.unique, a.repeats)
}

// booksLine is a destination's part of a summary.
func booksLine(d *reporter.DestinationStats) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d sent, %d unconfirmed", d.Name, d.Sent, d.Unconfirmed)
	for why, n := range d.Dropped {
		if n > 0 {
			fmt.Fprintf(&b, ", %d %v", n, reporter.Reason(why))
		}
	}
	fmt.Fprintf(&b, ", %d buffered, %d retries", d.BufferedSpans, d.Retries)
	return b.String()
}

// resources are what a tracer may not keep.
type resources struct {
	goroutines, descriptors int
	heap                    int64 // bytes alive
	rss                     int64 // of the process, in bytes; 0 where it is not known
}

// measure collects the garbage first.
func measure() resources {
	runtime.GC()
	runtime.GC() // what the first one found in pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r := resources{goroutines: runtime.NumGoroutine(), heap: int64(m.HeapAlloc)}
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		r.descriptors = len(files)
	}
	if status, err := os.ReadFile("/proc/self/statm"); err == nil {
		var size, resident int64
		if _, err := fmt.Sscan(string(status), &size, &resident); err == nil {
			r.rss = resident * int64(os.Getpagesize())
		}
	}
	return r
}

func (r resources) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, heap %.1f MiB, RSS %.1f MiB", r.goroutines, r.descriptors, mebi(r.heap), mebi(r.rss))
}

func mebi(n int64) float64 { return float64(n) / (1 << 20) }

// noMoreThan waits for goroutines and descriptors to go, and compares.
func noMoreThan(t *testing.T, before resources, heap int64) resources {
	t.Helper()
	var now resources
	soon(t, 5*time.Second, func() bool {
		now = measure()
		return now.goroutines <= before.goroutines && now.descriptors <= before.descriptors
	})
	if now.goroutines > before.goroutines || now.descriptors > before.descriptors {
		stacks := make([]byte, 1<<16)
		t.Errorf("left behind: %v, before %v\n%s", now, before, stacks[:runtime.Stack(stacks, true)])
	}
	if now.heap > before.heap+heap {
		t.Errorf("the heap has grown by more than %.1f MiB: %v, before %v", mebi(heap), now, before)
	}
	return now
}

// soon asks until the answer is true, and returns the last one.
func soon(t testing.TB, limit time.Duration, ok func() bool) bool {
	t.Helper()
	end := time.NewTimer(limit)
	defer end.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok() {
			return true
		}
		select {
		case <-tick.C:
		case <-end.C:
			return ok()
		}
	}
}

// ownPort returns an address whose port the system gives nobody by itself, so that
// it can be left and taken again, and no refused dial ever meets itself.
func ownPort(t testing.TB) string {
	t.Helper()
	for port := 20_000 + os.Getpid()%10_000; port < 32_000; port++ {
		address := fmt.Sprintf("127.0.0.1:%d", port)
		tcp, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		udp, err := net.ListenPacket("udp", address)
		if err == nil {
			udp.Close()
		}
		tcp.Close()
		if err == nil {
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}
