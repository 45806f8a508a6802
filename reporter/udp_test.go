// SPDX-License-Identifier: Apache-2.0

//go:build linux

package reporter

import (
	"net"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

// An agent that is not there: jaeger-client-go counts all spans as sent.
func TestUDPAgentAbsent(t *testing.T) {
	gone, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := gone.LocalAddr().String()
	gone.Close()
	udp, err := transport.NewUDP(addr, transport.UDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := newBatching(t, udp, BatchingOptions{FlushInterval: never})
	for i := range uint64(200) {
		r.Report(rpcSpan(i + 1))
		if i%10 == 9 {
			mustFlush(t, r)
		}
	}
	mustClose(t, r)
	expectColumns(t, r, columns{Dropped: dropped(SendError, 200)})
}

// Two datagrams, which the receive buffer of any socket holds: all arrive.
func TestUDPDelivers(t *testing.T) {
	agent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
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
	seen := make(map[model.SpanID]bool)
	buf := make([]byte, 65535)
	for len(seen) < n {
		size, _, err := agent.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		m := decode(t, transport.JaegerCompact, buf[:size])
		for i := range m.Batch.Spans {
			seen[m.Batch.Spans[i].SpanID] = true
		}
	}
}
