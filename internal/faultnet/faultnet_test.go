// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"context"
	"errors"
	"net"
	"slices"
	"syscall"
	"testing"
)

const addr = "10.0.0.1:6831"

func dial(t *testing.T, n *Network, addr string) net.Conn {
	t.Helper()
	c, err := n.Dial(context.Background(), "udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestPeerTakes(t *testing.T) {
	var n Network
	p := n.Listen(addr)
	c := dial(t, &n, addr)
	b := []byte("one")
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
	b[0] = 'x'
	if got := p.Packets(); len(got) != 1 || string(got[0]) != "one" {
		t.Errorf("took %q", got)
	}
	if c.RemoteAddr().String() != addr || p.Open() != 1 {
		t.Errorf("remote %v, %d open", c.RemoteAddr(), p.Open())
	}
	_ = c.Close()
	_ = c.Close()
	if _, err := c.Write(b); !errors.Is(err, net.ErrClosed) || p.Open() != 0 {
		t.Errorf("after Close: %v, %d open", err, p.Open())
	}
}

func TestNobodyListens(t *testing.T) {
	var n Network
	c := dial(t, &n, addr)
	write := func() error { _, err := c.Write([]byte("x")); return err }
	if err := write(); err != nil {
		t.Fatal(err)
	}
	if err := write(); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("second write: %v", err)
	}
	if err := write(); err != nil { // the one before sent nothing
		t.Errorf("third write: %v", err)
	}
	if err := c.(*conn).SocketError(); err != syscall.ECONNREFUSED {
		t.Errorf("SocketError = %v", err)
	}
	if got := n.peer(addr).Sent(); got != 2 {
		t.Errorf("%d datagrams sent", got)
	}
}

func TestScript(t *testing.T) {
	var n Network
	p := n.Listen(addr)
	p.SetLargest(3)
	p.Fail(syscall.ENOBUFS, nil, syscall.EPERM)
	c := dial(t, &n, addr)
	want := []error{syscall.ENOBUFS, nil, syscall.EPERM, nil}
	for i, w := range want {
		if _, err := c.Write([]byte("abc")); !errors.Is(err, w) {
			t.Errorf("write %d: %v, want %v", i, err, w)
		}
	}
	if _, err := c.Write([]byte("abcd")); !errors.Is(err, syscall.EMSGSIZE) {
		t.Errorf("four bytes: %v", err)
	}
	if got := len(p.Packets()); got != 2 {
		t.Errorf("%d datagrams", got)
	}
}

func TestLossIsDeterministic(t *testing.T) {
	run := func(seed uint64) (got []byte) {
		var n Network
		p := n.Listen(addr)
		p.SetLoss(0.5, seed)
		c := dial(t, &n, addr)
		for i := range 100 {
			if _, err := c.Write([]byte{byte(i)}); err != nil {
				t.Fatal(err)
			}
		}
		return slices.Concat(p.Packets()...)
	}
	a := run(1)
	if !slices.Equal(a, run(1)) {
		t.Error("same seed, other losses")
	}
	if slices.Equal(a, run(2)) {
		t.Error("other seed, same losses")
	}
	if len(a) < 30 || len(a) > 70 {
		t.Errorf("%d of 100 arrived at a loss of 0.5", len(a))
	}
}

func TestDialFails(t *testing.T) {
	var n Network
	n.FailDials(syscall.ENETUNREACH)
	if _, err := n.Dial(context.Background(), "udp", addr); !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("Dial: %v", err)
	}
	n.FailDials(nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := n.Dial(ctx, "udp", addr); !errors.Is(err, context.Canceled) {
		t.Errorf("Dial: %v", err)
	}
	if got := n.Dials(); !slices.Equal(got, []string{addr}) {
		t.Errorf("dials %q", got)
	}
}

func TestNamesMove(t *testing.T) {
	var r Resolver
	look := func() []string {
		t.Helper()
		a, err := r.LookupHost(context.Background(), "agent")
		var de *net.DNSError
		if (len(a) == 0) != (errors.As(err, &de) && de.IsNotFound) {
			t.Fatalf("LookupHost = %v, %v", a, err)
		}
		return a
	}
	for _, want := range [][]string{nil, {"10.0.0.1"}, {"10.0.0.2", "::1"}, nil} {
		r.Set("agent", want...)
		if got := look(); !slices.Equal(got, want) {
			t.Errorf("LookupHost = %v, want %v", got, want)
		}
	}
	boom := errors.New("boom")
	r.Fail(boom)
	if _, err := r.LookupHost(context.Background(), "agent"); err != boom {
		t.Errorf("error %v", err)
	}
}
