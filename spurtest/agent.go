// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// ErrClosed is what Agent.Wait returns, wrapped, when the agent is closed before
// the spans came.
var ErrClosed = errors.New("spurtest: agent is closed")

// DefaultAgentSpans is how many spans an Agent keeps.
const DefaultAgentSpans = 100_000

const (
	agentBuffer   = 4 << 20   // asked of the kernel for datagrams that wait
	agentBacklog  = 256       // datagrams between the socket and the decoder
	agentMaxBytes = 256 << 20 // of the datagrams whose batches are kept
	maxDatagram   = 1 << 16
)

// AgentOptions changes what StartAgent starts.
type AgentOptions struct {
	// MaxSpans is how many spans are kept; DefaultAgentSpans when 0 or less.
	// Batches that find no room are counted in Discarded.
	MaxSpans int
}

// Batch is one datagram that an Agent received.
type Batch struct {
	wire.Batch
	Format transport.Format // JaegerCompact or JaegerBinary
	Size   int              // of the datagram, in bytes
}

// Agent takes the part of Jaeger's agent in a test: it listens on a UDP port of
// 127.0.0.1, decodes the batches that arrive, in the compact and in the binary
// protocol, and keeps them. What it keeps comes from datagrams of at most 256 MiB
// in all. All methods may be called from any goroutine, also after Close.
type Agent struct {
	conn     *net.UDPConn
	addr     netip.AddrPort
	maxSpans int

	arrived     arrivals
	undecodable atomic.Int64

	mu        sync.Mutex
	batches   []Batch
	spans     int // in batches
	bytes     int // of the datagrams of batches
	discarded int

	closing   sync.Once
	datagrams chan []byte
	done      chan struct{} // closed when nothing runs any more
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

// StartAgent starts an agent on a port that the system chooses. Its two
// goroutines run until Close.
func StartAgent(o AgentOptions) (*Agent, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("spurtest: starting an agent: %w", err)
	}
	_ = conn.SetReadBuffer(agentBuffer) // the kernel gives what it may
	local, _ := conn.LocalAddr().(*net.UDPAddr)
	a := &Agent{
		conn: conn, addr: local.AddrPort(), maxSpans: o.MaxSpans,
		datagrams: make(chan []byte, agentBacklog), done: make(chan struct{}),
	}
	if a.maxSpans <= 0 {
		a.maxSpans = DefaultAgentSpans
	}
	go a.read()
	go a.decode()
	return a, nil
}

// Addr returns host and port, such as 127.0.0.1:40001.
func (a *Agent) Addr() string { return a.addr.String() }

// Host returns 127.0.0.1: what belongs into JAEGER_AGENT_HOST.
func (a *Agent) Host() string { return a.addr.Addr().String() }

// Port returns the port: what belongs into JAEGER_AGENT_PORT.
func (a *Agent) Port() int { return int(a.addr.Port()) }

// Option makes a tracer send to the agent, as it sends to Jaeger's by default:
// compact batches over UDP. It serves one tracer, which owns the reporter within;
// each further tracer needs an Option of its own.
func (a *Agent) Option() spur.Option {
	udp, err := transport.NewUDP(a.Addr(), transport.UDPOptions{})
	if err != nil {
		return spur.WithReporter(nil) // makes New fail; an address of ours is a good one
	}
	r, err := reporter.NewBatching(udp, reporter.BatchingOptions{Name: "agent"})
	if err != nil {
		return spur.WithReporter(nil)
	}
	return spur.WithReporter(r)
}

// Wait returns nil once n spans have arrived since the start or the last Reset,
// kept or not. When ctx ends first, or the agent is closed, the error says how
// many did and wraps ctx's, or ErrClosed.
func (a *Agent) Wait(ctx context.Context, n int) error { return a.arrived.wait(ctx, n, a.done) }

// Spans returns a copy of each span that is kept, in the order of arrival.
func (a *Agent) Spans() []model.Span {
	var spans []model.Span
	for _, b := range a.Batches() {
		spans = append(spans, b.Spans...)
	}
	return spans
}

// Batches returns a copy of each batch that is kept, in the order of arrival.
// Process and Stats are not copied; do not modify them.
func (a *Agent) Batches() []Batch {
	a.mu.Lock()
	batches := slices.Clone(a.batches)
	a.mu.Unlock()
	for i := range batches {
		kept := batches[i].Spans
		batches[i].Spans = make([]model.Span, len(kept))
		for j := range kept {
			batches[i].Spans[j] = *kept[j].Clone()
		}
	}
	return batches
}

// Tree prints the spans as Tree does.
func (a *Agent) Tree(opts ...TreeOption) string { return Tree(a.Spans(), opts...) }

// Received returns how many spans have arrived since the start or the last
// Reset, kept or not.
func (a *Agent) Received() int { return a.arrived.count() }

// Discarded returns how many spans arrived when there was no room for them. Reset
// does not change it.
func (a *Agent) Discarded() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.discarded
}

// Undecodable returns how many datagrams arrived that were no batch. Reset does
// not change it.
func (a *Agent) Undecodable() int { return int(a.undecodable.Load()) }

// Reset forgets the batches and makes Wait count from 0.
func (a *Agent) Reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.batches, a.spans, a.bytes = nil, 0, 0
	a.arrived.reset()
}

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
		a.undecodable.Add(1)
		return
	}
	a.mu.Lock()
	if n := len(m.Batch.Spans); a.spans+n > a.maxSpans || a.bytes+len(b) > agentMaxBytes {
		a.discarded += n
	} else {
		a.batches = append(a.batches, Batch{Batch: m.Batch, Format: format, Size: len(b)})
		a.spans += n
		a.bytes += len(b)
	}
	a.arrived.add(len(m.Batch.Spans)) // under the lock: Reset counts what it forgets
	a.mu.Unlock()
}
