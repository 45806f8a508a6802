// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"net"
	"sync"
	"time"
)

// lastWords is how long the end of a request that cannot be written is held back.
// A receiver that refuses a large batch may answer and close the connection while
// it is still being written; net/http would take whichever it sees first, and the
// answer says more.
const lastWords = 20 * time.Millisecond

// httpConn remembers what happened to a connection below TLS, since the errors of
// net/http do not tell it.
type httpConn struct {
	net.Conn
	done chan struct{} // closed with the connection

	mu     sync.Mutex
	closed time.Time // when; zero while it is open
	sealed bool      // closed by seal
	lost   bool      // a read failed before the connection was closed here
	unsent bool      // a write failed before that
}

// Read implements net.Conn.
func (c *httpConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil {
		c.mu.Lock()
		c.lost = c.lost || c.closed.IsZero()
		c.mu.Unlock()
	}
	return n, err
}

// Write implements net.Conn. A write that the end of the connection interrupts
// counts as failed; one that begins after that does not count, for it can only be
// a farewell.
func (c *httpConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	counts := c.closed.IsZero() && !c.lost
	c.mu.Unlock()
	n, err := c.Conn.Write(b)
	if err == nil || !counts {
		return n, err
	}
	c.mu.Lock()
	c.unsent = true
	c.mu.Unlock()
	timer := time.NewTimer(lastWords)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
	}
	return n, err
}

// Close implements net.Conn for net/http.
func (c *httpConn) Close() error { return c.end(false) }

// seal is Close for the transport itself.
func (c *httpConn) seal() { _ = c.end(true) }

func (c *httpConn) end(seal bool) error {
	c.mu.Lock()
	first := c.closed.IsZero()
	if first {
		c.closed, c.sealed = time.Now(), seal
	}
	c.mu.Unlock()
	if !first {
		return nil
	}
	close(c.done)
	return c.Conn.Close()
}

// alive reports whether nobody has ended the connection.
func (c *httpConn) alive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed.IsZero() && !c.lost && !c.unsent
}

// abandoned reports when net/http closed a connection that had not failed.
func (c *httpConn) abandoned() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed, !c.closed.IsZero() && !c.sealed && !c.lost && !c.unsent
}

func (c *httpConn) fate() (wrote, lost bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.unsent, c.lost
}
