// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/go-spur/spur/internal/faultnet"
)

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
