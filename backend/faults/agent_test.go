// SPDX-License-Identifier: Apache-2.0

//go:build linux

package faults

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// startAgent starts an agent in this process whose collectors are at these
// addresses.
func startAgent(t *testing.T, to []string, flags ...string) *backend {
	t.Helper()
	c, _, err := config.Parse(config.Agent, append([]string{
		"--reporter.grpc.host-port=" + strings.Join(to, ","), "--admin.http.host-port=0", "--http-server.host-port=0",
		"--processor.jaeger-compact.server-host-port=0", "--processor.jaeger-binary.server-host-port=0",
	}, flags...), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Start(t.Context(), c, server.Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), hang)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return &backend{t: t, server: s, addrs: map[string]string{
		server.Admin: s.Addr(server.Admin), server.ThriftCompact: s.Addr(server.ThriftCompact), server.Sampling: s.Addr(server.Sampling),
	}}
}

// central starts what an agent sends to, in this process, too, so that its books can
// be read when it has ended.
func central(t *testing.T, address string) *backend {
	t.Helper()
	return startHere(t, 1<<30, append(anyPorts(), "--span-storage.type=memory", "--max-size=1GB", "--collector.grpc-server.host-port="+address))
}

// law checks both books of an agent, which must have had so many datagrams of so many
// spans, when nothing waits in the first.
func (b *backend) law(datagrams, each int) (trace.Books, sent) {
	b.t.Helper()
	var books trace.Books
	until(b.t, "all datagrams are in the books", func() bool {
		books = b.server.Books()
		return books.Waiting == 0 && books.Received/int64(each)+books.Unread[trace.ReasonKernel] >= int64(datagrams)
	})
	s := b.forwarded()
	if books.Balance() != 0 || books.Received/int64(each)+books.Unread[trace.ReasonKernel] != int64(datagrams) || s.taken != books.Stored {
		b.t.Errorf("%d datagrams were sent: %+v, %+v", datagrams, books, s)
	}
	return books, s
}

// paced sends datagrams of ten spans until stop, which returns how many.
func (b *backend) paced(every time.Duration) (stop func() int) {
	send := b.datagrams(server.ThriftCompact)
	end, done := make(chan struct{}), make(chan int)
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-tick.C:
				send(spans{trace: uint64(n) + 1, count: 10}.compact())
			case <-end:
				done <- n
				return
			}
		}
	}()
	return func() int { close(end); return <-done }
}

// TestAgentAway: while no collector is there, spans wait, in memory or in the spool;
// when one is, it gets all of them. Who asks how to sample is told what is known.
func TestAgentAway(t *testing.T) {
	for name, flags := range map[string][]string{"memory": nil, "spool": {"--forward.spool=" + t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			to := freePort(t)
			first := central(t, to)
			b := startAgent(t, []string{to}, flags...)
			const question = "/sampling?service=x"
			code, answer, err := b.do("GET", b.url(server.Sampling, question), "", nil)
			if code != 200 || err != nil {
				t.Fatalf("%d %s %v", code, answer, err)
			}
			stop := b.paced(2 * time.Millisecond)
			until(t, "spans are sent", func() bool { return b.forwarded().sent > 0 })
			first.settled()
			first.stop()
			before := first.server.Books().Stored
			<-time.After(time.Duration(size(2, 30)) * time.Second) // it is away
			if s := b.forwarded(); s.waiting == 0 || s.dropped != 0 {
				t.Errorf("nobody is there: %+v", s)
			}
			if code, again, err := b.do("GET", b.url(server.Sampling, question), "", nil); code != 200 || string(again) != string(answer) || err != nil {
				t.Errorf("nobody is there: %d %s %v", code, again, err)
			}
			second := central(t, to)
			until(t, "spans are sent again", func() bool { return second.server.Books().Stored > 0 })
			n := stop()
			books, _ := b.law(n, 10)
			s := b.delivered()
			second.settled()
			// What was not answered before the first ended is sent again.
			if got := before + second.server.Books().Stored; s.dropped != 0 || s.rejected != 0 || s.sent != books.Stored || got < s.sent || books.Stored != int64(n)*10 {
				t.Errorf("%+v; %+v; %d came", books, s, got)
			}
		})
	}
}

