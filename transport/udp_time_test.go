// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package transport

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/faultnet"
)

func TestUDPStall(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var nw faultnet.Network
		p := nw.Listen(addrA)
		p.Stall(true)
		u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
		try := func(ctx context.Context, want string, cause error, from, to time.Duration) {
			t.Helper()
			begin := time.Now()
			err := u.Send(ctx, []byte("1"))
			if d := time.Since(begin); outcome(t, err) != want || cause != nil && !errors.Is(err, cause) || d < from || d > to {
				t.Errorf("Send = %v after %v; want %s, %v after %v to %v", err, d, want, cause, from, to)
			}
		}
		ms := time.Millisecond
		try(context.Background(), "retryable", os.ErrDeadlineExceeded, time.Second, time.Second)

		ctx, cancel := context.WithTimeout(context.Background(), 120*ms)
		defer cancel()
		try(ctx, "retryable", nil, 120*ms, 120*ms)

		ctx, cancel = context.WithCancel(context.Background())
		time.AfterFunc(120*ms, cancel)
		try(ctx, "retryable", context.Canceled, 120*ms, 170*ms)

		time.AfterFunc(120*ms, func() { p.Stall(false) })
		try(context.Background(), "ok", nil, 120*ms, 120*ms)
		wantPackets(t, p, "1")
		if n := len(nw.Dials()); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestUDPRefusedLater(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var nw faultnet.Network
		u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
		p := nw.Listen(addrA)
		p.SetDelay(5 * time.Millisecond)
		p.SetListening(false)

		wantSend(t, u, "1", "ok")
		wantConfirm(t, u, "ok") // not known yet
		pass(5 * time.Millisecond)
		wantConfirm(t, u, "accepted, previous lost")
		wantConfirm(t, u, "ok") // told once
		wantSend(t, u, "2", "ok")
		pass(5 * time.Millisecond)
		if err := wantSend(t, u, "3", "accepted, previous lost"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("cause %v", err)
		}
		pass(5 * time.Millisecond)
		wantSend(t, u, strings.Repeat("x", 65001), "too large, previous lost")
		p.SetListening(true)
		wantSend(t, u, "4", "ok")
		pass(time.Second)
		wantConfirm(t, u, "ok")
		wantPackets(t, p, "4")
	})
}

// A refusal of the old address is found before the connection moves on, and one
// that comes after is never charged to a batch of the new.
func TestUDPRefusalBeforeMove(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, UDPOptions{})
		defer r.Close()
		r.names.Set("agent", "10.0.0.1")
		a, b := r.nw.Listen(addrA), r.nw.Listen(addrB)
		a.SetDelay(time.Millisecond)
		wantSend(t, r.UDP, "1", "ok")
		pass(10 * time.Second)
		r.names.Set("agent", "10.0.0.2")
		a.SetListening(false)
		wantSend(t, r.UDP, "2", "ok") // refused a millisecond later
		pass(time.Millisecond)
		wantSend(t, r.UDP, "3", "accepted, previous lost")
		wantPackets(t, b, "3")
		pass(time.Minute)
		wantConfirm(t, r.UDP, "ok")
	})
}

// A refusal that only Confirm finds has the same consequences as one Send finds.
func TestUDPConfirmAvoidsTheAddress(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, UDPOptions{})
		defer r.Close()
		r.names.Set("agent", "10.0.0.1", "10.0.0.2")
		a, b := r.nw.Listen(addrA), r.nw.Listen(addrB)
		a.SetListening(false)
		a.SetDelay(time.Millisecond)
		wantSend(t, r.UDP, "1", "ok")
		pass(2 * time.Second)
		wantConfirm(t, r.UDP, "accepted, previous lost")
		synctest.Wait()
		r.wantLookups(t, 2)
		wantSend(t, r.UDP, "2", "ok")
		wantPackets(t, b, "2")

		b.SetListening(false) // and the other way round, found before a write
		b.SetDelay(time.Millisecond)
		a.SetListening(true)
		wantSend(t, r.UDP, "3", "ok")
		pass(time.Millisecond)
		wantSend(t, r.UDP, "4", "accepted, previous lost")
		wantPackets(t, a, "4")
	})
}

// TestUDPCharges plays random outages and compares what the transport says with
// what the network did: every batch is charged at most once, none that arrived is
// charged while refusals answer at once, and then none that is lost goes untold.
func TestUDPCharges(t *testing.T) {
	for seed := range uint64(20) {
		for _, delay := range []time.Duration{0, time.Millisecond} {
			bubble(t, func(t *testing.T) {
				rnd := rand.New(rand.NewPCG(seed, 1))
				var nw faultnet.Network
				p := nw.Listen(addrA)
				p.SetDelay(delay)
				u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
				const batches = 500
				var charged [batches]int
				accepted := -1 // the batch accepted last
				lost := func(err error) {
					var e *Error
					if errors.As(err, &e) && e.PreviousLost {
						charged[accepted]++
					}
				}
				up := true
				var refused int
				for i := range batches {
					if rnd.IntN(10) == 0 {
						up = !up
						p.SetListening(up)
					}
					if rnd.IntN(10) == 0 {
						p.Fail([]error{syscall.ENOBUFS, syscall.EPERM}[rnd.IntN(2)])
					}
					sent := p.Sent()
					err := u.Send(context.Background(), []byte{byte(i >> 8), byte(i)})
					lost(err)
					if p.Sent() > sent && !up {
						refused++
					}
					switch outcome(t, err) {
					case "ok", "accepted, previous lost":
						accepted = i
					default:
						charged[i]++
					}
					pass(time.Duration(rnd.IntN(3)) * time.Millisecond)
					if rnd.IntN(5) == 0 {
						lost(u.Confirm())
					}
				}
				arrived := make(map[int]bool)
				for _, b := range p.Packets() {
					arrived[int(b[0])<<8|int(b[1])] = true
				}
				untold := 0
				for i, n := range charged {
					switch {
					case n > 1:
						t.Errorf("seed %d: batch %d charged %d times", seed, i, n)
					case n == 1 && arrived[i] && delay == 0:
						t.Errorf("seed %d: batch %d arrived and was charged", seed, i)
					case n == 0 && !arrived[i]:
						untold++
					}
				}
				if refused < 50 {
					t.Fatalf("seed %d: only %d refusals", seed, refused)
				}
				if delay == 0 && untold > 0 {
					t.Errorf("seed %d: %d of %d losses untold", seed, untold, refused)
				}
			})
		}
	}
}
