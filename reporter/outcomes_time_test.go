// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/faultnet"
	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/transport"
)

// overHTTP runs f for the ways that have answers.
func overHTTP(t *testing.T, o BatchingOptions, f func(g *rig)) {
	for _, w := range ways {
		if !w.udp() {
			t.Run(w.format.String(), func(t *testing.T) { bubble(t, w, o, f) })
		}
	}
}

// An outage of two seconds loses nothing, by any way, also when the kernel learns of
// refusals late. jaeger-client-go and OpenTelemetry lose 193 to 200 of these spans.
func TestOutageOfTwoSeconds(t *testing.T) {
	for _, w := range ways {
		for _, late := range []time.Duration{0, 3 * time.Millisecond, 300 * time.Millisecond} {
			if late > 0 && !w.udp() {
				continue
			}
			t.Run(w.format.String()+"/"+late.String(), func(t *testing.T) {
				bubble(t, w, BatchingOptions{}, func(g *rig) { g.outage(late) })
			})
		}
	}
}

func (g *rig) outage(late time.Duration) {
	if g.way.udp() {
		g.udp[0].SetDelay(late)
	}
	time.AfterFunc(time.Second+time.Millisecond/2, func() { g.listen(false) })
	time.AfterFunc(3*time.Second+time.Millisecond/2, func() { g.listen(true) })
	for range 200 {
		g.report(1)
		time.Sleep(20 * time.Millisecond)
	}
	mustFlush(g.t, g.r)
	time.Sleep(time.Second) // until all is confirmed
	mustClose(g.t, g.r)
	expectColumns(g.t, g.r, columns{Sent: 200})
	if ids := g.accepted(); len(ids) != 200 || twice(ids) != 0 {
		g.t.Errorf("%d of 200 spans arrived, %d of them twice", len(ids), twice(ids))
	}
}

// listen says whether the first receiver takes connections or datagrams.
func (g *rig) listen(on bool) {
	switch {
	case g.way.udp():
		g.udp[0].SetListening(on)
	case on:
		g.web[0].Set(faultnet.Healthy())
	default:
		g.web[0].Set(faultnet.Refuse())
	}
}

// jaeger-client-go delivers none of them.
func TestBusyTwice(t *testing.T) {
	overHTTP(t, BatchingOptions{}, func(g *rig) {
		g.web[0].Next(faultnet.Status(503), faultnet.Status(503))
		g.report(50)
		mustFlush(g.t, g.r)
		expectColumns(g.t, g.r, columns{Sent: 50})
		if ids := g.accepted(); len(ids) != 50 || twice(ids) != 0 {
			g.t.Errorf("%d of 50 spans arrived, %d of them twice", len(ids), twice(ids))
		}
		if d := stats(g.r); d.Retries != 2 || len(g.web[0].Requests()) != 3 {
			g.t.Errorf("%d retries, %d requests", d.Retries, len(g.web[0].Requests()))
		}
		mustClose(g.t, g.r)
	})
}

// A receiver that dies behind its commit gets the batch again: at least once.
func TestUnansweredIsRepeated(t *testing.T) {
	overHTTP(t, BatchingOptions{}, func(g *rig) {
		g.web[0].Next(faultnet.HangUp().Taking())
		g.report(50)
		mustFlush(g.t, g.r)
		expectColumns(g.t, g.r, columns{Sent: 50})
		if ids := g.accepted(); len(ids) != 50 || twice(ids) != 50 {
			g.t.Errorf("%d of 50 spans arrived, %d of them twice", len(ids), twice(ids))
		}
		mustClose(g.t, g.r)
	})
}

// A receiver that never answers: when the budget ends, the spans are unconfirmed, not lost.
func TestNeverAnswered(t *testing.T) {
	overHTTP(t, BatchingOptions{RetryBudget: 30 * time.Second}, func(g *rig) {
		g.web[0].Set(faultnet.Mute())
		g.report(50)
		start := time.Now()
		mustFlush(g.t, g.r)
		expectColumns(g.t, g.r, columns{Unconfirmed: 50})
		if took := time.Since(start); took < 30*time.Second || took > 42*time.Second {
			g.t.Errorf("Flush took %v, with 30 s for retries and 10 s for an exchange", took)
		}
		mustClose(g.t, g.r)
	})
}

func TestRetryAfterAnHour(t *testing.T) {
	overHTTP(t, BatchingOptions{}, func(g *rig) {
		g.web[0].Set(faultnet.Status(429).Header("Retry-After", "3600"))
		g.report(50)
		time.Sleep(150 * time.Second)
		synctest.Wait()
		q := g.web[0].Requests()
		if len(q) != 3 {
			g.t.Fatalf("%d requests in 150 s, want 3", len(q))
		}
		for i := range q[1:] {
			if wait := q[i+1].Time.Sub(q[i].Time); wait != time.Minute {
				g.t.Errorf("waited %v, want 1 m", wait)
			}
		}
		start := time.Now()
		err := g.closeWithin(5 * time.Second)
		if took := time.Since(start); took > 100*time.Millisecond || !errors.Is(err, context.DeadlineExceeded) {
			g.t.Errorf("Close returned %v after %v", err, took)
		}
		expectColumns(g.t, g.r, columns{Dropped: dropped(Closed, 50)})
	})
}

