// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package transport

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/faultnet"
)

// rig is a UDP to the name "agent" in a network in memory.
type rig struct {
	*UDP
	nw    faultnet.Network
	names faultnet.Resolver
}

func newRig(t *testing.T, o UDPOptions) *rig {
	t.Helper()
	r := &rig{}
	o.Dial, o.Resolver = r.nw.Dial, &r.names
	u, err := NewUDP("agent:6831", o)
	if err != nil {
		t.Fatal(err)
	}
	r.UDP = u
	return r
}

// pass lets d go by and what runs in the background come to rest.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f) // fails when a goroutine is left
}

func (r *rig) wantLookups(t *testing.T, n int) {
	t.Helper()
	if got := len(r.names.Lookups()); got != n {
		t.Fatalf("%d lookups, want %d", got, n)
	}
}

func TestUDPNameMoves(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, UDPOptions{})
		defer r.Close()
		a, b := r.nw.Listen(addrA), r.nw.Listen(addrB)

		err := wantSend(t, r.UDP, "1", "no receiver") // NXDOMAIN
		if !strings.Contains(err.Error(), "no such host") || r.Address() != "agent:6831" {
			t.Fatalf("%v; address %q", err, r.Address())
		}
		r.names.Set("agent", "10.0.0.1")
		wantSend(t, r.UDP, "2", "no receiver") // too early to ask again
		r.wantLookups(t, 1)
		pass(time.Second)
		wantSend(t, r.UDP, "3", "ok")
		if r.Address() != "agent:6831 (10.0.0.1:6831)" {
			t.Fatalf("address %q", r.Address())
		}

		r.names.Set("agent", "10.0.0.2")
		pass(9 * time.Second)
		wantSend(t, r.UDP, "4", "ok")
		r.wantLookups(t, 2)
		pass(time.Second)
		wantSend(t, r.UDP, "5", "ok") // begins the lookup, does not wait for it
		synctest.Wait()
		wantSend(t, r.UDP, "6", "ok")
		if r.Address() != "agent:6831 (10.0.0.2:6831)" || a.Open() != 0 || b.Open() != 1 {
			t.Fatalf("address %q, connections %d and %d", r.Address(), a.Open(), b.Open())
		}

		r.names.Set("agent") // NXDOMAIN again
		for range 100 {
			pass(time.Second)
			wantSend(t, r.UDP, "7", "ok")
		}
		wantPackets(t, a, "3", "4", "5")
		if n := len(b.Packets()); n != 101 {
			t.Errorf("B took %d batches, want 101", n)
		}
		synctest.Wait()
		r.wantLookups(t, 3+10)
	})
}

// A lookup that fails or hangs must not stop batches that have an address.
func TestUDPSlowLookupDoesNotStallDelivery(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, UDPOptions{})
		defer r.Close()
		r.names.Set("agent", "10.0.0.1")
		a := r.nw.Listen(addrA)
		wantSend(t, r.UDP, "1", "ok")
		r.names.SetDelay(time.Hour)
		for range 100 {
			pass(time.Second)
			begin := time.Now()
			wantSend(t, r.UDP, "2", "ok")
			if d := time.Since(begin); d != 0 {
				t.Fatalf("Send took %v", d)
			}
		}
		if n := len(a.Packets()); n != 101 {
			t.Errorf("%d batches arrived", n)
		}
	})
}

func TestUDPWaitsForFirstLookup(t *testing.T) {
	tests := []struct {
		name  string
		delay time.Duration
		ctx   time.Duration
		want  string
		took  time.Duration
	}{
		{"slow", 1900 * time.Millisecond, time.Minute, "ok", 1900 * time.Millisecond},
		{"too slow", time.Hour, time.Minute, "no receiver", 2 * time.Second},
		{"ctx ends first", time.Second, 300 * time.Millisecond, "retryable", 300 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newRig(t, UDPOptions{})
				r.names.Set("agent", "10.0.0.1")
				r.names.SetDelay(tt.delay)
				r.nw.Listen(addrA)
				ctx, cancel := context.WithTimeout(context.Background(), tt.ctx)
				defer cancel()
				begin := time.Now()
				err := r.Send(ctx, []byte("1"))
				if got := outcome(t, err); got != tt.want || time.Since(begin) != tt.took {
					t.Errorf("Send = %v after %v; want %s after %v", err, time.Since(begin), tt.want, tt.took)
				}
				begin = time.Now()
				_ = r.Close()
				if d := time.Since(begin); d != 0 {
					t.Errorf("Close took %v", d)
				}
			})
		})
	}
}

