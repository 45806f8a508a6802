// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Network is a set of addresses that datagrams can be sent to and streams be
// opened to. The zero value is ready: nobody listens anywhere.
type Network struct {
	mu      sync.Mutex
	peers   map[string]*Peer    // of datagrams
	streams map[string]endpoint // who listens for streams
	dials   []string
	fail    error
	buffer  int // of streams, 0: defaultBuffer
	ports   int // given to dialling ends so far
}

// Listen returns the datagram peer at addr, an IP address and port, and has it
// listen.
func (n *Network) Listen(addr string) *Peer {
	p := n.peer(addr)
	p.SetListening(true)
	return p
}

// Dial is a transport.DialFunc. For "tcp" it opens a *Conn to the HTTPPeer at
// addr, and fails with ECONNREFUSED when there is none. For any other
// network it opens a datagram socket, which, like a real one, succeeds whether or
// not somebody listens.
func (n *Network) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	n.mu.Lock()
	n.dials = append(n.dials, addr)
	err := n.fail
	n.mu.Unlock()
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	if strings.HasPrefix(network, "tcp") {
		return n.dialStream(ctx, network, addr)
	}
	return newConn(n.peer(addr), addr), nil
}

// FailDials has every Dial fail with err; nil ends that.
func (n *Network) FailDials(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fail = err
}

// Dials returns the addresses that were dialled, in order, failures included.
func (n *Network) Dials() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.dials)
}

func (n *Network) peer(addr string) *Peer {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.peers[addr]
	if p == nil {
		if n.peers == nil {
			n.peers = make(map[string]*Peer)
		}
		p = &Peer{moved: make(chan struct{})}
		n.peers[addr] = p
	}
	return p
}

// Peer is one address of datagrams: it records the datagrams it takes, and everything sent to
// it can be made to fail.
type Peer struct {
	mu      sync.Mutex
	packets [][]byte
	sent    int // writes that did not fail, whatever became of them

	listening bool
	delay     time.Duration
	largest   int
	script    []error
	stalled   bool
	moved     chan struct{} // closed when a stall ends
	chance    *rand.Rand
	loss      float64
	open      int
}

// SetListening says whether datagrams are taken. While they are not, writes
// succeed, and the refusal comes back to the connection after the peer's delay.
func (p *Peer) SetListening(on bool) { p.set(func() { p.listening = on }) }

// SetDelay is how long a refusal is on its way. At 0 it is there when the write
// returns, as on a loopback interface.
func (p *Peer) SetDelay(d time.Duration) { p.set(func() { p.delay = d }) }

// SetLargest has writes of more than n bytes fail with EMSGSIZE; 0 ends that.
func (p *Peer) SetLargest(n int) { p.set(func() { p.largest = n }) }

// Fail gives the next writes their outcome, one each, before any other rule is
// asked: nil lets that write go on to the other rules.
func (p *Peer) Fail(errs ...error) { p.set(func() { p.script = append(p.script, errs...) }) }

// SetLoss has each datagram vanish with probability f, drawn from seed.
func (p *Peer) SetLoss(f float64, seed uint64) {
	p.set(func() { p.loss, p.chance = f, rand.New(rand.NewPCG(seed, seed)) })
}

// Stall has writes block until their deadline, the end of the stall or Close.
func (p *Peer) Stall(on bool) {
	p.set(func() {
		if p.stalled && !on {
			close(p.moved)
			p.moved = make(chan struct{})
		}
		p.stalled = on
	})
}

// Packets returns copies of the datagrams taken so far, in order.
func (p *Peer) Packets() [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.packets)
}

// Sent is how many writes did not fail: taken, refused and vanished ones.
func (p *Peer) Sent() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent
}

// Open is how many connections to this peer have not been closed.
func (p *Peer) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open
}

func (p *Peer) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

var errStalled = errors.New("stalled")

// take is one write. refused says that a refusal comes back after delay; wait is
// not nil when the write has to wait for it.
func (p *Peer) take(b []byte) (refused bool, delay time.Duration, wait <-chan struct{}, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stalled {
		return false, 0, p.moved, errStalled
	}
	if len(p.script) > 0 {
		err, p.script = p.script[0], p.script[1:]
		if err != nil {
			return false, 0, nil, err
		}
	}
	if p.largest > 0 && len(b) > p.largest {
		return false, 0, nil, syscall.EMSGSIZE
	}
	p.sent++
	switch {
	case p.chance != nil && p.chance.Float64() < p.loss:
	case !p.listening:
		return true, p.delay, nil, nil
	default:
		p.packets = append(p.packets, slices.Clone(b))
	}
	return false, 0, nil, nil
}
