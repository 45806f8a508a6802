// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"
)

const (
	maxAnswerHeader = 64 << 10
	requestBuffer   = 64 << 10
	addressWait     = 2 * time.Second       // for one of several addresses, but the last
	graceWait       = 50 * time.Millisecond // for a farewell to the peer, or for a writer that is nearly done
	surplusWait     = 100 * time.Millisecond
	suspicion       = 10 * time.Minute
)

// errSpent is what net/http gets when it wants a second connection of a session:
// the first was lost, and nothing was written.
var errSpent = errors.New("the connection was lost")

// session is one connection and the http.Transport that opens it. A new
// connection gets a new session, and so the files as they are then.
type session struct {
	rt     *http.Transport
	ctx    context.Context // of the dial: that of net/http outlives its request
	cancel context.CancelFunc
	owner  *HTTP
	first  time.Time // when the first request began
	last   time.Time // when the last one ended well

	mu     sync.Mutex
	dialed bool
	sealed bool
	conn   *httpConn
}

func newSession(h *HTTP) *session {
	s := &session{owner: h, first: time.Now()}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.rt = &http.Transport{
		DialContext:            s.dial,
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
	return s
}

// guardedProxy keeps what a foreign function says and does from spreading. The
// credentials in its URL are secrets from then on, until it is asked again.
func (h *HTTP) guardedProxy() func(*http.Request) (*url.URL, error) {
	f := h.options.Proxy
	if f == nil {
		return nil
	}
	return func(r *http.Request) (u *url.URL, err error) {
		defer func() {
			if p := recover(); p != nil {
				u, err = nil, errors.New("the Proxy function panicked")
			}
		}()
		if u, err = f(r); err != nil {
			return nil, errors.New("the Proxy function failed")
		}
		h.secrets = h.secrets[:h.own]
		if u != nil && u.User != nil {
			password, _ := u.User.Password()
			h.secrets.basic(u.User.Username(), password)
		}
		return u, nil
	}
}

// dial is called by net/http on a goroutine of its own.
func (s *session) dial(_ context.Context, network, addr string) (c net.Conn, err error) {
	s.mu.Lock()
	again := s.dialed
	s.dialed = true
	s.mu.Unlock()
	if again {
		return nil, errSpent
	}
	defer func() {
		if p := recover(); p != nil {
			c, err = nil, fmt.Errorf("dialling panicked: %.200v", p)
		}
	}()
	raw, at, err := s.open(network, addr)
	if err != nil {
		return nil, err
	}
	return s.adopt(raw, at)
}

// open dials addr, by way of the Resolver if there is one. It returns the address
// that answered.
func (s *session) open(network, addr string) (net.Conn, string, error) {
	o := &s.owner.options
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, "", err
	}
	if _, err := netip.ParseAddr(host); err == nil || o.Resolver == nil {
		c, err := s.dialOne(s.ctx, network, addr)
		if err != nil || c.RemoteAddr() == nil {
			return c, addr, err
		}
		return c, c.RemoteAddr().String(), nil
	}
	hosts, err := o.Resolver.LookupHost(s.ctx, host)
	if err != nil {
		return nil, "", fmt.Errorf("resolving %s: %w", host, err)
	}
	addrs := usable(hosts, port)
	err = fmt.Errorf("resolving %s: no usable address among %d", host, len(hosts))
	for i, a := range addrs {
		ctx, cancel := s.ctx, context.CancelFunc(func() {})
		if i < len(addrs)-1 {
			ctx, cancel = context.WithTimeout(ctx, addressWait)
		}
		var c net.Conn
		c, err = s.dialOne(ctx, network, a)
		cancel()
		if err == nil {
			return c, a, nil
		}
	}
	return nil, "", err
}

func (s *session) dialOne(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := s.owner.options.Dial(ctx, network, addr)
	if err == nil && c == nil {
		err = errors.New("the Dial function returned neither a connection nor an error")
	}
	return c, err
}

// adopt takes over a connection, unless it comes too late.
func (s *session) adopt(raw net.Conn, at string) (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sealed {
		_ = raw.Close()
		return nil, net.ErrClosed
	}
	s.conn = &httpConn{Conn: raw, done: make(chan struct{})}
	if h := s.owner; !h.literal {
		text := h.shown + " (" + at + ")"
		h.address.Store(&text)
	}
	return s.conn, nil
}

// alive reports whether the connection is open and nobody is about to close it.
func (s *session) alive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.sealed && s.conn != nil && s.conn.alive()
}

// cutShort reports whether net/http gave up the idle connection by itself. It does
// so when it finds more there than the answer announced, and complains on the
// standard logger. Such a peer gets one connection for each request for a while,
// where nobody looks behind the answer.
func (s *session) cutShort() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sealed || s.conn == nil || s.last.IsZero() {
		return false
	}
	at, ok := s.conn.abandoned()
	return ok && at.Sub(s.last) < surplusWait // later it may be a farewell, or IdleConnTimeout
}

// seal ends the connection and the dial, abruptly. It may be called from any
// goroutine.
func (s *session) seal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sealed = true
	s.cancel()
	if s.conn != nil {
		s.conn.seal()
	}
}

// close ends an idle connection with the farewell that TLS has, if the peer takes
// it at once.
func (s *session) close() {
	timer := time.AfterFunc(graceWait, s.seal)
	s.rt.CloseIdleConnections()
	timer.Stop()
	s.seal()
}

// fate says what the connection has seen: whether every write went through, and
// whether the peer ended it.
func (s *session) fate() (wrote, lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return false, false
	}
	return s.conn.fate()
}
