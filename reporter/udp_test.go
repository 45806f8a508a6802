// SPDX-License-Identifier: Apache-2.0

//go:build linux

package reporter

import (
	"net"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

// freePort is an address on which nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	c := listen(t, "127.0.0.1:0")
	defer c.Close()
	return c.LocalAddr().String()
}

func listen(t *testing.T, addr string) net.PacketConn {
	t.Helper()
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// An agent that is not there: Close does not wait for it, and counts.
// jaeger-client-go counts all spans as sent.
func TestUDPAgentAbsent(t *testing.T) {
	udp, err := transport.NewUDP(freePort(t), transport.UDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := newBatching(t, udp, BatchingOptions{FlushInterval: never})
	for i := range uint64(2000) { // several datagrams
		r.Report(rpcSpan(i + 1))
	}
	start := time.Now()
	mustLose(t, r, "2000 send_error")
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("Close took %v", took)
	}
	expectColumns(t, r, columns{Dropped: dropped(SendError, 2000)})
}

// An agent that restarts loses nothing: what the kernel says was refused is sent
// again. jaeger-client-go loses 194 to 200 of these spans.
func TestUDPAgentRestarts(t *testing.T) {
	const n = 200
	addr := freePort(t)
	udp, err := transport.NewUDP(addr, transport.UDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := newBatching(t, udp, BatchingOptions{FlushInterval: 20 * time.Millisecond})
	tick, outage := time.NewTicker(10*time.Millisecond), time.After(2*time.Second)
	defer tick.Stop()
	for i := range uint64(n) {
		r.Report(rpcSpan(i + 1))
		<-tick.C
	}
	<-outage
	if d := stats(r); d.BufferedSpans != n || d.Retries < 3 {
		t.Errorf("without an agent: %+v", d)
	}
	agent := listen(t, addr)
	defer agent.Close()
	mustFlush(t, r)
	expectColumns(t, r, columns{Sent: n})
	if ids := received(t, agent, n); twice(ids) != 0 {
		t.Errorf("%d spans arrived twice", twice(ids))
	}
	mustClose(t, r)
}

// received reads datagrams until n different spans have come.
func received(t *testing.T, agent net.PacketConn, n int) map[model.SpanID]int {
	t.Helper()
	ids := make(map[model.SpanID]int)
	buf := make([]byte, 65535)
	_ = agent.SetReadDeadline(time.Now().Add(10 * time.Second))
	for len(ids) < n {
		size, _, err := agent.ReadFrom(buf)
		if err != nil {
			t.Fatalf("%d of %d spans arrived: %v", len(ids), n, err)
		}
		m := decode(t, transport.JaegerCompact, buf[:size])
		for i := range m.Batch.Spans {
			ids[m.Batch.Spans[i].SpanID]++
		}
	}
	return ids
}

// Two datagrams, which the receive buffer of any socket holds: all arrive.
func TestUDPDelivers(t *testing.T) {
	agent := listen(t, "127.0.0.1:0")
	defer agent.Close()
	udp, err := transport.NewUDP(agent.LocalAddr().String(), transport.UDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const n = 400
	r := newBatching(t, udp, BatchingOptions{FlushInterval: never})
	for i := range uint64(n) {
		r.Report(rpcSpan(i + 1))
	}
	mustClose(t, r)
	expectColumns(t, r, columns{Sent: n})
	received(t, agent, n)
}
