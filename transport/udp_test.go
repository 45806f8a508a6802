// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-spur/spur/internal/faultnet"
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

func TestUDPRefusedAtOnce(t *testing.T) {
	var nw faultnet.Network
	u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
	for range 3 {
		err := wantSend(t, u, "lost", "no receiver")
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Fatalf("cause %v", err)
		}
		wantConfirm(t, u, "ok") // Send has told
	}
	p := nw.Listen(addrA)
	wantSend(t, u, "back", "ok")
	wantPackets(t, p, "back")
}

// writeOnly hides SocketError: what platforms without SO_ERROR see.
type writeOnly struct{ net.Conn }

func dialWriteOnly(d DialFunc) DialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := d(ctx, network, addr)
		return writeOnly{c}, err
	}
}

func TestUDPRefusedSeenByWriteOnly(t *testing.T) {
	var nw faultnet.Network
	u := newUDP(t, addrA, UDPOptions{Dial: dialWriteOnly(nw.Dial)})
	wantSend(t, u, "1", "ok")
	wantSend(t, u, "2", "accepted, previous lost") // written twice, the first in vain
	p := nw.Listen(addrA)
	wantSend(t, u, "3", "accepted, previous lost")
	wantSend(t, u, "4", "ok")
	wantConfirm(t, u, "ok")
	wantPackets(t, p, "3", "4")
	if n := p.Sent(); n != 4 {
		t.Errorf("%d datagrams for 4 batches", n)
	}
}

func TestUDPRefusedTwiceInOneSend(t *testing.T) {
	var nw faultnet.Network
	p := nw.Listen(addrA)
	u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
	wantSend(t, u, "1", "ok")
	p.Fail(syscall.ECONNREFUSED, syscall.ECONNREFUSED)
	wantSend(t, u, "2", "no receiver, previous lost") // not a third time
	wantSend(t, u, "3", "ok")
	wantPackets(t, p, "1", "3")
}

// leftErrors is a connection with a script of what its socket says when asked.
type leftErrors struct {
	net.Conn
	script []error
}

func (c *leftErrors) SocketError() (err error) {
	if len(c.script) > 0 {
		err, c.script = c.script[0], c.script[1:]
	}
	return err
}

// Several refusals may be on their way; a batch is charged with one.
func TestUDPChargedOnce(t *testing.T) {
	var nw faultnet.Network
	nw.Listen(addrA)
	refused := syscall.ECONNREFUSED
	u := newUDP(t, addrA, UDPOptions{Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := nw.Dial(ctx, network, addr)
		return &leftErrors{c, []error{nil, nil, refused, refused, refused, nil, refused, refused}}, err
	}})
	wantSend(t, u, "1", "ok")          // asked after the write: nil
	wantSend(t, u, "2", "no receiver") // before: nil; after: refused
	wantConfirm(t, u, "ok")            // refused, but 2 has been told and 1 is not the last
	wantSend(t, u, "3", "ok")          // before: refused; after: nil
	wantConfirm(t, u, "accepted, previous lost")
	wantConfirm(t, u, "ok")
}

// What a connection says is not about batches of the connection before.
func TestUDPNewConnectionOwesNothing(t *testing.T) {
	var nw faultnet.Network
	p := nw.Listen(addrA)
	u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
	wantSend(t, u, "1", "ok")
	p.Fail(syscall.EPERM, syscall.ECONNREFUSED)
	wantSend(t, u, "2", "no receiver")
	wantSend(t, u, "3", "ok")
	wantPackets(t, p, "1", "3")
}

func TestUDPTooLarge(t *testing.T) {
	var nw faultnet.Network
	p := nw.Listen(addrA)
	u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial, MaxPacketSize: 50000})
	wantSend(t, u, strings.Repeat("x", 50001), "too large")
	if d := nw.Dials(); d != nil || u.MaxBatch() != 50000 {
		t.Fatalf("a batch above MaxBatch dialled %q, MaxBatch %d", d, u.MaxBatch())
	}
	p.SetLargest(9216) // macOS without a larger buffer
	var sizes []int
	for {
		n := u.MaxBatch()
		err := u.Send(context.Background(), bytes.Repeat([]byte("x"), n))
		if err == nil {
			break
		}
		if outcome(t, err) != "too large" || !errors.Is(err, syscall.EMSGSIZE) {
			t.Fatalf("Send of %d bytes: %v", n, err)
		}
		if sizes = append(sizes, u.MaxBatch()); u.MaxBatch() >= n {
			t.Fatalf("MaxBatch %d after %d was too large", u.MaxBatch(), n)
		}
	}
	if want := []int{32768, 16384, 9216}; !slices.Equal(sizes, want) {
		t.Errorf("MaxBatch fell to %v, want %v", sizes, want)
	}
	p.SetLargest(100)
	wantSend(t, u, strings.Repeat("x", 1024), "permanent")
	if u.MaxBatch() != 9216 {
		t.Errorf("MaxBatch %d, though no smaller packet would help", u.MaxBatch())
	}
	if n := len(p.Packets()); n != 1 {
		t.Errorf("peer took %d datagrams, want 1", n)
	}
}

// An EMSGSIZE that a router sent for the batch before must not be taken for the
// batch at hand.
func TestUDPTooLargeLeftBehind(t *testing.T) {
	var nw faultnet.Network
	p := nw.Listen(addrA)
	u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
	wantSend(t, u, "1", "ok")
	p.Fail(syscall.EMSGSIZE)
	wantSend(t, u, "2", "accepted, previous lost")
	if u.MaxBatch() != 65000 {
		t.Errorf("MaxBatch fell to %d", u.MaxBatch())
	}
	wantPackets(t, p, "1", "2")
}

func TestUDPWriteErrors(t *testing.T) {
	tests := []struct {
		name    string
		err     error
		want    string
		redials bool
	}{
		{"ENOBUFS", syscall.ENOBUFS, "retryable", false},
		{"EAGAIN", syscall.EAGAIN, "retryable", false},
		{"EPERM", syscall.EPERM, "no receiver", true}, // a firewall on this host
		{"ENETUNREACH", syscall.ENETUNREACH, "no receiver", true},
		{"closed", net.ErrClosed, "no receiver", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var nw faultnet.Network
			p := nw.Listen(addrA)
			u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
			wantSend(t, u, "1", "ok")
			p.Fail(tt.err)
			if err := wantSend(t, u, "2", tt.want); !errors.Is(err, tt.err) {
				t.Errorf("cause %v", err)
			}
			wantSend(t, u, "3", "ok")
			wantPackets(t, p, "1", "3")
			if got := len(nw.Dials()) == 2; got != tt.redials {
				t.Errorf("dialled %q", nw.Dials())
			}
			if p.Open() != 1 {
				t.Errorf("%d connections open", p.Open())
			}
		})
	}
}

func TestUDPDialFails(t *testing.T) {
	var nw faultnet.Network
	p := nw.Listen(addrA)
	u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
	nw.FailDials(syscall.ENETUNREACH)
	if err := wantSend(t, u, "1", "no receiver"); !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("cause %v", err)
	}
	nw.FailDials(nil)
	wantSend(t, u, "2", "ok")
	wantPackets(t, p, "2")
}

func TestUDPContextEnded(t *testing.T) {
	var nw faultnet.Network
	p := nw.Listen(addrA)
	u := newUDP(t, addrA, UDPOptions{Dial: nw.Dial})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := u.Send(ctx, []byte("1")); outcome(t, err) != "retryable" || !errors.Is(err, context.Canceled) {
		t.Errorf("Send = %v", err)
	}
	wantPackets(t, p)
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
	if raceEnabled {
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