func TestCollectorMoves(t *testing.T) {
	for _, w := range ways {
		t.Run(w.format.String(), func(t *testing.T) {
			bubble(t, w, BatchingOptions{FlushInterval: 100 * time.Millisecond}, func(g *rig) {
				g.report(10)
				time.Sleep(time.Second)
				g.names.Set("collector", "10.0.0.2")
				g.listen(false)
				first := g.sent
				for range 100 {
					g.report(1)
					time.Sleep(10 * time.Millisecond)
				}
				synctest.Wait()
				arrived := 0
				for id := range g.accepted() {
					if uint64(id) > first {
						arrived++
					}
				}
				if arrived == 0 || !w.udp() && arrived < 50 {
					t.Errorf("%d of 100 spans of the first second arrived at the new address", arrived)
				}
				mustClose(t, g.r)
				c := g.law("after Close")
				if want := uint64(110); !w.udp() && c.Sent != want || c.Sent != uint64(len(g.accepted())) {
					t.Errorf("books: %+v, %d spans arrived", c, len(g.accepted()))
				}
			})
		})
	}
}

// A destination that hangs holds back neither Report nor another destination.
func TestHungDestination(t *testing.T) {
	for _, b := range []faultnet.Behaviour{faultnet.Vanish(), faultnet.Stall(), faultnet.Mute(), faultnet.Status(503)} {
		t.Run(b.String(), func(t *testing.T) {
			bubble(t, ways[2], BatchingOptions{Name: "hung", QueueBytes: 300_000}, func(g *rig) {
				g.web[0].Set(b)
				good := newFake(65000)
				other := newBatching(t, good, BatchingOptions{Name: "good", NoPacing: true, Shards: 1})
				m := NewMulti(g.r, other)
				const n = 5000
				start := time.Now()
				for i := range uint64(n) {
					m.Report(rpcSpan(i + 1))
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("%d reports took %v", n, took)
				}
				time.Sleep(DefaultFlushInterval + time.Millisecond)
				synctest.Wait()
				if got := distinct(t, good); got != n {
					t.Errorf("%d of %d spans arrived at the good destination within a second", got, n)
				}
				all := m.Stats()
				if len(all) != 2 || all[0].Name != "hung" || all[1].Name != "good" {
					t.Fatalf("destinations: %+v", all)
				}
				hung := columnsOf(&all[0])
				if hung.Sent != 0 || hung.total() != n || hung.Buffered == 0 || hung.Dropped[QueueFull] == 0 {
					t.Errorf("books of the hung one: %+v", hung)
				}
				if good := columnsOf(&all[1]); good != (columns{Sent: n}) {
					t.Errorf("books of the good one: %+v", good)
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				start = time.Now()
				err := m.Close(ctx)
				if took := time.Since(start); took > 1100*time.Millisecond || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Close returned %v after %v", err, took)
				}
				d := stats(g.r)
				if c := columnsOf(&d); c.total() != n || c.Buffered != 0 {
					t.Errorf("books of the hung one after Close: %+v", c)
				}
			})
		})
	}
}

// A burst with the defaults, a million spans a second: whatever the queue does not
// hold is counted.
func TestBurst(t *testing.T) {
	for _, w := range ways {
		t.Run(w.format.String(), func(t *testing.T) {
			bubble(t, w, BatchingOptions{}, func(g *rig) {
				n := 100_000
				if race.Enabled {
					n = 10_000
				}
				for range n / 100 {
					g.report(100)
					time.Sleep(100 * time.Microsecond) // else pacing would stand still
				}
				mustClose(t, g.r)
				c, ids := g.law("after Close"), g.accepted()
				if c.Sent != uint64(len(ids)) || len(ids) < n/2 || c.Sent+c.Dropped[QueueFull] != uint64(n) {
					t.Errorf("%d of %d spans arrived: %+v", len(ids), n, c)
				}
				t.Logf("%d of %d spans arrived", len(ids), n)
			})
		})
	}
}

// TestPartial: OTLP says how many spans of a request it rejected.
func TestPartial(t *testing.T) {
	bubble(t, ways[3], BatchingOptions{}, func(g *rig) {
		g.web[0].Set(faultnet.Answer(200, "application/json", `{"partialSuccess":{"rejectedSpans":"7","errorMessage":"too old"}}`))
		g.report(50)
		mustLose(t, g.r, "at close of otlp: 7 rejected")
		expectColumns(t, g.r, columns{Sent: 43, Dropped: dropped(Rejected, 7)})
		if f := g.r.t.Format(); f != transport.OTLP {
			t.Errorf("format %v", f)
		}
	})
}
