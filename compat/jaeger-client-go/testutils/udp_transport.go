// SPDX-License-Identifier: Apache-2.0

package testutils

import (
	"math"
	"net"
	"sync/atomic"

	"github.com/uber/jaeger-client-go/thrift"
)

// TUDPTransport reads datagrams. It cannot write.
type TUDPTransport struct {
	conn   *net.UDPConn
	addr   net.Addr
	closed atomic.Bool
}

// NewTUDPServerTransport listens to hostPort. Its errors are exceptions of type NOT_OPEN.
func NewTUDPServerTransport(hostPort string) (*TUDPTransport, error) {
	addr, err := net.ResolveUDPAddr("udp", hostPort)
	if err != nil {
		return nil, thrift.NewTTransportException(thrift.NOT_OPEN, err.Error())
	}
	conn, err := net.ListenUDP("udp", addr)
	if err != nil {
		return nil, thrift.NewTTransportException(thrift.NOT_OPEN, err.Error())
	}
	return &TUDPTransport{conn: conn, addr: conn.LocalAddr()}, nil
}

// Open does nothing: the constructor did.
func (t *TUDPTransport) Open() error { return nil }

// IsOpen says whether Close is still to come.
func (t *TUDPTransport) IsOpen() bool { return t.conn != nil && !t.closed.Load() }

// Close stops listening. A Read that waits ends with an error.
func (t *TUDPTransport) Close() error {
	if t.conn == nil || t.closed.Swap(true) {
		return nil
	}
	return t.conn.Close()
}

// Conn returns the socket.
func (t *TUDPTransport) Conn() *net.UDPConn { return t.conn }

// Addr returns the address it listens to.
func (t *TUDPTransport) Addr() net.Addr { return t.addr }

// Read reads a datagram; what buf has no room for is lost.
func (t *TUDPTransport) Read(buf []byte) (int, error) {
	if !t.IsOpen() {
		return 0, thrift.NewTTransportException(thrift.NOT_OPEN, "Connection not open")
	}
	n, err := t.conn.Read(buf)
	return n, thrift.NewTTransportExceptionFromError(err)
}

// RemainingBytes returns the maximum of uint64: nobody knows.
func (t *TUDPTransport) RemainingBytes() uint64 { return math.MaxUint64 }

// Write returns an error.
func (t *TUDPTransport) Write(buf []byte) (int, error) {
	return 0, thrift.NewTTransportException(thrift.UNKNOWN_TRANSPORT_EXCEPTION, "Write not implemented")
}

// Flush returns an error.
func (t *TUDPTransport) Flush() error {
	return thrift.NewTTransportException(thrift.UNKNOWN_TRANSPORT_EXCEPTION, "Flush not implemented")
}
