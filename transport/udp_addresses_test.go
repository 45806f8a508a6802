// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package transport

import (
	"strconv"
	"syscall"
	"testing"
	"time"
)

// localhost has two addresses; the agent may listen on either.
func TestUDPTriesNextAddress(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const v4, v6 = "127.0.0.1:6831", "[::1]:6831"
		r := newRig(t, UDPOptions{})
		defer r.Close()
		r.names.Set("agent", "::1", "127.0.0.1")
		p6 := r.nw.Listen(v6)
		wantSend(t, r.UDP, "1", "ok")
		if d := r.nw.Dials(); d[0] != v4 || d[1] != v6 {
			t.Fatalf("dialled %q, want IPv4 first", d)
		}
		wantPackets(t, p6, "1")

		p4 := r.nw.Listen(v4)
		for range 30 { // home again after ResolveInterval
			pass(time.Second)
			wantSend(t, r.UDP, "2", "ok")
		}
		if n4, n6 := len(p4.Packets()), len(p6.Packets()); n4 < 18 || n4 > 21 || n4+n6 != 31 || p6.Open() != 0 {
			t.Errorf("%d to IPv4, %d to IPv6; %d open there", n4, n6, p6.Open())
		}

		p4.SetListening(false)
		p6.SetListening(false)
		s4, s6 := p4.Sent(), p6.Sent()
		wantSend(t, r.UDP, "3", "no receiver")
		if p4.Sent() != s4+1 || p6.Sent() != s6+1 {
			t.Errorf("tried IPv4 %d times, IPv6 %d times", p4.Sent()-s4, p6.Sent()-s6)
		}
		if p4.Open()+p6.Open() > 1 {
			t.Errorf("%d connections open", p4.Open()+p6.Open())
		}
	})
}

// One batch is not given to a whole fleet.
func TestUDPTriesFewAddresses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, UDPOptions{})
		defer r.Close()
		var addrs []string
		for i := range 10 {
			addrs = append(addrs, "10.0.0."+strconv.Itoa(i+1))
		}
		r.names.Set("agent", addrs...)
		last := r.nw.Listen("10.0.0.10:6831")
		wantSend(t, r.UDP, "1", "no receiver")
		if d := r.nw.Dials(); len(d) != 4 {
			t.Fatalf("tried %q", d)
		}
		wantSend(t, r.UDP, "2", "no receiver")
		wantSend(t, r.UDP, "3", "ok") // goes on where it was
		wantPackets(t, last, "3")
	})
}

// An address that cannot be dialled is reason to ask the name again soon.
func TestUDPDialFailureAsksTheName(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, UDPOptions{})
		defer r.Close()
		r.names.Set("agent", "10.0.0.1")
		r.nw.FailDials(syscall.ENETUNREACH)
		for range 4 {
			wantSend(t, r.UDP, "1", "no receiver")
			pass(time.Second)
		}
		r.wantLookups(t, 4)
	})
}

func TestUDPDisableReconnect(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, UDPOptions{DisableReconnect: true})
		defer r.Close()
		wantSend(t, r.UDP, "1", "no receiver")
		pass(time.Second)
		r.names.Set("agent", "10.0.0.1", "10.0.0.2")
		a, b := r.nw.Listen(addrA), r.nw.Listen(addrB)
		wantSend(t, r.UDP, "2", "ok")
		r.names.Set("agent", "10.0.0.2")
		a.SetListening(false)
		for range 100 {
			pass(time.Second)
			wantSend(t, r.UDP, "3", "no receiver")
		}
		a.SetListening(true)
		wantSend(t, r.UDP, "4", "ok")
		r.wantLookups(t, 2)
		wantPackets(t, a, "2", "4")
		wantPackets(t, b)
		if n := a.Sent(); n != 102 {
			t.Errorf("%d datagrams for 102 batches", n)
		}
	})
}

func TestUDPResolveInterval(t *testing.T) {
	for _, tt := range []struct {
		interval time.Duration
		least    int // lookups in 100 s of a Send each 100 ms
		most     int
	}{{0, 9, 11}, {30 * time.Second, 4, 4}, {time.Millisecond, 85, 101}} {
		bubble(t, func(t *testing.T) {
			r := newRig(t, UDPOptions{ResolveInterval: tt.interval})
			defer r.Close()
			r.names.Set("agent", "10.0.0.1")
			r.nw.Listen(addrA)
			for range 1000 {
				wantSend(t, r.UDP, "1", "ok")
				pass(100 * time.Millisecond)
			}
			if n := len(r.names.Lookups()); n < tt.least || n > tt.most {
				t.Errorf("interval %v: %d lookups, want %d to %d", tt.interval, n, tt.least, tt.most)
			}
		})
	}
}
