// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package faultnet

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestRefusalTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n Network
		c := dial(t, &n, addr).(*conn)
		n.peer(addr).SetDelay(time.Second)
		for range 3 {
			if _, err := c.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		<-time.After(999 * time.Millisecond)
		if err := c.SocketError(); err != nil {
			t.Fatalf("too early: %v", err)
		}
		<-time.After(time.Millisecond)
		if err := c.SocketError(); err != syscall.ECONNREFUSED {
			t.Fatalf("SocketError = %v", err)
		}
		if err := c.SocketError(); err != nil {
			t.Fatalf("a socket keeps one refusal, but: %v", err)
		}
	})
}

func TestStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n Network
		p := n.Listen(addr)
		p.Stall(true)
		c := dial(t, &n, addr)
		write := func(want error, took time.Duration) {
			t.Helper()
			begin := time.Now()
			_, err := c.Write([]byte("x"))
			if d := time.Since(begin); !errors.Is(err, want) || d != took {
				t.Errorf("Write = %v after %v; want %v after %v", err, d, want, took)
			}
		}
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		write(os.ErrDeadlineExceeded, time.Second)
		_ = c.SetWriteDeadline(time.Time{})
		time.AfterFunc(time.Minute, func() { p.Stall(false) })
		write(nil, time.Minute)
		p.Stall(true)
		time.AfterFunc(time.Minute, func() { _ = c.Close() })
		write(net.ErrClosed, time.Minute)
		if _, err := c.Read(nil); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Read = %v", err)
		}
		if got := len(p.Packets()); got != 1 || p.Open() != 0 {
			t.Errorf("%d datagrams, %d open", got, p.Open())
		}
	})
}

func TestResolverDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r Resolver
		r.SetDelay(time.Minute)
		time.AfterFunc(time.Second, func() { r.Set("agent", "10.0.0.1") })
		begin := time.Now()
		if a, err := r.LookupHost(context.Background(), "agent"); len(a) != 1 || err != nil || time.Since(begin) != time.Minute {
			t.Errorf("LookupHost = %v, %v after %v", a, err, time.Since(begin))
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		begin = time.Now()
		_, err := r.LookupHost(ctx, "agent")
		var de *net.DNSError
		if !errors.As(err, &de) || !de.IsTimeout || time.Since(begin) != time.Second {
			t.Errorf("LookupHost = %v after %v", err, time.Since(begin))
		}
		if l := r.Lookups(); len(l) != 2 || l[1].Sub(l[0]) != time.Minute {
			t.Errorf("lookups %v", l)
		}
	})
}
