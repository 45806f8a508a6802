// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/internal/faultnet"
	"github.com/go-spur/spur/internal/race"
)

const addrA, addrB = "10.0.0.1:6831", "10.0.0.2:6831"

func newUDP(t testing.TB, addr string, o UDPOptions) *UDP {
	t.Helper()
	u, err := NewUDP(addr, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.Close() })
	return u
}

// outcome is an error of Send or Confirm as a short text: "ok", "no receiver",
// "no receiver", "accepted, previous lost".
func outcome(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return "ok"
	}
	var e *Error
	if !errors.As(err, &e) || e.Err == nil {
		t.Fatalf("error %#v, want an *Error with a cause", err)
	}
	s := e.Kind.String()
	if e.NoReceiver && e.Kind == Retryable {
		s = "no receiver"
	}
	if e.PreviousLost {
		s += ", previous lost"
	}
	return s
}

func wantSend(t testing.TB, u *UDP, batch, want string) error {
	t.Helper()
	err := u.Send(context.Background(), []byte(batch))
	if got := outcome(t, err); got != want {
		t.Fatalf("Send(%q) = %v (%s), want %s", batch, err, got, want)
	}
	return err
}

func wantConfirm(t testing.TB, u *UDP, want string) {
	t.Helper()
	if got := outcome(t, u.Confirm()); got != want {
		t.Fatalf("Confirm = %s, want %s", got, want)
	}
}

func wantPackets(t testing.TB, p *faultnet.Peer, want ...string) {
	t.Helper()
	var got []string
	for _, b := range p.Packets() {
		got = append(got, string(b))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("peer took %q, want %q", got, want)
	}
}

func TestNewUDPOptions(t *testing.T) {
	tests := []struct {
		name string
		o    UDPOptions
		err  string
	}{
		{"zero", UDPOptions{}, ""},
		{"smallest packet", UDPOptions{MaxPacketSize: 1}, ""},
		{"largest packet", UDPOptions{MaxPacketSize: 65507}, ""},
		{"packet too large", UDPOptions{MaxPacketSize: 65508}, "MaxPacketSize 65508"},
		{"negative packet", UDPOptions{MaxPacketSize: -1}, "MaxPacketSize -1"},
		{"binary", UDPOptions{Format: JaegerBinary}, ""},
		{"unknown format", UDPOptions{Format: 99}, "Format(99)"},
		{"long interval", UDPOptions{ResolveInterval: 24 * time.Hour}, ""},
		{"negative interval", UDPOptions{ResolveInterval: -time.Second}, "ResolveInterval -1s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := NewUDP("agent:6831", tt.o)
			if tt.err == "" {
				if err != nil {
					t.Fatal(err)
				}
				if err := u.Close(); err != nil {
					t.Fatal(err)
				}
				return
			}
			if u != nil || !errors.Is(err, ErrOption) || !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("NewUDP = %v, %v; want ErrOption with %q", u, err, tt.err)
			}
		})
	}
	u := newUDP(t, "agent:6831", UDPOptions{})
	if u.Format() != JaegerCompact || u.MaxBatch() != 65000 || u.Address() != "agent:6831" {
		t.Errorf("defaults: %v, %d, %q", u.Format(), u.MaxBatch(), u.Address())
	}
}

func TestUDPSends(t *testing.T) {
	var nw faultnet.Network
	p := nw.Listen(addrA)
	u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
	if d := nw.Dials(); d != nil {
		t.Fatalf("NewUDP dialled %q", d)
	}
	batch := []byte("one")
	if err := u.Send(context.Background(), batch); err != nil {
		t.Fatal(err)
	}
	copy(batch, "xxx")
	wantSend(t, u, "two", "ok")
	wantSend(t, u, "", "ok") // nothing to send
	wantPackets(t, p, "one", "two")
	if d := nw.Dials(); len(d) != 1 || u.Address() != addrA {
		t.Errorf("dialled %q, address %q", d, u.Address())
	}
}

func TestUDPClose(t *testing.T) {
	var nw faultnet.Network
	p := nw.Listen(addrA)
	u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
	wantSend(t, u, "1", "ok")
	for range 2 {
		if err := u.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if p.Open() != 0 {
		t.Errorf("%d connections open", p.Open())
	}
	if err := wantSend(t, u, "2", "permanent"); !errors.Is(err, ErrClosed) {
		t.Errorf("cause %v", err)
	}
	wantConfirm(t, u, "ok")
	wantPackets(t, p, "1")
}

// What Stats reads may be read while the sender sends.
func TestUDPConcurrentSafe(t *testing.T) {
	var nw faultnet.Network
	var names faultnet.Resolver
	names.Set("agent", "10.0.0.1", "10.0.0.2")
	nw.Listen(addrA).SetLargest(2048)
	u := newUDP(t, "agent:6831", UDPOptions{Dial: nw.Dial, Resolver: &names})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 1000 {
			if u.Address() == "" || u.MaxBatch() < 1024 || u.Format() != JaegerCompact {
				t.Error("nonsense")
			}
		}
	}()
	for i := range 200 {
		nw.Listen([]string{addrA, addrB}[i%2]).SetListening(i%3 == 0)
		_ = u.Send(context.Background(), make([]byte, u.MaxBatch()))
	}
	<-done
}

func TestUDPNoAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	sink, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	_, port, _ := net.SplitHostPort(sink.LocalAddr().String())
	var names faultnet.Resolver
	names.Set("agent", "127.0.0.1")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	batch := make([]byte, 1400)
	for name, u := range map[string]*UDP{
		"address": newUDP(t, "127.0.0.1:"+port, UDPOptions{}),
		"name":    newUDP(t, "agent:"+port, UDPOptions{Resolver: &names}),
	} {
		n := testing.AllocsPerRun(1000, func() {
			if u.Send(ctx, batch) != nil || u.Confirm() != nil {
				t.Error("Send or Confirm failed")
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations a Send, want 0", name, n)
		}
	}
}

func BenchmarkUDPSend(b *testing.B) {
	sink, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	u := newUDP(b, sink.LocalAddr().String(), UDPOptions{})
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	batch := make([]byte, 65000)
	b.ReportAllocs()
	for range b.N {
		if err := u.Send(ctx, batch); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			b.Fatal(err)
		}
	}
}

func BenchmarkUDPBareWrite(b *testing.B) {
	sink, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	c, err := net.Dial("udp", sink.LocalAddr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	batch := make([]byte, 65000)
	for range b.N {
		if _, err := c.Write(batch); err != nil {
			b.Fatal(err)
		}
	}
}
