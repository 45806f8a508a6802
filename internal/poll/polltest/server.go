// SPDX-License-Identifier: Apache-2.0

// Package polltest is an HTTP server in memory, and a collection of what servers
// do to their clients, for the tests of whatever polls. All waiting is for
// channels and timers, so that it runs inside testing/synctest.
package polltest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// Server serves HTTP on in-memory connections. All methods may be called from
// any goroutine.
type Server struct {
	http     http.Server
	handler  atomic.Pointer[http.Handler]
	requests atomic.Int64
	conns    chan net.Conn
	closed   chan struct{}
	once     sync.Once
	served   chan struct{} // closed when Serve has returned
}

// NewServer starts a server, which must be closed.
func NewServer(h http.Handler) *Server {
	s := &Server{conns: make(chan net.Conn), closed: make(chan struct{}), served: make(chan struct{})}
	s.SetHandler(h)
	s.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		(*s.handler.Load()).ServeHTTP(w, r)
	})
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listener{s})
	}()
	return s
}

// SetHandler changes how later requests are answered.
func (s *Server) SetHandler(h http.Handler) { s.handler.Store(&h) }

// Requests returns the number of requests so far.
func (s *Server) Requests() int { return int(s.requests.Load()) }

// Dial connects to the server, whatever the address.
func (s *Server) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case s.conns <- far:
		return near, nil
	case <-s.closed:
		return nil, errors.New("polltest: connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close closes the server and its connections. Later calls of Dial fail.
func (s *Server) Close() error {
	err := s.http.Close()
	s.stop()
	<-s.served
	return err
}

func (s *Server) stop() { s.once.Do(func() { close(s.closed) }) }

// listener hands the server what Dial connects.
type listener struct{ s *Server }

func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.s.conns:
		return c, nil
	case <-l.s.closed:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error   { l.s.stop(); return nil }
func (l listener) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }
