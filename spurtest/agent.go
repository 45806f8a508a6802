// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"bytes"
	"cmp"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// DefaultAgentSpans is how many spans an Agent keeps.
const DefaultAgentSpans = 100_000

const (
	agentBuffer  = 4 << 20 // asked of the kernel for datagrams that wait
	agentBacklog = 256     // datagrams between the socket and the decoder
	maxDatagram  = 1 << 16
)

// AgentOptions changes what StartAgent starts.
type AgentOptions struct {
	// Addr is host and port to listen at, as for net.ListenPacket: 127.0.0.1 and a
	// port that the system chooses when "", Jaeger's own with "127.0.0.1:6831".
	Addr string
	// MaxSpans is how many spans are kept; DefaultAgentSpans when 0 or less.
	// Batches that find no room are counted in Discarded.
	MaxSpans int
}

// Agent takes the part of Jaeger's agent in a test: it listens on a UDP port, decodes
// the batches that arrive, in the compact and in the binary protocol, and keeps them.
// What it keeps comes from datagrams of at most 256 MiB in all. All methods may be
// called from any goroutine, also after Close.
type Agent struct {
	inbox
	conn *net.UDPConn
	addr netip.AddrPort

	closing   sync.Once
	datagrams chan []byte
}

// NewAgent starts an agent for a test, which closes it. The test ends here if no
// port can be had.
func NewAgent(t testing.TB) *Agent {
	t.Helper()
	a, err := StartAgent(AgentOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// StartAgent starts an agent. The error names the address if it cannot listen there.
// Its two goroutines run until Close.
func StartAgent(o AgentOptions) (*Agent, error) {
	addr := cmp.Or(o.Addr, anyPort)
	packets, err := net.ListenPacket("udp", addr)
	if err != nil {
		return nil, listenError("agent", addr, err)
	}
	conn, _ := packets.(*net.UDPConn)
	_ = conn.SetReadBuffer(agentBuffer) // the kernel gives what it may
	a := &Agent{conn: conn, addr: reachable(conn.LocalAddr()), datagrams: make(chan []byte, agentBacklog)}
	a.open(o.MaxSpans, DefaultAgentSpans)
	go a.read()
	go a.decode()
	return a, nil
}

// Addr returns host and port, such as 127.0.0.1:40001.
func (a *Agent) Addr() string { return a.addr.String() }

// Host returns the host, such as 127.0.0.1: what belongs into JAEGER_AGENT_HOST.
func (a *Agent) Host() string { return a.addr.Addr().String() }

// Port returns the port: what belongs into JAEGER_AGENT_PORT.
func (a *Agent) Port() int { return int(a.addr.Port()) }

// Option makes a tracer send to the agent, as it sends to Jaeger's by default:
// compact batches over UDP.
func (a *Agent) Option() spur.Option { return spur.WithEndpoint("udp://" + a.Addr()) }

// Close stops listening and returns when what has been read is decoded. What the
// kernel still holds is lost. Later calls return nil.
func (a *Agent) Close() error {
	var err error
	a.closing.Do(func() { err = a.conn.Close() })
	<-a.done
	return err
}

// read takes datagrams from the kernel as fast as it can. It ends when the
// connection is closed.
func (a *Agent) read() {
	defer close(a.datagrams)
	buf := make([]byte, maxDatagram)
	for {
		n, _, err := a.conn.ReadFromUDPAddrPort(buf)
		if err == nil {
			a.datagrams <- bytes.Clone(buf[:n])
		} else if errors.Is(err, net.ErrClosed) {
			return
		} // other errors concern one datagram
	}
}

func (a *Agent) decode() {
	defer close(a.done)
	for b := range a.datagrams {
		a.receive(b)
	}
}

// compactFirst is the first byte of every message in the compact protocol, and of
// none in the binary one.
const compactFirst = 0x82

func (a *Agent) receive(b []byte) {
	decode, format := wire.DecodeBinaryMessage, transport.JaegerBinary
	if len(b) > 0 && b[0] == compactFirst {
		decode, format = wire.DecodeCompactMessage, transport.JaegerCompact
	}
	m, err := decode(b)
	if err != nil {
		a.refuse()
		return
	}
	a.put(format, len(b), m.Batch)
}
