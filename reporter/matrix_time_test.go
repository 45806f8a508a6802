// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"context"
	"math/bits"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/faultnet"
)

// column is one of the books, or several.
type column int

const (
	toSent column = 1 << iota
	toUnconfirmed
	toSendError
	toRejected
	toExhausted
	toClosed
)

// fault is something that goes wrong. http and udp cause it, or are nil where it
// cannot happen. The columns say where spans may end up when Close has five
// seconds; where it is one column, all of them must. (A batch that was written and
// not answered in time is unconfirmed; those behind it are closed.)
type fault struct {
	name            string
	http            func(g *rig)
	toHTTP          column
	udp             func(g *rig)
	toUDP           column
	taken           bool // HTTP: spans may have been accepted all the same
	duplicatesFine  bool
	lostWithoutSign bool // UDP: nobody can know
}

func web(b faultnet.Behaviour) func(g *rig) {
	return func(g *rig) { g.web[0].Set(b) }
}

func webOnce(bs ...faultnet.Behaviour) func(g *rig) {
	return func(g *rig) { g.web[0].Next(bs...) }
}

var faults = []fault{
	{name: "healthy", http: web(faultnet.Healthy()), toHTTP: toSent, udp: func(*rig) {}, toUDP: toSent},
	{
		name: "refused", http: web(faultnet.Refuse()), toHTTP: toClosed,
		udp: func(g *rig) { g.udp[0].SetListening(false) }, toUDP: toSendError,
	},
	{name: "refused late", udp: func(g *rig) { g.udp[0].SetListening(false); g.udp[0].SetDelay(time.Millisecond) }, toUDP: toSendError | toSent, lostWithoutSign: true},
	{name: "reset mid-body", http: web(faultnet.ResetAt(1000)), toHTTP: toClosed | toUnconfirmed},
	{name: "reset mid-body, twice", http: webOnce(faultnet.ResetAt(1000), faultnet.ResetAt(0)), toHTTP: toSent},
	{name: "reset after the body", http: web(faultnet.ResetAfterRead()), toHTTP: toUnconfirmed},
	{name: "hangs up, having accepted", http: webOnce(faultnet.HangUp().Taking()), toHTTP: toSent, duplicatesFine: true},
	{
		name: "black hole", http: web(faultnet.Vanish()), toHTTP: toClosed,
		udp: func(g *rig) { g.udp[0].SetLoss(1, 1) }, toUDP: toSent, lostWithoutSign: true,
	},
	{
		name: "reads nothing", http: web(faultnet.Stall()), toHTTP: toUnconfirmed | toClosed,
		udp: func(g *rig) { g.udp[0].Stall(true) }, toUDP: toClosed,
	},
	{name: "kernel buffer full, twice", udp: func(g *rig) { g.udp[0].Fail(syscall.ENOBUFS, syscall.ENOBUFS) }, toUDP: toSent},
	{name: "mute", http: web(faultnet.Mute()), toHTTP: toUnconfirmed | toClosed},
	{name: "drip", http: web(faultnet.Drip(100 * time.Millisecond)), toHTTP: toUnconfirmed | toClosed, taken: true, duplicatesFine: true},
	{name: "drip of the body", http: web(faultnet.DripBody(100 * time.Millisecond)), toHTTP: toUnconfirmed | toClosed, taken: true},
	{name: "500", http: web(faultnet.Status(500)), toHTTP: toSendError},
	{name: "501", http: web(faultnet.Status(501)), toHTTP: toSendError},
	{name: "400", http: web(faultnet.Status(400)), toHTTP: toRejected},
	{name: "401", http: web(faultnet.Status(401)), toHTTP: toRejected},
	{name: "503 twice", http: webOnce(faultnet.Status(503), faultnet.Status(503)), toHTTP: toSent},
	{name: "502", http: web(faultnet.Status(502)), toHTTP: toClosed},
	{name: "429", http: web(faultnet.Status(429)), toHTTP: toClosed},
	{name: "Retry-After 2 s", http: webOnce(faultnet.Status(429).Header("Retry-After", "2")), toHTTP: toSent},
	{name: "Retry-After 1 h", http: web(faultnet.Status(503).Header("Retry-After", "3600")), toHTTP: toClosed},
	{name: "redirect loop", http: web(faultnet.RedirectLoop()), toHTTP: toSendError},
	{name: "endless body", http: web(faultnet.Endless()), toHTTP: toUnconfirmed},
	{name: "HTML 200", http: web(faultnet.HTML()), toHTTP: toUnconfirmed},
	{name: "body too short", http: web(faultnet.WrongLength(5)), toHTTP: toUnconfirmed},
	{name: "body too long", http: web(faultnet.WrongLength(-5)), toHTTP: toUnconfirmed},
	{
		name: "restart", http: web(faultnet.Restart(2 * time.Second)), toHTTP: toSent,
		udp: func(g *rig) {
			g.udp[0].SetListening(false)
			time.AfterFunc(2*time.Second, func() { g.udp[0].SetListening(true) })
		}, toUDP: toSent | toSendError,
	},
	{
		name: "name moved", http: func(g *rig) { g.web[0].Set(faultnet.Refuse()); g.names.Set("collector", "10.0.0.2") }, toHTTP: toSent,
		udp: func(g *rig) { g.udp[0].SetListening(false); g.names.Set("collector", "10.0.0.2") }, toUDP: toSent | toSendError,
	},
	{
		name: "name not found", http: func(g *rig) { g.names.Set("collector") }, toHTTP: toClosed,
		udp: func(g *rig) { g.names.Set("collector") }, toUDP: toSendError,
	},
}