// While nothing answers, the sender must stay quick: one short wait a lookup.
func TestUDPDeadResolverStallsLittle(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, UDPOptions{})
		defer r.Close()
		r.names.SetDelay(time.Hour)
		wantSend(t, r.UDP, "1", "no receiver")
		pass(time.Second)
		stalled := time.Duration(0)
		begin := time.Now()
		for time.Since(begin) < 5*time.Minute {
			b := time.Now()
			wantSend(t, r.UDP, "2", "no receiver")
			stalled += time.Since(b)
			pass(100 * time.Millisecond)
		}
		lookups := len(r.names.Lookups())
		if lookups < 90 || lookups > 101 { // each takes 2 s and is followed by 1 s of peace
			t.Errorf("%d lookups in 5 minutes", lookups)
		}
		if limit := time.Duration(lookups) * laterWait; stalled > limit {
			t.Errorf("stalled %v in %d lookups", stalled, lookups)
		}
	})
}

// The old address refuses: the name is asked at once, and the next batch arrives.
func TestUDPRefusalAsksTheName(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, UDPOptions{})
		defer r.Close()
		r.names.Set("agent", "10.0.0.1")
		a, b := r.nw.Listen(addrA), r.nw.Listen(addrB)
		wantSend(t, r.UDP, "1", "ok")
		pass(5 * time.Second)
		a.SetListening(false)
		r.names.Set("agent", "10.0.0.2")
		wantSend(t, r.UDP, "2", "no receiver")
		synctest.Wait()
		wantSend(t, r.UDP, "3", "ok")
		wantPackets(t, b, "3")

		b.SetListening(false) // an absent agent: at most one lookup a second
		from := len(r.names.Lookups())
		for range 1000 {
			pass(10 * time.Millisecond)
			wantSend(t, r.UDP, "4", "no receiver")
		}
		if n := len(r.names.Lookups()) - from; n < 9 || n > 11 {
			t.Errorf("%d lookups in 10 s of refusals", n)
		}
		if n := len(r.nw.Dials()); n != 2 {
			t.Errorf("dialled %q", r.nw.Dials())
		}
	})
}

func TestUDPBoundedLookupsInADay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, UDPOptions{})
		defer r.Close()
		r.names.Set("agent", "10.0.0.1", "10.0.0.2")
		r.nw.Listen(addrA).SetLargest(1) // keep no packets
		for i := range 24 * 3600 {
			pass(time.Second)
			if i%3 == 0 { // the order of the answer changes, as with round robin
				r.names.Set("agent", "10.0.0.1", "10.0.0.2")
			} else {
				r.names.Set("agent", "10.0.0.2", "10.0.0.1")
			}
			_ = r.Send(context.Background(), []byte("1"))
		}
		if n := len(r.names.Lookups()); n < 8000 || n > 8641 {
			t.Errorf("%d lookups in a day", n)
		}
		if n := len(r.nw.Dials()); n != 1 {
			t.Errorf("%d connections, though the address stayed", n)
		}
	})
}

type resolverFunc func(ctx context.Context, host string) ([]string, error)

func (f resolverFunc) LookupHost(ctx context.Context, host string) ([]string, error) {
	return f(ctx, host)
}

func TestUDPBadResolvers(t *testing.T) {
	tests := []struct {
		name string
		f    resolverFunc
		want string // in the error
	}{
		{"panics", func(context.Context, string) ([]string, error) { panic("boom") }, "panic: boom"},
		{"empty", func(context.Context, string) ([]string, error) { return nil, nil }, "no usable address among 0"},
		{"names", func(context.Context, string) ([]string, error) { return []string{"other.host"}, nil }, "no usable address among 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				u := newUDP(t, "agent:6831", UDPOptions{Resolver: tt.f})
				if err := wantSend(t, u, "1", "no receiver"); !strings.Contains(err.Error(), "resolving agent: "+tt.want) {
					t.Errorf("error %v", err)
				}
			})
		})
	}
	t.Run("ignores its context", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			free := make(chan struct{})
			defer close(free)
			u := newUDP(t, "agent:6831", UDPOptions{Resolver: resolverFunc(func(context.Context, string) ([]string, error) {
				<-free
				return nil, nil
			})})
			wantSend(t, u, "1", "no receiver")
			begin := time.Now()
			_ = u.Close()
			if d := time.Since(begin); d != time.Second {
				t.Errorf("Close took %v", d)
			}
		})
	})
}

// Nothing a user starts and stops at once may be left or deadlock.
func TestUDPCloseWhileLooking(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var wg sync.WaitGroup
		for range 100 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				r := newRig(t, UDPOptions{})
				r.names.SetDelay(time.Hour)
				ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
				defer cancel()
				_ = r.Send(ctx, []byte("1"))
				_ = r.Close()
				_ = r.Close()
			}()
		}
		wg.Wait()
	})
}
