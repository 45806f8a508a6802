// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package reporter

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/faultnet"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

// way is a transport with its encoding.
type way struct {
	format transport.Format
	port   string
	scheme string
	path   string
}

var ways = []way{
	{transport.JaegerCompact, "6831", "", ""},
	{transport.JaegerBinary, "6832", "", ""},
	{transport.JaegerBatch, "14268", "http://", "/api/traces"},
	{transport.OTLP, "4318", "http://", "/v1/traces"},
}

func (w way) udp() bool { return w.scheme == "" }

// rig is a reporter, the network it sends by and the receivers at its ends: the
// name "collector", which is 10.0.0.1, and 10.0.0.2, which nobody knows yet.
type rig struct {
	t     *testing.T
	way   way
	net   faultnet.Network
	names faultnet.Resolver
	r     *Batching

	web  [2]*faultnet.HTTPPeer
	udp  [2]*faultnet.Peer
	sent uint64 // spans reported
}

func newRig(t *testing.T, w way, o BatchingOptions) *rig {
	t.Helper()
	g := &rig{t: t, way: w}
	g.names.Set("collector", "10.0.0.1")
	for i, host := range []string{"10.0.0.1:", "10.0.0.2:"} {
		if w.udp() {
			g.udp[i] = g.net.Listen(host + w.port)
		} else {
			g.web[i] = g.net.ListenHTTP(host + w.port)
		}
	}
	var tr transport.Transport
	var err error
	if w.udp() {
		tr, err = transport.NewUDP("collector:"+w.port, transport.UDPOptions{Format: w.format, Dial: g.net.Dial, Resolver: &g.names})
	} else {
		tr, err = transport.NewHTTP(w.scheme+"collector:"+w.port+w.path, transport.HTTPOptions{Dial: g.net.Dial, Resolver: &g.names})
	}
	if err != nil {
		t.Fatal(err)
	}
	if f := tr.Format(); f != w.format {
		t.Fatalf("format %v, want %v", f, w.format)
	}
	g.r = newBatching(t, tr, o)
	return g
}

// report reports n spans with ids of their own.
func (g *rig) report(n int) {
	for range n {
		g.sent++
		g.r.Report(rpcSpan(g.sent))
	}
}

// close ends the receivers, after the reporter.
func (g *rig) close() {
	for _, p := range g.web {
		if p != nil {
			_ = p.Close()
		}
	}
}

// accepted counts how often each span was accepted by a receiver.
func (g *rig) accepted() map[model.SpanID]int {
	g.t.Helper()
	ids := make(map[model.SpanID]int)
	note := func(b []byte) {
		m := decode(g.t, g.way.format, b)
		for i := range m.Batch.Spans {
			ids[m.Batch.Spans[i].SpanID]++
		}
	}
	for i := range g.web {
		if g.way.udp() {
			for _, b := range g.udp[i].Packets() {
				note(b)
			}
			continue
		}
		for _, q := range g.web[i].Requests() {
			if q.Err != nil {
				g.t.Errorf("a request that the receiver cannot read: %v", q.Err)
			}
			if q.Accepted {
				note(q.Body)
			}
		}
	}
	return ids
}

// law checks the books against what was reported, to the span.
func (g *rig) law(when string) columns {
	g.t.Helper()
	d := stats(g.r)
	c := columnsOf(&d)
	if c.total() != g.sent {
		g.t.Errorf("%s: %d spans in the books, %d were reported: %+v", when, c.total(), g.sent, c)
	}
	return c
}

// closeWithin closes the reporter and checks that it takes no longer than its
// context and 100 ms.
func (g *rig) closeWithin(patience time.Duration) error {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	start := time.Now()
	err := g.r.Close(ctx)
	if took := time.Since(start); took > patience+100*time.Millisecond {
		g.t.Errorf("Close took %v, with %v to go", took, patience)
	}
	return err
}

// bubble runs f with a rig in virtual time.
func bubble(t *testing.T, w way, o BatchingOptions, f func(g *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, w, o)
		defer g.close()
		f(g)
	})
}
