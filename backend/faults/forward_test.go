// SPDX-License-Identifier: Apache-2.0

//go:build linux

package faults

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/go-spur/spur/backend/server"
)

// sent is what /metrics says of what is sent on.
type sent struct{ taken, replayed, sent, rejected, dropped, waiting int64 }

// forwarded reads it, and checks the law.
func (b *backend) forwarded() (s sent) {
	b.t.Helper()
	code, body, err := b.do("GET", b.url(server.Admin, "/metrics"), "", nil)
	if err != nil || code != 200 {
		b.t.Fatalf("metrics: %d, %v", code, err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(body)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		name, _, _ = strings.Cut(name, "{")
		n, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "spur_forward_spans_taken_total":
			s.taken = int64(n)
		case "spur_forward_spans_replayed_total":
			s.replayed = int64(n)
		case "spur_forward_spans_sent_total":
			s.sent = int64(n)
		case "spur_forward_spans_rejected_total":
			s.rejected = int64(n)
		case "spur_forward_spans_dropped_total":
			s.dropped += int64(n)
		case "spur_forward_spans_waiting":
			s.waiting = int64(n)
		}
	}
	if s.taken+s.replayed != s.sent+s.rejected+s.dropped+s.waiting {
		b.t.Errorf("what is sent on does not balance: %+v", s)
	}
	return s
}

// delivered waits until nothing waits to be sent on.
func (b *backend) delivered() (s sent) {
	b.t.Helper()
	until(b.t, "all is sent on", func() bool {
		s = b.forwarded()
		return s.waiting == 0
	})
	return s
}

// freePort is one that nobody listens at.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	return l.Addr().String()
}

// forward starts a backend that sends on to an address of OTLP over gRPC.
func forward(t *testing.T, to string, flags ...string) *backend {
	t.Helper()
	return start(t, 1<<30, append([]string{"--span-storage.type=memory,forward", "--forward.endpoint=" + to}, flags...)...)
}

// TestForwardRestart: a receiver that is not there yet, that ends in the midst of a
// flood and comes back gets everything.
func TestForwardRestart(t *testing.T) {
	to := freePort(t)
	b := forward(t, to, "--forward.spool="+t.TempDir())
	receive := func() *backend {
		return startHere(t, 1<<30, append(anyPorts(), "--span-storage.type=memory", "--max-size=1GB", "--collector.otlp.grpc.host-port="+to, "--collector.queue-size=1000000"))
	}
	var stored int64
	end := func(r *backend) {
		r.stop()
		if r.server != nil { // else it is gone, with its books
			stored += r.server.Books().Stored
		}
	}
	stop := b.flood(1)
	until(t, "spans wait", func() bool { return b.forwarded().waiting > 3_000 })
	for range size(2, 20) {
		r := receive()
		before := b.forwarded().sent
		until(t, "spans are sent", func() bool { return b.forwarded().sent > before+3_000 })
		end(r)
	}
	stop()
	b.settled()
	r := receive()
	s := b.delivered()
	last := r.settled().Books.Stored
	// What was not answered before a receiver ended is sent again.
	if s.dropped != 0 || s.rejected != 0 || s.sent != s.taken || r.server != nil && stored+last < s.sent || last == 0 || s.taken != b.status().Books.Stored {
		t.Errorf("%+v, and %d were stored", s, stored)
	}
}

// TestForwardBusy: a receiver that says 429 and when to come back is not lost a span.
func TestForwardBusy(t *testing.T) {
	r := start(t, 1<<30, "--span-storage.type=sqlite", "--data="+t.TempDir(), "--collector.queue-size=500")
	b := start(t, 1<<30, "--span-storage.type=memory,forward", "--forward.endpoint="+r.addrs[server.OTLPHTTP], "--forward.protocol=otlp-http")
	stop := b.flood(1)
	until(t, "the receiver is busy", func() bool { return r.status().Books.Refused["queue_full"] > 0 })
	stop()
	b.settled()
	s := b.delivered()
	if got := r.settled(); s.dropped != 0 || s.sent != s.taken || got.Books.Stored != s.sent {
		t.Errorf("%+v; %+v", s, got.Books)
	}
}

// TestForwardFullDisk: when the disk of the spool is full, the oldest spans are
// dropped and counted, and all others arrive.
func TestForwardFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small disk needs root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	to := freePort(t)
	b := forward(t, to, "--forward.spool="+filepath.Join(dir, "spool"), "--max-size=64MiB")
	for i := 0; b.forwarded().dropped == 0; i++ {
		b.deliver(spans{trace: uint64(i + 1), count: 50, noise: 10_000}.otlp())
		if i > 1000 {
			t.Fatal("the disk does not fill")
		}
	}
	b.settled()
	r := start(t, 1<<30, "--span-storage.type=memory", "--max-size=1GB", "--collector.otlp.grpc.host-port="+to)
	s := b.delivered()
	if got := r.settled(); s.rejected != 0 || s.sent == 0 || got.Books.Stored < s.sent || s.dropped+s.sent != s.taken {
		t.Errorf("%+v; %+v", s, got.Books)
	}
	r.get(fmt.Sprintf("/api/traces/%016x", b.status().Books.Stored/50)) // the last
	b.check()
}
