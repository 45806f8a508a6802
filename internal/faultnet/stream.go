// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"bytes"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

var _ net.Conn = (*Conn)(nil)

// defaultBuffer is how much one direction of a connection holds unread.
const defaultBuffer = 256 << 10

// Conn is one end of a stream connection. It behaves as a TCP socket on Linux
// does, but that nothing takes time: what one end writes is at once in the other
// end's buffer, and a write waits only while that buffer is full.
//
// Errors are those of the net package: io.EOF bare, everything else an
// *net.OpError around os.ErrDeadlineExceeded, net.ErrClosed, or an
// *os.SyscallError with ECONNRESET or EPIPE. One thing differs: a socket tells of
// a reset once and then goes on with EOF and EPIPE, a Conn tells of it every time.
type Conn struct {
	link          *link
	other         *Conn
	local, remote net.Addr
	done          chan struct{} // closed together with this end

	// All below is guarded by link.mu.
	in       bytes.Buffer // written by the other end, not yet read by this one
	closed   bool         // by Close or Reset of this end
	reset    bool         // the other end has reset the connection
	unheard  bool         // something was written after the other end had closed
	writing  bool         // a Write has its turn
	readDue  deadline
	writeDue deadline
}

// link is what the two ends share.
type link struct {
	mu    sync.Mutex
	moved sync.Cond // broadcast at every change
	size  int       // of each buffer
}

// connect returns the two ends of a new connection.
func connect(a, b net.Addr, size int) (*Conn, *Conn) {
	if size <= 0 {
		size = defaultBuffer
	}
	l := &link{size: size}
	l.moved.L = &l.mu
	x := &Conn{link: l, local: a, remote: b, done: make(chan struct{})}
	y := &Conn{link: l, local: b, remote: a, done: make(chan struct{}), other: x}
	x.other = y
	return x, y
}

// Read waits for at least one byte. Bytes that arrived before a reset are still
// read, as on Linux.
func (c *Conn) Read(b []byte) (int, error) {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	for {
		switch {
		case c.closed:
			return 0, c.fail("read", net.ErrClosed)
		case len(b) == 0:
			return 0, nil
		case c.readDue.expired:
			return 0, c.fail("read", os.ErrDeadlineExceeded)
		case c.in.Len() > 0:
			n, _ := c.in.Read(b)
			c.link.moved.Broadcast()
			return n, nil
		case c.reset:
			return 0, c.fail("read", syscall.ECONNRESET)
		case c.other.closed:
			return 0, io.EOF
		}
		c.link.moved.Wait()
	}
}

// Write returns when all of b is in the other end's buffer, whether or not
// anybody reads it. Writes from several goroutines do not mix. The first write
// after the other end has closed vanishes without an error, later ones fail with
// EPIPE.
func (c *Conn) Write(b []byte) (n int, err error) {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	mine := false
	defer func() {
		if mine {
			c.writing = false
			c.link.moved.Broadcast()
		}
	}()
	for {
		if err := c.writeErrorLocked(); err != nil {
			return n, c.fail("write", err)
		}
		if !mine && c.writing {
			c.link.moved.Wait()
			continue
		}
		mine, c.writing = true, true
		if c.other.closed {
			c.unheard = true
			return len(b), nil
		}
		if room := c.link.size - c.other.in.Len(); room > 0 || n == len(b) {
			part, _ := c.other.in.Write(b[n:min(len(b), n+room)])
			n += part
			c.link.moved.Broadcast()
			if n == len(b) {
				return n, nil
			}
			continue
		}
		c.link.moved.Wait()
	}
}

func (c *Conn) writeErrorLocked() error {
	switch {
	case c.closed:
		return net.ErrClosed
	case c.writeDue.expired:
		return os.ErrDeadlineExceeded
	case c.reset:
		return syscall.ECONNRESET
	case c.unheard:
		return syscall.EPIPE
	}
	return nil
}

// Close wakes every call that waits at either end. The other end reads what is
// left and then io.EOF, or is reset when this end leaves something unread. A
// second Close fails with net.ErrClosed.
func (c *Conn) Close() error { return c.end(false) }

// Reset closes this end, and reads and writes of the other one fail with
// ECONNRESET, as after a Close with SO_LINGER set to 0.
func (c *Conn) Reset() error { return c.end(true) }

func (c *Conn) end(reset bool) error {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	if c.closed {
		return c.fail("close", net.ErrClosed)
	}
	c.closed = true
	if reset || c.in.Len() > 0 {
		c.other.reset = true
	}
	c.in = bytes.Buffer{}
	c.readDue.stop()
	c.writeDue.stop()
	close(c.done)
	c.link.moved.Broadcast()
	return nil
}

// LocalAddr implements net.Conn.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements net.Conn.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline implements net.Conn. It counts for calls already waiting, too.
func (c *Conn) SetDeadline(t time.Time) error { return c.setDeadlines(t, &c.readDue, &c.writeDue) }

// SetReadDeadline implements net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.setDeadlines(t, &c.readDue) }

// SetWriteDeadline implements net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(t, &c.writeDue) }

func (c *Conn) setDeadlines(t time.Time, due ...*deadline) error {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	if c.closed {
		return c.fail("set", net.ErrClosed)
	}
	for _, d := range due {
		d.set(t, c.link)
	}
	return nil
}

func (c *Conn) fail(op string, err error) error {
	if errno, ok := err.(syscall.Errno); ok { //nolint:errorlint // only a bare one, chosen above
		err = os.NewSyscallError(op, errno)
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// waitReadable waits until there is something to read, and says false when there
// will be nothing more. It reads nothing.
func (c *Conn) waitReadable() bool {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	for c.in.Len() == 0 {
		if c.closed || c.reset || c.other.closed {
			return false
		}
		c.link.moved.Wait()
	}
	return true
}

// waitGone waits until one of the ends is closed. It reads nothing.
func (c *Conn) waitGone() {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	for !c.closed && !c.other.closed {
		c.link.moved.Wait()
	}
}

// sleep says false when this end was closed meanwhile.
func (c *Conn) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.done:
		return false
	}
}
