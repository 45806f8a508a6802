// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"bytes"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"
)

var streamCases = []streamCase{
	{"both directions at once", func(t *testing.T, a, b net.Conn) {
		const size = 3 << 20
		var all sync.WaitGroup
		for i, c := range []net.Conn{a, b} {
			all.Add(2)
			go func() {
				defer all.Done()
				for sent := 0; sent < size; {
					n, err := c.Write(pattern(i, sent, min(50_000, size-sent)))
					sent += n
					if err != nil {
						t.Errorf("after %d bytes: %v", sent, err)
						return
					}
				}
			}()
			go func() {
				defer all.Done()
				got := make([]byte, size)
				if n, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, pattern(1-i, 0, size)) {
					t.Errorf("read %d bytes, %v, not what was written", n, err)
				}
			}()
		}
		all.Wait()
	}},
	{"a write that fits does not wait", func(t *testing.T, a, b net.Conn) {
		expect(t, "write", soonDone(t, a, func() error { return write(a, 128<<10) }), nil)
		if n, err := io.ReadFull(b, make([]byte, 128<<10)); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}},
	{"writes do not mix", func(t *testing.T, a, b net.Conn) {
		const writers, size = 4, 700_000 // more than any buffer
		for i := range writers {
			go func() { _, _ = a.Write(bytes.Repeat([]byte{byte(i)}, size)) }()
		}
		got := make([]byte, writers*size)
		if _, err := io.ReadFull(b, got); err != nil {
			t.Fatal(err)
		}
		for i := range writers {
			if run := got[i*size : (i+1)*size]; bytes.Count(run, run[:1]) != size {
				t.Errorf("write %d is mixed with others", i)
			}
		}
	}},
	{"empty calls", func(t *testing.T, a, b net.Conn) {
		if n, err := a.Read(nil); n != 0 || err != nil {
			t.Errorf("Read = %d, %v", n, err)
		}
		if n, err := a.Write(nil); n != 0 || err != nil {
			t.Errorf("Write = %d, %v", n, err)
		}
	}},
	{"past deadline", func(t *testing.T, a, b net.Conn) {
		_ = write(b, 1)
		_ = a.SetDeadline(time.Unix(1, 0))
		expectTimeout(t, "read", read(a))
		expectTimeout(t, "write", write(a, 1))
		_ = a.SetDeadline(time.Time{})
		expect(t, "read", read(a), nil)
		expect(t, "write", write(a, 1), nil)
	}},
	{"present deadline", func(t *testing.T, a, b net.Conn) {
		_ = a.SetReadDeadline(time.Now())
		_ = a.SetWriteDeadline(time.Now())
		expectTimeout(t, "read", read(a))
		expectTimeout(t, "write", write(a, 1))
	}},
	{"future deadline, again and again", func(t *testing.T, a, b net.Conn) {
		for range 3 {
			_ = a.SetReadDeadline(time.Now().Add(soon))
			expectTimeout(t, "read", read(a))
			expectTimeout(t, "read", read(a))
		}
		_ = a.SetReadDeadline(time.Now().Add(ample))
		_ = write(b, 1)
		expect(t, "read", read(a), nil)
	}},
	{"a read deadline is none for writes", func(t *testing.T, a, b net.Conn) {
		_ = a.SetReadDeadline(time.Unix(1, 0))
		expect(t, "write", write(a, 1), nil)
		_ = b.SetWriteDeadline(time.Unix(1, 0))
		expect(t, "read", read(b), nil)
	}},
	{"a deadline that is set wakes a read", func(t *testing.T, a, b net.Conn) {
		later(func() { _ = a.SetReadDeadline(time.Unix(1, 0)) })
		expectTimeout(t, "read", read(a))
	}},
	{"a deadline that is put off", func(t *testing.T, a, b net.Conn) {
		_ = a.SetReadDeadline(time.Now().Add(15 * soon))
		later(func() {
			_ = a.SetReadDeadline(time.Now().Add(ample))
			time.AfterFunc(20*soon, func() { _ = write(b, 1) })
		})
		expect(t, "read", read(a), nil)
	}},
	{"a deadline wakes a write, which says how much it wrote", func(t *testing.T, a, b net.Conn) {
		large := make([]byte, 64<<20)
		_ = a.SetWriteDeadline(time.Now().Add(10 * soon))
		n, err := a.Write(large)
		expectTimeout(t, "write", err)
		if n < 64<<10 || n >= 64<<20 {
			t.Errorf("%d bytes written", n)
		}
		_ = a.Close()
		if got, err := io.Copy(io.Discard, b); got != int64(n) || err != nil {
			t.Errorf("%d bytes arrived of %d, %v", got, n, err)
		}
	}},
	{"Close wakes this end", func(t *testing.T, a, b net.Conn) {
		later(func() { _ = a.Close() })
		wrote := make(chan error)
		go func() { wrote <- write(a, 64<<20) }()
		expect(t, "read", read(a), net.ErrClosed)
		expect(t, "write", <-wrote, net.ErrClosed)
		expect(t, "read", read(a), net.ErrClosed)
		expect(t, "second Close", a.Close(), net.ErrClosed)
		expect(t, "SetDeadline", a.SetDeadline(time.Time{}), net.ErrClosed)
	}},
	{"Close wakes the other end", func(t *testing.T, a, b net.Conn) {
		later(func() { _ = b.Close() })
		expect(t, "read", read(a), io.EOF)
	}},
	{"EOF comes after what was written", func(t *testing.T, a, b net.Conn) {
		_ = write(a, 1000)
		_ = a.Close()
		if got, err := io.ReadAll(b); len(got) != 1000 || err != nil {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		expect(t, "read", read(b), io.EOF)
	}},
	{"writing to the dead", func(t *testing.T, a, b net.Conn) {
		_ = b.Close()
		expect(t, "read", read(a), io.EOF)
		expect(t, "first write", write(a, 1), nil)
		expect(t, "later writes", eventually(func() error { return write(a, 1) }), syscall.EPIPE)
		expect(t, "read", read(a), io.EOF)
	}},
	{"reset wakes a read", func(t *testing.T, a, b net.Conn) {
		later(func() { resetConn(b) })
		expect(t, "read", read(a), syscall.ECONNRESET)
	}},
	{"reset wakes a write", func(t *testing.T, a, b net.Conn) {
		later(func() { resetConn(b) })
		expect(t, "write", write(a, 64<<20), syscall.ECONNRESET)
	}},
	{"what came before a reset is read", func(t *testing.T, a, b net.Conn) {
		_ = write(b, 10)
		resetConn(b)
		_ = a.SetReadDeadline(time.Now().Add(ample))
		got, err := io.ReadAll(a)
		if len(got) != 10 {
			t.Errorf("%d bytes", len(got))
		}
		expect(t, "read", err, syscall.ECONNRESET)
	}},
	{"Close with something unread resets", func(t *testing.T, a, b net.Conn) {
		_ = write(a, 1000)
		expect(t, "read", read(b), nil)
		_ = b.Close()
		expect(t, "read", read(a), syscall.ECONNRESET)
	}},
	{"addresses", func(t *testing.T, a, b net.Conn) {
		if a.LocalAddr().String() != b.RemoteAddr().String() || a.RemoteAddr().String() != b.LocalAddr().String() ||
			a.LocalAddr().String() == a.RemoteAddr().String() || a.LocalAddr().Network() != "tcp" {
			t.Errorf("a %v to %v, b %v to %v", a.LocalAddr(), a.RemoteAddr(), b.LocalAddr(), b.RemoteAddr())
		}
	}},
}
