// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/trace"
)

func listenUDP(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// sender returns a function that sends to u.
func sender(t *testing.T, u *UDP) func([]byte) {
	t.Helper()
	conn, err := net.Dial("udp", u.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return func(b []byte) {
		if _, err := conn.Write(b); err != nil {
			t.Error(err)
		}
	}
}

// lineCounter counts what is written to it.
type lineCounter struct{ atomic.Int32 }

func (c *lineCounter) Write(b []byte) (int, error) {
	c.Add(1)
	return len(b), nil
}

func TestUDP(t *testing.T) {
	for _, c := range []struct {
		protocol Protocol
		good     string
	}{
		{Compact, "thrift/spur-compact-values.bin"},
		{Binary, "thrift/node-binary-values.bin"},
	} {
		t.Run(string(c.protocol), func(t *testing.T) {
			s := newSink()
			reg := prometheus.NewRegistry()
			logged := new(lineCounter)
			u := NewUDP(listenUDP(t), c.protocol, s, nil, reg, slog.New(slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelWarn})))
			serve(t, u)
			send := sender(t, u)
			good := read(t, c.good)
			for _, b := range [][]byte{nil, []byte("x"), good[:len(good)/2], make([]byte, 65_507), good} {
				send(b)
			}
			s.wait(t, "spans", func() bool { return s.spans > 0 && s.unread[trace.ReasonMalformed] == 4 })
			m, err := u.decode(good)
			if err != nil {
				t.Fatal(err)
			}
			s.check(t, len(m.Batch.Spans), reasons{}, reasons{trace.ReasonMalformed: 4})
			if got := s.from[trace.Origin{Protocol: "thrift-" + string(c.protocol), Transport: "udp"}]; got != s.spans {
				t.Errorf("from %v", s.from)
			}
			if got := metric(t, reg, "jaeger_agent_thrift_udp_t_processor_handler_errors_total"); got != 4 {
				t.Errorf("%v malformed", got)
			}
			if got := logged.Load(); got != 1 {
				t.Errorf("%d warnings", got)
			}
		})
	}
}

// TestUDPLosesNothingUncounted: of more than the socket has room for, each datagram
// is read or counted as dropped.
func TestUDPLosesNothingUncounted(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the kernel does not tell")
	}
	s := newSink()
	u := NewUDP(listenUDP(t), Compact, s, nil, nil, quiet)
	send := sender(t, u)
	const n = 2_000
	for range n {
		send(make([]byte, 60_000)) // before anybody reads
	}
	closeServed(t, u)
	if s.unread[trace.ReasonKernel] == 0 || s.unread[trace.ReasonKernel]+s.unread[trace.ReasonMalformed] != n {
		t.Errorf("of %d: %v", n, s.unread)
	}
}

// TestUDPClose: what has arrived when it is closed is decoded, or counted.
func TestUDPClose(t *testing.T) {
	good := read(t, "thrift/spur-compact-values.bin")
	for _, hurry := range []bool{false, true} {
		s := newSink()
		u := NewUDP(listenUDP(t), Compact, s, nil, nil, quiet)
		send := sender(t, u)
		for range 10 {
			send(good)
		}
		served := make(chan error, 1)
		go func() { served <- u.Serve() }()
		for !u.serving.Load() {
			runtime.Gosched()
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if hurry {
			cancel()
		}
		if err := u.Close(ctx); hurry != errors.Is(err, context.Canceled) {
			t.Errorf("Close: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if got := len(s.taken) + s.unread[trace.ReasonShutdown]; got != 10 || !hurry && len(s.taken) != 10 {
			t.Errorf("%d taken, %v", len(s.taken), s.unread)
		}
	}
}

// TestUDPHostile: each datagram is decoded or counted, whatever is in it.
func TestUDPHostile(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for protocol, file := range map[Protocol]string{Compact: "thrift/jaegergo-compact-values.bin", Binary: "thrift/spur-binary-values.bin"} {
		s := newSink()
		reg := prometheus.NewRegistry()
		u := NewUDP(listenUDP(t), protocol, s, nil, reg, quiet)
		send := sender(t, u)
		good := read(t, file)
		const n = 100 // the socket's buffer has room for them
		for range n {
			b := bytes.Clone(good)
			if random.IntN(2) == 0 {
				b = b[:1+random.IntN(len(b))]
			}
			for range random.IntN(8) {
				b[random.IntN(len(b))] = byte(random.Uint32())
			}
			send(b)
		}
		closeServed(t, u)
		decoded := int(metric(t, reg, "jaeger_agent_thrift_udp_server_packets_processed_total"))
		if decoded == 0 || decoded+s.unread[trace.ReasonMalformed]+s.unread[trace.ReasonKernel] != n {
			t.Errorf("%s: of %d decoded %d, %v", protocol, n, decoded, s.unread)
		}
	}
}

// closeServed reads what has arrived.
func closeServed(t *testing.T, u *UDP) {
	t.Helper()
	served := make(chan error, 1)
	go func() { served <- u.Serve() }()
	for !u.serving.Load() {
		runtime.Gosched()
	}
	if err := errors.Join(u.Close(t.Context()), <-served); err != nil {
		t.Error(err)
	}
}
