// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bytes"
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-spur/spur/internal/faultnet"
)

// The tests of this file use the kernel's sockets on the loopback interface.

// onLoopback runs f for IPv4 and, where there is one, IPv6.
func onLoopback(t *testing.T, f func(t *testing.T, host string)) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		t.Run(host, func(t *testing.T) {
			c, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
			if err != nil {
				t.Skipf("SKIPPED, NOT TESTED: no %s on this machine: %v", host, err)
			}
			_ = c.Close()
			f(t, host)
		})
	}
}

func needSocketError(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" || runtime.GOARCH == "wasm" {
		t.Skip("SKIPPED, NOT TESTED: no SO_ERROR on " + runtime.GOOS)
	}
}

// sink listens on addr and returns what arrives.
func sink(t *testing.T, addr string) *net.UDPConn {
	t.Helper()
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(*net.UDPConn)
}

// unused returns an address on which nobody listens now.
func unused(t *testing.T, host string) string {
	t.Helper()
	c := sink(t, net.JoinHostPort(host, "0"))
	_ = c.Close()
	return c.LocalAddr().String()
}

func wantArrival(t *testing.T, c *net.UDPConn, want []byte) {
	t.Helper()
	buf := make([]byte, 1<<16)
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, _, err := c.ReadFromUDP(buf)
	if err != nil || !bytes.Equal(buf[:n], want) {
		t.Fatalf("arrived: %d bytes, %v; want %d bytes", n, err, len(want))
	}
}

func TestRealUDPNobodyListens(t *testing.T) {
	needSocketError(t)
	onLoopback(t, func(t *testing.T, host string) {
		for name, dial := range map[string]DialFunc{
			"SO_ERROR":   nil,
			"write only": dialWriteOnly((&net.Dialer{}).DialContext),
		} {
			t.Run(name, func(t *testing.T) {
				u := newUDP(t, unused(t, host), UDPOptions{Dial: dial})
				const batches = 200
				var charged [batches]int
				accepted := -1
				previous := func(err error) {
					var e *Error
					if errors.As(err, &e) && e.PreviousLost {
						charged[accepted]++
					}
				}
				for i := range batches {
					err := u.Send(context.Background(), make([]byte, 1000))
					previous(err)
					switch got := outcome(t, err); got {
					case "ok", "accepted, previous lost":
						accepted = i
					case "no receiver", "no receiver, previous lost":
						charged[i]++
						if !errors.Is(err, syscall.ECONNREFUSED) {
							t.Fatalf("cause %v", err)
						}
					default:
						t.Fatalf("Send = %v", err)
					}
					previous(u.Confirm())
				}
				told := 0
				for i, n := range charged {
					if n > 1 {
						t.Errorf("batch %d charged %d times", i, n)
					}
					told += n
				}
				if told < batches*95/100 {
					t.Errorf("told of %d losses in %d", told, batches)
				}
				t.Logf("%d of %d", told, batches)
			})
		}
	})
}

func TestRealUDPListenerComesBack(t *testing.T) {
	needSocketError(t)
	onLoopback(t, func(t *testing.T, host string) {
		c := sink(t, net.JoinHostPort(host, "0"))
		addr := c.LocalAddr().String()
		u := newUDP(t, addr, UDPOptions{})
		wantSend(t, u, "before", "ok")
		wantArrival(t, c, []byte("before"))
		_ = c.Close()
		for range 5 {
			wantSend(t, u, "lost", "no receiver")
		}
		c = sink(t, addr)
		wantSend(t, u, "after", "ok")
		wantConfirm(t, u, "ok")
		wantArrival(t, c, []byte("after"))
		_ = c.Close()
		wantSend(t, u, "lost again", "no receiver")
	})
}

func TestRealUDPLargestPacket(t *testing.T) {
	onLoopback(t, func(t *testing.T, host string) {
		c := sink(t, net.JoinHostPort(host, "0"))
		u := newUDP(t, c.LocalAddr().String(), UDPOptions{MaxPacketSize: MaxUDPPacketSize})
		batch := bytes.Repeat([]byte("x"), MaxUDPPacketSize)
		if err := u.Send(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
		wantArrival(t, c, batch)

		u.max.now.Store(1 << 20) // let a datagram reach the kernel that no option allows
		err := u.Send(context.Background(), make([]byte, 70000))
		if outcome(t, err) != "too large" || u.MaxBatch() != 32768 {
			t.Fatalf("Send of 70000 bytes = %v, MaxBatch %d", err, u.MaxBatch())
		}
		wantSend(t, u, strings.Repeat("y", 32768), "ok")
		wantArrival(t, c, bytes.Repeat([]byte("y"), 32768))
	})
}

// A name with a dead first address, found by a resolver in memory, over sockets.
func TestRealUDPNextAddress(t *testing.T) {
	needSocketError(t)
	c, err := net.ListenPacket("udp", "[::1]:0")
	if err != nil {
		t.Skipf("SKIPPED, NOT TESTED: no IPv6 on this machine: %v", err)
	}
	defer c.Close()
	_, port, _ := net.SplitHostPort(c.LocalAddr().String())
	var names faultnet.Resolver
	names.Set("agent", "::1", "127.0.0.1")
	u := newUDP(t, "agent:"+port, UDPOptions{Resolver: &names})
	for range 3 {
		wantSend(t, u, "one", "ok")
		wantArrival(t, c.(*net.UDPConn), []byte("one"))
	}
	if want := "agent:" + port + " ([::1]:" + port + ")"; u.Address() != want {
		t.Errorf("address %q, want %q", u.Address(), want)
	}
}

// The system's own resolver and a name every machine has.
func TestRealUDPLocalhost(t *testing.T) {
	c := sink(t, "127.0.0.1:0")
	_, port, _ := net.SplitHostPort(c.LocalAddr().String())
	u := newUDP(t, "localhost:"+port, UDPOptions{})
	wantSend(t, u, "hello", "ok")
	wantArrival(t, c, []byte("hello"))
	if want := "localhost:" + port + " (127.0.0.1:" + port + ")"; u.Address() != want {
		t.Errorf("address %q, want %q", u.Address(), want)
	}
}

func TestRealUDPUnknownName(t *testing.T) {
	u := newUDP(t, "no-such-host.invalid:6831", UDPOptions{})
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := u.Send(ctx, []byte("1"))
	if outcome(t, err) != "no receiver" || !strings.Contains(err.Error(), "resolving no-such-host.invalid") {
		t.Errorf("Send = %v", err)
	}
}
