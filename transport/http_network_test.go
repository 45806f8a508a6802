// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"io"
	"log"
	"net"
	"sync"
	"syscall"
	"testing"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// memory is a network of connections without sockets, which testing/synctest can
// wait for.
type memory struct {
	mu        sync.Mutex
	listeners map[string]*memoryListener
	dials     []string
}

func (m *memory) listen(addr string) *memoryListener {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.listeners == nil {
		m.listeners = make(map[string]*memoryListener)
	}
	l := &memoryListener{addr: addr, conns: make(chan net.Conn), done: make(chan struct{})}
	m.listeners[addr] = l
	return l
}

// dial is a DialFunc; it refuses where nobody listens.
func (m *memory) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	m.mu.Lock()
	m.dials = append(m.dials, addr)
	l := m.listeners[addr]
	m.mu.Unlock()
	refused := &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	if l == nil {
		return nil, refused
	}
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.done:
		return nil, refused
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: network, Err: ctx.Err()}
	}
}

func (m *memory) dialed() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.dials)
}

type memoryListener struct {
	addr  string
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *memoryListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 80} }

// peer is a TCP server that does with each connection what it is told; the
// connection is closed after that.
type peer struct {
	net.Listener
	done  chan struct{}
	mu    sync.Mutex
	conns []net.Conn
	wg    sync.WaitGroup
}

func newPeer(t testing.TB, serve func(c *peerConn, n int)) *peer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{Listener: l, done: make(chan struct{})}
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.conns = append(p.conns, c)
			p.mu.Unlock()
			p.wg.Add(1)
			go func() {
				defer p.wg.Done()
				defer c.Close()
				serve(&peerConn{TCPConn: c.(*net.TCPConn), done: p.done}, n)
			}()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		close(p.done)
		p.mu.Lock()
		for _, c := range p.conns {
			_ = c.Close()
		}
		p.mu.Unlock()
		p.wg.Wait()
	})
	return p
}

func (p *peer) url() string { return "http://" + p.Addr().String() }

func (p *peer) accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}

// peerConn is a peer's end of a connection.
type peerConn struct {
	*net.TCPConn
	done chan struct{} // closed at the end of the test
}

func (c *peerConn) reset() { _ = c.SetLinger(0); _ = c.Close() }

// hold keeps the connection, and reads nothing from it, until the test ends.
func (c *peerConn) hold() { <-c.done }
