// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"context"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

var _ net.Listener = (*Listener)(nil)

// backlog is how many connections wait for Accept before further dials wait.
const backlog = 128

// endpoint is who listens for streams at an address. admit takes the server's end
// of a connection that the client is about to get, or says why there is none.
type endpoint interface {
	admit(ctx context.Context, c *Conn) error
}

// Listener hands out stream connections by Accept, for example to an http.Server.
type Listener struct {
	network *Network
	address string
	queue   chan *Conn
	done    chan struct{}
	once    sync.Once
	open    atomic.Int64
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
func (l *Listener) Open() int { return int(l.open.Load()) }

// admit puts c into the queue: a dial succeeds before Accept is called.
func (l *Listener) admit(ctx context.Context, c *Conn) error {
	l.open.Add(1)
	c.onClose = func() { l.open.Add(-1) }
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

// dialStream is Dial for "tcp" networks.
func (n *Network) dialStream(ctx context.Context, network, addr string) (net.Conn, error) {
	n.mu.Lock()
	e := n.streams[addr]
	n.ports++
	from := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1024 + n.ports%(1<<16-1024)}
	client, server := connect(from, tcpAddr(addr), n.buffer)
	n.mu.Unlock()
	err := os.NewSyscallError("connect", syscall.ECONNREFUSED)
	if e != nil {
		err = e.admit(ctx, server)
	}
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: tcpAddr(addr), Err: err}
	}
	return client, nil
}

// SetBuffer is how many unread bytes each direction of the streams dialled from
// now on holds: 256 KiB when it is 0.
func (n *Network) SetBuffer(bytes int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.buffer = bytes
}

func (n *Network) setEndpoint(addr string, e endpoint) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.streams == nil {
		n.streams = make(map[string]endpoint)
	}
	n.streams[addr] = e
}

func (n *Network) dropEndpoint(addr string, e endpoint) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.streams[addr] == e {
		delete(n.streams, addr)
	}
}

// name is the address of a peer that is known by its host's name.
type name string

func (name) Network() string  { return "tcp" }
func (a name) String() string { return string(a) }

func tcpAddr(addr string) net.Addr {
	if ap, err := netip.ParseAddrPort(addr); err == nil {
		return net.TCPAddrFromAddrPort(ap)
	}
	return name(addr)
}