// ends are the ways in which a program stops reporting.
var ends = []struct {
	name string
	run  func(g *rig)
}{
	{"Flush", func(g *rig) {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		start := time.Now()
		err := g.r.Flush(ctx)
		if took := time.Since(start); took > 3*time.Second {
			g.t.Errorf("Flush took %v", took)
		}
		if c := g.law("after Flush"); err == nil && c.Buffered > 0 {
			g.t.Errorf("Flush returned nil and %d spans wait", c.Buffered)
		}
		_ = g.closeWithin(5 * time.Second) // its effect is checked by the caller
	}},
	{"Close", func(g *rig) { _ = g.closeWithin(5 * time.Second) }},
	{"double Close", func(g *rig) {
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() { _ = g.closeWithin(5 * time.Second) })
		}
		wait.Wait()
		if err := g.closeWithin(time.Second); err != nil {
			g.t.Errorf("Close after Close: %v", err)
		}
	}},
	{"Report during Close", func(g *rig) {
		var wait sync.WaitGroup
		wait.Go(func() {
			for range 50 {
				g.report(4)
				time.Sleep(time.Millisecond)
			}
		})
		time.Sleep(20 * time.Millisecond)
		_ = g.closeWithin(5 * time.Second)
		wait.Wait()
	}},
}

// TestFaultMatrix runs every fault by every way to every end. The books must
// balance to the span, nothing may count as sent that the receiver did not accept,
// and Close must keep its time.
func TestFaultMatrix(t *testing.T) {
	for _, w := range ways {
		for _, f := range faults {
			start, want := f.http, f.toHTTP
			if w.udp() {
				start, want = f.udp, f.toUDP
			}
			if start == nil {
				continue
			}
			for _, end := range ends {
				t.Run(w.format.String()+"/"+f.name+"/"+end.name, func(t *testing.T) {
					bubble(t, w, BatchingOptions{FlushInterval: 100 * time.Millisecond}, func(g *rig) {
						start(g)
						for range 10 {
							g.report(20)
							time.Sleep(30 * time.Millisecond)
						}
						g.law("while reporting")
						end.run(g)
						synctest.Wait()
						g.verdict(&f, want, end.name)
					})
				})
			}
		}
	}
}

// verdict compares the books with the receivers'.
func (g *rig) verdict(f *fault, want column, end string) {
	g.t.Helper()
	c := g.law("after Close")
	if c.Buffered != 0 {
		g.t.Errorf("%d spans are still buffered", c.Buffered)
	}
	got := column(0)
	for col, n := range map[column]uint64{
		toSent: c.Sent, toUnconfirmed: c.Unconfirmed, toSendError: c.Dropped[SendError],
		toRejected: c.Dropped[Rejected], toExhausted: c.Dropped[RetryExhausted], toClosed: c.Dropped[Closed],
	} {
		if n > 0 {
			got |= col
		}
	}
	if end == "Report during Close" {
		want |= toClosed
	}
	if got&^want != 0 || bits.OnesCount(uint(want)) == 1 && got != want {
		g.t.Errorf("books %+v: columns %b, want %b", c, got, want)
	}
	ids := g.accepted()
	if uint64(len(ids)) < c.Sent && !f.lostWithoutSign {
		g.t.Errorf("%d spans count as sent, the receiver accepted %d", c.Sent, len(ids))
	}
	if uint64(len(ids)) > c.Sent && !f.taken {
		g.t.Errorf("the receiver accepted %d spans, %d count as sent", len(ids), c.Sent)
	}
	if n := twice(ids); n > 0 && !f.duplicatesFine {
		g.t.Errorf("%d spans arrived twice", n)
	}
}
