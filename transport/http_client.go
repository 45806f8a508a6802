// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	maxAnswerHeader = 64 << 10
	requestBuffer   = 64 << 10
	graceWait       = 50 * time.Millisecond  // for a farewell to the peer, or for a writer that is nearly done
	lastWords       = 20 * time.Millisecond  // for an answer that comes when a write has failed
	surplusWait     = 100 * time.Millisecond // within which net/http drops a connection with surplus
	suspicion       = 10 * time.Minute
)

// client is an http.Transport and the connection that it has opened. It is replaced
// when it is MaxConnAge old and when its connection has ended, and so the TLS files
// are read again and the name is looked up again.
type client struct {
	rt     *http.Transport
	ctx    context.Context // of dials: net/http's would outlive their requests
	cancel context.CancelFunc
	owner  *HTTP
	first  time.Time // when the first request began
	last   time.Time // when the last one ended well

	mu     sync.Mutex
	sealed bool
	conn   *watched
}

func newClient(h *HTTP) *client {
	c := &client{owner: h, first: time.Now()}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.rt = &http.Transport{
		DialContext:            c.dial,
		Proxy:                  h.guardedProxy(),
		TLSClientConfig:        h.tls.config(),
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{}, // no HTTP/2
		DisableCompression:     true,
		MaxIdleConnsPerHost:    1,
		MaxConnsPerHost:        1,
		IdleConnTimeout:        h.options.MaxConnAge,
		MaxResponseHeaderBytes: maxAnswerHeader,
		WriteBufferSize:        requestBuffer,
	}
	return c
}

// connect returns the client in use, or a new one when its connection must not be
// used again.
func (h *HTTP) connect() *client {
	if c := h.client; c != nil {
		s := c.state()
		if s.alive() && time.Since(c.first) < h.options.MaxConnAge {
			return c
		}
		// net/http drops an idle connection on which more came than the answer
		// announced, and complains on the standard logger. Such a peer gets one
		// connection for each request for a while, where nobody looks behind the
		// answer. After surplusWait it may be a farewell, or IdleConnTimeout.
		if s.dropped && !c.last.IsZero() && s.closed.Sub(c.last) < surplusWait {
			h.oneShots = time.Now().Add(suspicion)
		}
		h.disconnect()
	}
	h.client = newClient(h)
	return h.client
}

func (h *HTTP) disconnect() {
	if h.client != nil {
		h.client.close()
		h.client = nil
	}
}

// adopt takes over a connection, unless it comes too late.
func (c *client) adopt(raw net.Conn, at string) (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sealed {
		_ = raw.Close()
		return nil, net.ErrClosed
	}
	c.conn = &watched{Conn: raw, done: make(chan struct{}), begun: make(chan struct{}), connState: connState{open: true}}
	if h := c.owner; !h.literal {
		text := h.shown + " (" + at + ")"
		h.address.Store(&text)
	}
	return c.conn, nil
}

// seal ends the connection and the dial, abruptly. It may be called from any
// goroutine.
func (c *client) seal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sealed = true
	c.cancel()
	if c.conn != nil {
		c.conn.end(false)
	}
}

// close ends an idle connection with the farewell that TLS has, if the peer takes
// it at once.
func (c *client) close() {
	timer := time.AfterFunc(graceWait, c.seal)
	c.rt.CloseIdleConnections()
	timer.Stop()
	c.seal()
}

// state is what has happened to the connection; without one all is zero.
func (c *client) state() connState {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		return connState{}
	}
	c.conn.mu.Lock()
	defer c.conn.mu.Unlock()
	return c.conn.connState
}

// connState is what net/http's errors do not tell of a connection.
type connState struct {
	open    bool      // there is, or was, a connection
	closed  time.Time // when it was closed here; zero before
	dropped bool      // net/http closed it, and nothing had failed
	lost    bool      // a read failed before that
	unsent  bool      // a write has failed, or is not done
	start   []byte    // the first that was read, below TLS
}

func (s *connState) alive() bool { return s.open && s.closed.IsZero() && !s.lost && !s.unsent }

// watched is a connection, below TLS, that keeps its connState.
type watched struct {
	net.Conn
	done  chan struct{} // closed with the connection
	begun chan struct{} // closed by the first Write

	mu sync.Mutex
	connState
}

// Read implements net.Conn. It waits for the first Write: what a peer says before
// that, net/http writes to the standard logger.
func (w *watched) Read(b []byte) (int, error) {
	select {
	case <-w.begun:
	case <-w.done:
	}
	n, err := w.Conn.Read(b)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.start == nil && n > 0 {
		w.start = bytes.Clone(b[:min(n, 9)])
	}
	if err != nil {
		w.lost = w.lost || w.closed.IsZero()
	}
	return n, err
}

// Write implements net.Conn. One that begins after the end of the connection can
// only be a farewell, and does not count. After one that fails it waits a little: a
// receiver that refuses a large batch may answer and close the connection while it
// is still being written; net/http would take whichever it sees first, and the
// answer says more.
func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	counts := w.closed.IsZero() && !w.lost && !w.unsent
	w.unsent = w.unsent || counts
	if !isClosed(w.begun) {
		close(w.begun)
	}
	w.mu.Unlock()
	n, err := w.Conn.Write(b)
	if !counts {
		return n, err
	}
	if err == nil {
		w.mu.Lock()
		w.unsent = false
		w.mu.Unlock()
		return n, nil
	}
	timer := time.NewTimer(lastWords)
	defer timer.Stop()
	select {
	case <-w.done:
	case <-timer.C:
	}
	return n, err
}

func (w *watched) Close() error {
	w.end(true)
	return nil
}

// end closes the connection. byHTTP says that net/http wants it.
func (w *watched) end(byHTTP bool) {
	w.mu.Lock()
	first := w.closed.IsZero()
	if first {
		w.closed, w.dropped = time.Now(), byHTTP && !w.lost && !w.unsent
	}
	w.mu.Unlock()
	if first {
		close(w.done)
		_ = w.Conn.Close()
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
