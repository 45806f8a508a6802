// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"context"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// endpoint is who listens for streams at an address. admit takes the server's end
// of a connection that the client is about to get, or says why there is none.
type endpoint interface {
	admit(ctx context.Context, c *Conn) error
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
