// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package faultnet

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestBehaviours is what net/http's own client sees of each, with a time limit of
// 10 s for the exchange.
func TestBehaviours(t *testing.T) {
	timeout := context.DeadlineExceeded
	batch := make([]byte, 10_000)
	for _, tc := range []struct {
		b        Behaviour
		size     int // of the body; 0: 10,000
		status   int
		body     string // or its beginning
		err      error
		took     time.Duration
		read     int // whole requests in the books
		accepted bool
	}{
		{b: Healthy(), status: 202, read: 1, accepted: true},
		{b: Answer(200, jsonType, "{}"), status: 200, body: "{}", read: 1, accepted: true},
		{b: Refuse(), err: syscall.ECONNREFUSED},
		{b: Vanish(), err: timeout, took: 10 * time.Second},
		{b: Stall(), err: timeout, took: 10 * time.Second},
		{b: Mute(), err: timeout, took: 10 * time.Second, read: 1},
		{b: Mute().Taking(), err: timeout, took: 10 * time.Second, read: 1, accepted: true},
		{b: Mute(), size: 1 << 20, err: timeout, took: 10 * time.Second, read: 1},
		{b: ResetAt(0), err: syscall.ECONNRESET},
		{b: ResetAt(9_999), err: syscall.ECONNRESET},
		{b: ResetAt(10_000), err: syscall.ECONNRESET, read: 1},
		{b: ResetAt(500_000), size: 1 << 20, err: syscall.ECONNRESET},
		{b: ResetAfterRead(), err: syscall.ECONNRESET, read: 1},
		{b: ResetAfterRead().Taking(), err: syscall.ECONNRESET, read: 1, accepted: true},
		{b: HangUp(), err: io.EOF, read: 1},
		{b: Restart(time.Second), err: syscall.ECONNREFUSED},
		{b: Slow(3 * time.Second), status: 202, took: 3 * time.Second, read: 1, accepted: true},
		{b: Slow(time.Minute), err: timeout, took: 10 * time.Second, read: 1},
		{b: Drip(time.Millisecond), status: 200, body: "{    ", took: 1096 * time.Millisecond, read: 1, accepted: true},
		{b: Drip(time.Second), err: timeout, took: 10 * time.Second, read: 1, accepted: true},
		{b: DripBody(time.Millisecond), status: 200, body: "{    ", took: 1024 * time.Millisecond, read: 1, accepted: true},
		{b: DripBody(time.Second), status: 200, body: "{       ", err: timeout, took: 10 * time.Second, read: 1, accepted: true},
		{b: Endless(), status: 200, body: "     ", took: 64 * time.Millisecond, read: 1},
		{b: WrongLength(5), status: 200, body: jsonBody, err: io.ErrUnexpectedEOF, read: 1},
		{b: WrongLength(-5), status: 200, body: jsonBody[:len(jsonBody)-5], read: 1},
		{b: HTML(), status: 200, body: "<!DOCTYPE html>", read: 1},
		{b: RedirectLoop(), status: 307, read: 1},
		{b: Status(500), status: 500, read: 1},
		{b: Status(503).Header("Retry-After", "7"), status: 503, read: 1},
	} {
		t.Run(tc.b.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, p, c := newHTTPPeer(t)
				p.Set(tc.b)
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				body := batch
				if tc.size > 0 {
					body = make([]byte, tc.size)
				}
				begin := time.Now()
				status, got, err := post(ctx, c, tracesURL, body)
				if took := time.Since(begin).Round(time.Millisecond); status != tc.status || !is(err, tc.err) || !near(took, tc.took) {
					t.Errorf("%d, %v after %v; want %d, %v after %v", status, err, took, tc.status, tc.err, tc.took)
				}
				if !strings.HasPrefix(got, tc.body) {
					t.Errorf("answer %.80q", got)
				}
				synctest.Wait()
				rs := p.Requests()
				if len(rs) != tc.read || slices.ContainsFunc(rs, func(r Request) bool { return r.Accepted }) != tc.accepted {
					t.Errorf("books %+v, want %d, accepted %v", rs, tc.read, tc.accepted)
				}
				for _, r := range rs {
					if len(r.Body) != len(body) || r.Behaviour != tc.b.String() {
						t.Errorf("%d bytes met %s", len(r.Body), r.Behaviour)
					}
				}
			})
		})
	}
}

// is is errors.Is, but that net/http may close a connection whose reset it reads
// under a write that waits, and then tells of the write.
func is(err, want error) bool {
	return errors.Is(err, want) || want == syscall.ECONNRESET && errors.Is(err, net.ErrClosed)
}

