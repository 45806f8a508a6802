// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/trace"
)

// agent is one that can be measured: it takes datagrams, and sends spans to a
// collector over gRPC.
type agent struct {
	name   string
	binary string
	cpu    map[int]latencies // of each round, a span, by how many spans a datagram has
	rss    int64
	lost   int // spans, of sent
	sent   int
}

// rounds is how often each agent is measured, by turns.
const rounds = 3

// perDatagram are the spans that datagrams have: of a service that is hardly busy, of
// one that is, and as many as there is room for.
var perDatagram = []int{10, datagramSpans, 100}

// agents measures the CPU that agents need for a span in front of the same
// collector, which only counts, and writes a table.
func agents(ctx context.Context, out io.Writer, all []*agent, p ports, dir string, l *load, traces, rate int, say func(string, ...any)) error {
	lis, err := new(net.ListenConfig).Listen(ctx, "tcp", p.at(14250))
	if err != nil {
		return err
	}
	c := &counting{}
	collector := receive.NewJaegerGRPC(lis, sampling.SampleAll(), c, slog.New(slog.DiscardHandler))
	go func() { _ = collector.Serve() }() // it ends with Close
	defer func() { _ = collector.Close(context.WithoutCancel(ctx)) }()
	for round := range rounds {
		for _, size := range perDatagram {
			for _, a := range all {
				if err := a.measure(ctx, c, p, dir, l, traces, rate, size); err != nil {
					return fmt.Errorf("%s: %w", a.name, err)
				}
				say("round %d, %d spans a datagram, %s: %v of CPU a span, %d MB", round+1, size, a.name, a.cpu[size][round], a.rss>>20)
			}
		}
	}
	return table(out, all)
}

// table writes what was measured. The first agent is compared with the others.
func table(out io.Writer, all []*agent) error {
	line := func(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
	head, rule := []string{""}, []string{"---"}
	for _, size := range perDatagram {
		head, rule = append(head, fmt.Sprintf("CPU a span, %d in a datagram", size)), append(rule, "---:")
	}
	text := line(append(head, "RSS then", "lost")) + line(append(rule, "---:", "---:"))
	for _, a := range all {
		cells := []string{a.name}
		for _, size := range perDatagram {
			cell := fmt.Sprintf("%.1f µs", float64(a.cpu[size].quantile(0.5))/1e3)
			if a != all[0] {
				cell += fmt.Sprintf(", %s has %.2f of it", all[0].name, float64(all[0].cpu[size].quantile(0.5))/float64(a.cpu[size].quantile(0.5)))
			}
			cells = append(cells, cell)
		}
		text += line(append(cells, fmt.Sprintf("%d MB", a.rss>>20), fmt.Sprintf("%d of %d", a.lost, a.sent)))
	}
	_, err := io.WriteString(out, text)
	return err
}

// measure runs the agent, sends it datagrams and waits until all spans have come.
func (a *agent) measure(ctx context.Context, c *counting, p ports, dir string, l *load, traces, rate, size int) (err error) {
	log, err := os.Create(filepath.Join(dir, "agent.log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(a.binary, "--reporter.grpc.host-port="+p.at(14250), "--http-server.host-port="+p.at(5778), "--admin.http.host-port="+p.at(14271),
		"--processor.jaeger-compact.server-host-port="+p.at(6831), "--processor.jaeger-binary.server-host-port="+p.at(6832))
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	run := &process{cmd: cmd, done: make(chan struct{}), log: log.Name()}
	go func() {
		run.err = cmd.Wait()
		close(run.done)
	}()
	defer func() { err = errors.Join(err, run.stop()) }()
	if err := ready(ctx, p.at(14271)); err != nil {
		return err
	}
	send, stop, err := toUDP(ctx, p.udp())
	if err != nil {
		return err
	}
	defer stop()

	c.spans.Store(0)
	begin, err := run.cpu()
	if err != nil {
		return err
	}
	sent, err := l.pace(ctx, 0, traces, rate, size, time.Hour, compact, 1, send)
	if err != nil {
		return err
	}
	end, err := run.settle(ctx)
	if err != nil {
		return err
	}
	got := int(c.spans.Load())
	if got < sent.spans/2 {
		return fmt.Errorf("%d of %d spans came", got, sent.spans)
	}
	a.sent += sent.spans
	a.lost += sent.spans - got
	a.cpu[size] = append(a.cpu[size], (end-begin)/time.Duration(got))
	a.rss, err = run.rss()
	return err
}

// ready waits until something listens at addr.
func ready(ctx context.Context, addr string) error {
	for range 500 {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		wait(ctx, 20*time.Millisecond)
	}
	return fmt.Errorf("nothing listens at %s", addr)
}

// counting is a receive.Sink that keeps nothing.
type counting struct{ spans atomic.Int64 }

func (c *counting) Take(_ context.Context, td ptrace.Traces, _ trace.Origin) ([]trace.Refused, error) {
	c.spans.Add(int64(td.SpanCount()))
	return nil, nil
}

func (c *counting) TakeEncoded(context.Context, []trace.Encoded, trace.Origin) (bool, error) {
	return false, nil
}
func (c *counting) Refuse(trace.Origin, trace.Reason, int)  {}
func (c *counting) Unread(trace.Origin, trace.Reason, int)  {}
func (c *counting) Reserve(int64) (release func(), ok bool) { return func() {}, true }