// TestAgentBurst: spans faster than anybody can take them, into an agent whose
// collector is away: each is in the books.
func TestAgentBurst(t *testing.T) {
	const each = 30
	n := size(10_000, 100_000) // of 300,000 spans
	b := startAgent(t, []string{freePort(t)}, "--forward.queue-size=4MB")
	var senders sync.WaitGroup
	for sender := range 4 {
		send := b.datagrams(server.ThriftCompact)
		senders.Go(func() {
			for i := sender; i < n; i += 4 {
				send(spans{trace: uint64(i) + 1, count: each}.compact())
			}
		})
	}
	senders.Wait()
	var books trace.Books
	until(t, "all datagrams are in the books", func() bool {
		books = b.server.Books()
		return books.Received/each+books.Unread[trace.ReasonKernel] >= int64(n)
	})
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	err := b.server.Close(ctx)
	books = b.server.Books()
	if err == nil || !strings.Contains(err.Error(), "spans were not") || books.Balance() != 0 || books.Waiting != 0 || books.Refused[trace.ReasonQueueFull] == 0 ||
		books.Received/each+books.Unread[trace.ReasonKernel] != int64(n) {
		t.Errorf("%d datagrams: %+v, %v", n, books, err)
	}
}

// slow is a sink that takes its time.
type slow struct {
	receive.Sink
	delay time.Duration
}

func (s slow) Take(ctx context.Context, td ptrace.Traces, from trace.Origin) ([]trace.Refused, error) {
	<-time.After(s.delay)
	return s.Sink.Take(ctx, td, from)
}

// TestAgentSlow: of two collectors one takes seconds for a request. The other one
// gets what that cannot take in time, and nothing is lost.
func TestAgentSlow(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	var to []string
	var collectors []*collect.Collector
	for _, delay := range []time.Duration{0, 2 * time.Second} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c := collect.New(collect.Config{}, memory.Open(memory.Config{MaxBytes: 1 << 30}), nil, log)
		r := receive.NewJaegerGRPC(l, sampling.SampleAll(), slow{c, delay}, log)
		go func() { _ = r.Serve() }()
		t.Cleanup(func() { _ = r.Close(context.Background()) })
		to, collectors = append(to, l.Addr().String()), append(collectors, c)
	}
	b := startAgent(t, to)
	stop := b.paced(time.Millisecond)
	<-time.After(time.Duration(size(3, 30)) * time.Second) // of load
	n := stop()
	books, _ := b.law(n, 10)
	s := b.delivered()
	fast, late := collectors[0].Books().Received, collectors[1].Books().Received
	if s.sent != books.Stored || s.dropped != 0 || fast+late != s.sent || late == 0 || fast < 2*late || books.Stored != int64(n)*10 {
		t.Errorf("%+v; %+v; the fast one has %d, the slow one %d", books, s, fast, late)
	}
}

// TestAgentFullDisk: when the disk of an agent's spool is full, the oldest spans are
// dropped and counted, and all others arrive.
func TestAgentFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small disk needs root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	to := freePort(t)
	b := startAgent(t, []string{to}, "--forward.spool="+filepath.Join(dir, "spool"))
	send := b.datagrams(server.ThriftCompact)
	n := 0
	for ; b.forwarded().dropped == 0; n++ {
		send(spans{trace: uint64(n + 1), count: 5, noise: 10_000}.compact())
		if n > 10_000 {
			t.Fatal("the disk does not fill")
		}
	}
	books, _ := b.law(n, 5)
	r := central(t, to)
	s := b.delivered()
	r.settled()
	if got := r.server.Books().Stored; s.sent == 0 || s.dropped == 0 || s.sent+s.dropped != books.Stored || got != s.sent {
		t.Errorf("%+v; %+v; %d came", books, s, got)
	}
	if books.Received == int64(n)*5 {
		r.get(fmt.Sprintf("/api/traces/%016x", n)) // the last
	}
}