// near allows for the milliseconds in which an endless answer is paced.
func near(got, want time.Duration) bool {
	return got-want <= 2*time.Millisecond && want-got <= 2*time.Millisecond
}

func TestNextBeforeDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, p, c := newHTTPPeer(t)
		p.Next(Refuse(), Status(503).Header("Retry-After", "2"), Restart(time.Minute), Slow(time.Second), HangUp())
		one := func(want int, cause error) {
			t.Helper()
			status, _, err := post(context.Background(), c, tracesURL, []byte("x"))
			if status != want || !errors.Is(err, cause) {
				t.Errorf("%d, %v; want %d, %v", status, err, want, cause)
			}
		}
		one(0, syscall.ECONNREFUSED)
		one(503, nil)
		one(0, syscall.ECONNRESET) // the restart
		one(0, syscall.ECONNREFUSED)
		time.Sleep(time.Minute - time.Nanosecond)
		one(0, syscall.ECONNREFUSED)
		time.Sleep(time.Nanosecond)
		one(202, nil)
		one(0, io.EOF)
		one(202, nil)
		if p.admitted != 3 || len(nw.Dials()) != 6 || len(p.Requests()) != 4 {
			t.Errorf("%d connections, %d dials, %d requests", p.admitted, len(nw.Dials()), len(p.Requests()))
		}
	})
}

func TestSetActsAtOnce(t *testing.T) {
	for _, b := range []Behaviour{Refuse(), Restart(time.Second)} {
		t.Run(b.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				nw, p, _ := newHTTPPeer(t)
				c, err := nw.Dial(context.Background(), "tcp", streamAddr)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				time.AfterFunc(time.Minute, func() { p.Set(b) })
				begin := time.Now()
				if err := read(c); !errors.Is(err, syscall.ECONNRESET) || time.Since(begin) != time.Minute {
					t.Errorf("%v after %v", err, time.Since(begin))
				}
				synctest.Wait()
				if p.Open() != 0 {
					t.Errorf("%d open", p.Open())
				}
				if _, err = nw.Dial(context.Background(), "tcp", streamAddr); !errors.Is(err, syscall.ECONNREFUSED) {
					t.Errorf("Dial: %v", err)
				}
				p.Set(Healthy())
				if c, err = nw.Dial(context.Background(), "tcp", streamAddr); err != nil {
					t.Errorf("Dial: %v", err)
				}
				_ = c.Close()
			})
		})
	}
}

func TestVanishedHostComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p, c := newHTTPPeer(t)
		p.Set(Vanish())
		time.AfterFunc(time.Minute, func() { p.Set(Healthy()) })
		begin := time.Now()
		if status, _, err := post(context.Background(), c, tracesURL, nil); status != 202 || err != nil || time.Since(begin) != time.Minute {
			t.Errorf("%d, %v after %v", status, err, time.Since(begin))
		}
	})
}

// A peer that reads nothing lets 256 KiB be written, as a kernel does.
func TestStallHoldsWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, p, _ := newHTTPPeer(t)
		p.Set(Stall())
		c, err := nw.Dial(context.Background(), "tcp", streamAddr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(time.Hour))
		n, err := c.Write(make([]byte, 1<<20))
		expectTimeout(t, "write", err)
		if n != defaultBuffer || len(p.Requests()) != 0 || p.Open() != 1 {
			t.Errorf("%d bytes written, %d requests read, %d open", n, len(p.Requests()), p.Open())
		}
		_ = c.Close()
		synctest.Wait()
		if p.Open() != 0 {
			t.Errorf("%d open", p.Open())
		}
	})
}

// A mute one reads on for ever, and holds the connection.
func TestMuteReadsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, p, _ := newHTTPPeer(t)
		p.Set(Mute())
		c, err := nw.Dial(context.Background(), "tcp", streamAddr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(time.Hour))
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		expect(t, "write", write(c, 4*defaultBuffer), nil)
		expectTimeout(t, "read", read(c))
		if len(p.Requests()) != 1 || p.Open() != 1 {
			t.Errorf("%d requests, %d open", len(p.Requests()), p.Open())
		}
	})
}

// A WrongLength answer leaves bytes on the connection; net/http must not take them
// for the next answer.
func TestSurplusBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p, c := newHTTPPeer(t)
		p.Next(WrongLength(-5))
		for _, want := range []int{200, 202} {
			if status, _, err := post(context.Background(), c, tracesURL, nil); status != want || err != nil {
				t.Errorf("%d, %v; want %d", status, err, want)
			}
			synctest.Wait()
		}
		if p.admitted != 2 {
			t.Errorf("%d connections", p.admitted)
		}
	})
}
