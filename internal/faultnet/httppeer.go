// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"context"
	"os"
	"sync"
	"syscall"
	"time"
)

var _ endpoint = (*HTTPPeer)(nil)

// HTTPPeer is a scripted HTTP/1.1 server at one address of a Network. Each request
// meets the next behaviour that Next has queued, or the default one. What it meets
// is decided when its first byte arrives (for Refuse and Vanish: when the
// connection is dialled) and does not change any more.
//
// It has one goroutine for each open connection, and Close waits for all of them.
type HTTPPeer struct {
	network *Network
	address string
	running sync.WaitGroup

	mu          sync.Mutex
	def         Behaviour
	queue       []Behaviour
	changed     chan struct{} // closed at every change of the default, and by Close
	down        time.Time     // dials are refused until then
	closed      bool
	connections []*Conn // open ones, oldest first
	admitted    int
	requests    []*Request
}

// ListenHTTP has a healthy HTTPPeer listen at addr, a host and port. It takes the
// place of whoever listened there for streams.
func (n *Network) ListenHTTP(addr string) *HTTPPeer {
	p := &HTTPPeer{network: n, address: addr, changed: make(chan struct{})}
	n.setEndpoint(addr, p)
	return p
}

// Set changes the default behaviour. Refuse and Restart act at once; an earlier
// Restart is over, even if its time is not.
func (p *HTTPPeer) Set(b Behaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.def = b
	p.down = time.Time{}
	switch b.kind {
	case refuse:
		p.resetLocked()
	case restart:
		p.restartLocked(b.wait)
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// Next queues behaviours, one for each request to come (Refuse and Vanish: or
// dial), before the default one.
func (p *HTTPPeer) Next(bs ...Behaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, bs...)
}

// Restart resets all connections and refuses dials for the time down. The default
// behaviour stays.
func (p *HTTPPeer) Restart(down time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.restartLocked(down)
}

// Open is how many connections are not closed at the peer's side.
func (p *HTTPPeer) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.connections)
}

// Close refuses dials, resets all connections and waits until no goroutine of the
// peer is left. A second Close does the same.
func (p *HTTPPeer) Close() error {
	p.network.dropEndpoint(p.address, p)
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		close(p.changed)
	}
	p.resetLocked()
	p.mu.Unlock()
	p.running.Wait()
	return nil
}

// admit implements endpoint.
func (p *HTTPPeer) admit(ctx context.Context, c *Conn) error {
	for {
		changed, err := p.decide(c)
		if changed == nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// decide serves c or returns an error, or a channel to wait for in front of asking
// again.
func (p *HTTPPeer) decide(c *Conn) (<-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	down := p.closed || time.Now().Before(p.down)
	if !down {
		switch b := p.nextLocked(); b.kind {
		case refuse:
			p.popLocked()
			down = true
		case vanish:
			p.popLocked()
			return p.changed, nil
		}
	}
	if down {
		return nil, os.NewSyscallError("connect", syscall.ECONNREFUSED)
	}
	p.admitted++
	number := p.admitted
	p.connections = append(p.connections, c)
	p.running.Add(1)
	go func() {
		defer p.running.Done()
		p.serve(c, number)
	}()
	return nil, nil
}

// meet returns what the request that begins to arrive at c meets.
func (p *HTTPPeer) meet() Behaviour {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, queued := p.nextLocked(), len(p.queue) > 0
	p.popLocked()
	if b.kind == restart {
		if !queued { // it has happened, when it became the default
			return Healthy().named(b.name)
		}
		p.restartLocked(b.wait)
	}
	return b
}

// nextLocked needs p.mu, as all helpers called so.
func (p *HTTPPeer) nextLocked() Behaviour {
	if len(p.queue) > 0 {
		return p.queue[0]
	}
	return p.def
}

func (p *HTTPPeer) popLocked() {
	if len(p.queue) > 0 {
		p.queue = p.queue[1:]
	}
}

func (p *HTTPPeer) restartLocked(down time.Duration) {
	p.down = time.Now().Add(down)
	p.resetLocked()
}

func (p *HTTPPeer) resetLocked() {
	for _, c := range p.connections {
		_ = c.Reset()
	}
}
