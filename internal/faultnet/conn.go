// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

var _ net.Conn = (*conn)(nil)

// conn is a connected datagram socket. Nothing ever comes back on it but
// refusals, so Read only waits for Close.
type conn struct {
	peer   *Peer
	addr   net.Addr
	closed chan struct{}
	once   sync.Once

	mu       sync.Mutex
	deadline time.Time   // of writes
	refusals []time.Time // when each arrives, in order of writing
}

func newConn(p *Peer, addr string) *conn {
	ap, _ := netip.ParseAddrPort(addr)
	p.set(func() { p.open++ })
	return &conn{peer: p, addr: net.UDPAddrFromAddrPort(ap), closed: make(chan struct{})}
}

// Write fails with what SocketError would return, as a real socket does.
func (c *conn) Write(b []byte) (int, error) {
	for {
		if c.isClosed() {
			return 0, c.fail(net.ErrClosed)
		}
		if err := c.SocketError(); err != nil {
			return 0, c.fail(err)
		}
		refused, delay, wait, err := c.peer.take(b)
		if wait != nil {
			if err := c.wait(wait); err != nil {
				return 0, c.fail(err)
			}
			continue
		}
		if err != nil {
			return 0, c.fail(err)
		}
		if refused {
			c.mu.Lock()
			c.refusals = append(c.refusals, time.Now().Add(delay))
			c.mu.Unlock()
		}
		return len(b), nil
	}
}

// SocketError is SO_ERROR: the refusal that has arrived, which is forgotten. Like
// a socket it keeps one: of several that have arrived, all are forgotten.
func (c *conn) SocketError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.refusals[:0]
	now, found := time.Now(), false
	for _, t := range c.refusals {
		if t.After(now) {
			kept = append(kept, t)
		} else {
			found = true
		}
	}
	c.refusals = kept
	if !found {
		return nil
	}
	return syscall.ECONNREFUSED
}

// wait returns nil when moved is closed, else why there is nothing to wait for.
func (c *conn) wait(moved <-chan struct{}) error {
	c.mu.Lock()
	deadline := c.deadline
	c.mu.Unlock()
	var expired <-chan time.Time
	if !deadline.IsZero() {
		t := time.NewTimer(time.Until(deadline))
		defer t.Stop()
		expired = t.C
	}
	select {
	case <-moved:
		return nil
	case <-expired:
		return os.ErrDeadlineExceeded
	case <-c.closed:
		return net.ErrClosed
	}
}

func (c *conn) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

func (c *conn) fail(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		err = os.NewSyscallError("write", err)
	}
	return &net.OpError{Op: "write", Net: "udp", Addr: c.addr, Err: err}
}

func (c *conn) Read([]byte) (int, error) {
	<-c.closed
	return 0, &net.OpError{Op: "read", Net: "udp", Addr: c.addr, Err: net.ErrClosed}
}

func (c *conn) Close() error {
	c.once.Do(func() {
		c.peer.set(func() { c.peer.open-- })
		close(c.closed)
	})
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return &net.UDPAddr{} }
func (c *conn) RemoteAddr() net.Addr { return c.addr }

// SetWriteDeadline counts for writes that begin later.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = t
	return nil
}

func (c *conn) SetReadDeadline(time.Time) error { return nil }
func (c *conn) SetDeadline(t time.Time) error   { return c.SetWriteDeadline(t) }
