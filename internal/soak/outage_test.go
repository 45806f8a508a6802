// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package soak

import (
	"context"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur"
)

// twoCollectors returns a tracer with a Thrift and an OTLP destination, on sinks of
// their own.
func twoCollectors(t *testing.T) (*spur.Tracer, []*soakHTTP) {
	t.Helper()
	thrift, otlp := startSoakHTTP(t), startSoakHTTP(t)
	tracer, err := spur.New("test", everything(), spur.WithLogger(nil), spur.WithIDGenerator(&countedIDs{}),
		spur.WithEndpoint(thrift.url("/api/traces")), spur.WithEndpoint(otlp.url("/v1/traces")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tracer.Close() })
	return tracer, []*soakHTTP{thrift, otlp}
}

// allOnce flushes, and checks that each sink got each of n spans once.
func allOnce(t *testing.T, tracer *spur.Tracer, sinks []*soakHTTP, n uint64) spur.Stats {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := tracer.Flush(ctx); err != nil {
		t.Error(err)
	}
	checkBooks(t, tracer)
	st := tracer.Stats()
	for i, s := range sinks {
		d := &st.Destinations[i]
		t.Logf("%s; %v", booksLine(d), s)
		if d.Sent != n || s.got() != n || s.spans != n {
			t.Errorf("%s: %d sent, %d arrived, %d of them different; want %d", d.Name, d.Sent, s.spans, s.got(), n)
		}
	}
	return st
}

// Collectors that are gone for 2 seconds cost nothing.
func TestOutage(t *testing.T) {
	const spans, outage = 200, 2 * time.Second
	tracer, sinks := twoCollectors(t)
	for _, s := range sinks {
		s.become(soakRefused)
	}
	tick := time.NewTicker(outage / spans)
	defer tick.Stop()
	for range spans {
		tracer.StartSpan("op").Finish()
		<-tick.C
	}
	for _, s := range sinks {
		s.recover(t)
	}
	for _, d := range allOnce(t, tracer, sinks, spans).Destinations {
		if d.Retries == 0 {
			t.Errorf("%s: no retries in an outage of %v", d.Name, outage)
		}
	}
}

// Nor does an agent, where the kernel says that nobody listened.
func TestAgentOutage(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs refusals that the kernel keeps on the socket")
	}
	const spans, outage = 200, 2 * time.Second
	agent := startSoakUDP(t)
	tracer, err := spur.New("test", everything(), spur.WithLogger(nil), spur.WithIDGenerator(&countedIDs{}), spur.WithEndpoint(agent.url()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tracer.Close() })
	agent.down()
	tick := time.NewTicker(outage / spans)
	defer tick.Stop()
	for range spans {
		tracer.StartSpan("op").Finish()
		<-tick.C
	}
	agent.recover(t)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := tracer.Flush(ctx); err != nil {
		t.Error(err)
	}
	checkBooks(t, tracer)
	soon(t, 10*time.Second, func() bool { return agent.got() == spans })
	d := tracer.Stats().Destinations[0]
	if d.Sent != spans || d.Retries == 0 || agent.got() != spans {
		t.Errorf("%s; %d arrived, want %d", booksLine(&d), agent.got(), spans)
	}
}

// A collector that is busy twice and then takes the batch gets it once.
func TestBusyTwice(t *testing.T) {
	const spans, busy = 50, 2
	tracer, sinks := twoCollectors(t)
	for _, s := range sinks {
		var asked atomic.Int32
		unavailable := soakStatus(http.StatusServiceUnavailable, "").serve
		s.become(soakFault{name: "busy twice", serve: func(s *soakHTTP, w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) <= busy {
				unavailable(s, w, r)
				return
			}
			soakHealthy.serve(s, w, r)
		}})
	}
	for range spans {
		tracer.StartSpan("op").Finish()
	}
	st := allOnce(t, tracer, sinks, spans)
	for i := range st.Destinations {
		if d := &st.Destinations[i]; d.Retries != busy {
			t.Errorf("%s: %d retries, want %d", d.Name, d.Retries, busy)
		}
	}
}
