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

// In a bubble a wait that is not for channels, conditions or timers would stop the
// clock, and a goroutine that is left would fail the test.
func TestStreamInBubble(t *testing.T) {
	for _, tc := range streamCases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b := memoryConns(t)
				tc.run(t, a, b)
			})
		})
	}
}

func TestDeadlinesAreExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := memoryConns(t)
		begin := time.Now()
		at := func(want time.Duration) {
			t.Helper()
			if d := time.Since(begin); d != want {
				t.Errorf("after %v, want %v", d, want)
			}
		}
		_ = a.SetDeadline(begin.Add(time.Hour))
		expectTimeout(t, "read", read(a))
		at(time.Hour)
		_ = a.SetDeadline(time.Time{})
		expect(t, "write", write(a, defaultBuffer), nil)
		at(time.Hour) // it fits
		_ = a.SetWriteDeadline(time.Now().Add(time.Second))
		if n, err := a.Write(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("one byte too many: %d, %v", n, err)
		}
		at(time.Hour + time.Second)
		_ = a.SetWriteDeadline(time.Time{})
		time.AfterFunc(time.Minute, func() { _ = read(b) })
		expect(t, "write", write(a, 1), nil)
		at(time.Hour + time.Second + time.Minute)
	})
}

func TestDialWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var nw Network
		l := nw.ListenStream(streamAddr)
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		var conns []net.Conn
		for range backlog {
			c, err := nw.Dial(ctx, "tcp", streamAddr)
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
		}
		time.AfterFunc(time.Minute, func() { _, _ = l.Accept() })
		begin := time.Now()
		c, err := nw.Dial(ctx, "tcp", streamAddr)
		if err != nil || time.Since(begin) != time.Minute {
			t.Fatalf("Dial: %v after %v", err, time.Since(begin))
		}
		conns = append(conns, c)
		_, err = nw.Dial(ctx, "tcp", streamAddr)
		var ne net.Error
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &ne) || !ne.Timeout() || time.Since(begin) != time.Hour {
			t.Errorf("Dial: %v after %v", err, time.Since(begin))
		}
		if l.Open() != backlog+1 {
			t.Errorf("%d open", l.Open())
		}
		_ = l.Close()
		for _, c := range conns[1:] { // the first was accepted
			expect(t, "read", read(c), syscall.ECONNRESET)
		}
		if l.Open() != 1 {
			t.Errorf("%d open after Close", l.Open())
		}
	})
}
