// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"
)

const (
	streamAddr = "10.0.0.1:4318"
	soon       = 20 * time.Millisecond
	ample      = time.Minute // for what must not happen
)

// streamCase is a rule for connections. Each is tried on connections in memory, in
// and out of a bubble, and on real ones, so that the former are what they claim.
type streamCase struct {
	name string
	run  func(t *testing.T, a, b net.Conn)
}

func TestStream(t *testing.T) {
	for _, tc := range streamCases {
		t.Run(tc.name, func(t *testing.T) {
			a, b := memoryConns(t)
			tc.run(t, a, b)
		})
	}
}

func TestStreamRealSockets(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Conn behaves as sockets do on Linux")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skipf("no loopback interface: %v", err)
	}
	defer l.Close()
	for _, tc := range streamCases {
		t.Run(tc.name, func(t *testing.T) {
			var d net.Dialer
			a, err := d.DialContext(context.Background(), "tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			b, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			defer b.Close()
			tc.run(t, a, b)
		})
	}
}

// memoryConns returns both ends of a new connection: the dialling one first.
func memoryConns(t *testing.T) (a, b net.Conn) {
	t.Helper()
	var nw Network
	l := nw.ListenStream(streamAddr)
	a, err := nw.Dial(context.Background(), "tcp", streamAddr)
	if err != nil {
		t.Fatal(err)
	}
	b, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = a.Close()
		_ = b.Close()
		_ = l.Close()
		if l.Open() != 0 {
			t.Errorf("%d connections open", l.Open())
		}
	})
	return a, b
}

// pattern returns n bytes of an endless row that begins at from.
func pattern(seed, from, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		x := from + i
		b[i] = byte(seed*7 + x + x>>8 + x>>16)
	}
	return b
}

func later(f func()) { time.AfterFunc(soon, f) }

func read(c net.Conn) error {
	_, err := c.Read(make([]byte, 1))
	return err
}

func write(c net.Conn, n int) error {
	_, err := c.Write(make([]byte, n))
	return err
}

// eventually calls f until it fails: a real reset is on its way for a moment.
func eventually(f func() error) error {
	for range 1000 {
		if err := f(); err != nil {
			return err
		}
		<-time.After(time.Millisecond)
	}
	return nil
}

// soonDone runs f with a deadline, so that a write that waits fails.
func soonDone(t *testing.T, c net.Conn, f func() error) error {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	defer func() { _ = c.SetDeadline(time.Time{}) }()
	return f()
}

func resetConn(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
		return
	}
	_ = c.(*Conn).Reset()
}

func expect(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
		return
	}
	var op *net.OpError
	if want != nil && want != io.EOF && !errors.As(got, &op) {
		t.Errorf("%s: %T is no *net.OpError", what, got)
	}
}

func expectTimeout(t *testing.T, what string, got error) {
	t.Helper()
	expect(t, what, got, os.ErrDeadlineExceeded)
	var ne net.Error
	if !errors.As(got, &ne) || !ne.Timeout() {
		t.Errorf("%s: %v is no timeout", what, got)
	}
}

// With a buffer smaller than a write every one of them has to wait for its room.
func TestWritesTakeTurns(t *testing.T) {
	const writers, writes, size = 8, 200, 30
	var nw Network
	nw.buffer = 10
	l := nw.ListenStream(streamAddr)
	defer l.Close()
	a, err := nw.Dial(context.Background(), "tcp", streamAddr)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for w := range writers {
		go func() {
			for range writes {
				_, _ = a.Write(bytes.Repeat([]byte{byte(w)}, size))
			}
		}()
	}
	got := make([]byte, writers*writes*size)
	if _, err := io.ReadFull(b, got); err != nil {
		t.Fatal(err)
	}
	for ; len(got) > 0; got = got[size:] {
		if bytes.Count(got[:size], got[:1]) != size {
			t.Fatalf("mixed: %v", got[:size])
		}
	}
}
