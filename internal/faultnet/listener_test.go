// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"context"
	"net"
	"os"
	"sync"
	"syscall"
)

var _ net.Listener = (*Listener)(nil)

// backlog is how many connections wait for Accept before further dials wait.
const backlog = 128

// Listener hands out stream connections by Accept, for example to an http.Server.
type Listener struct {
	network *Network
	address string
	queue   chan *Conn
	done    chan struct{}
	once    sync.Once

	mu    sync.Mutex
	conns []*Conn
}

// ListenStream has a Listener listen at addr. It takes the place of whoever
// listened there for streams; connections that exist are not touched.
func (n *Network) ListenStream(addr string) *Listener {
	l := &Listener{network: n, address: addr, queue: make(chan *Conn, backlog), done: make(chan struct{})}
	n.setEndpoint(addr, l)
	return l
}

// Accept implements net.Listener. After Close it fails with net.ErrClosed.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.done:
	case c := <-l.queue:
		return c, nil
	}
	return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
}

// Close has later dials refused and resets the connections nobody has accepted.
// The others stay. A second Close does nothing.
func (l *Listener) Close() error {
	l.once.Do(func() {
		l.network.dropEndpoint(l.address, l)
		close(l.done)
	})
	l.drain()
	return nil
}

// Addr implements net.Listener.
func (l *Listener) Addr() net.Addr { return tcpAddr(l.address) }

// Open is how many connections to this listener are not closed at its side,
// waiting ones included.
func (l *Listener) Open() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		select {
		case <-c.done:
		default:
			n++
		}
	}
	return n
}

// admit puts c into the queue: a dial succeeds before Accept is called.
func (l *Listener) admit(ctx context.Context, c *Conn) error {
	l.mu.Lock()
	l.conns = append(l.conns, c)
	l.mu.Unlock()
	select {
	case <-l.done:
		_ = c.Close()
		return os.NewSyscallError("connect", syscall.ECONNREFUSED)
	case <-ctx.Done():
		_ = c.Close()
		return ctx.Err()
	case l.queue <- c:
	}
	select {
	case <-l.done: // Close may have drained the queue before
		l.drain()
	default:
	}
	return nil
}

func (l *Listener) drain() {
	for {
		select {
		case c := <-l.queue:
			_ = c.Reset()
		default:
			return
		}
	}
}
