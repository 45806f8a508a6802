// SPDX-License-Identifier: Apache-2.0

package reporter_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// finished stands for a span that the tracer hands over at Finish.
func finished(operation string) *model.Span {
	return &model.Span{
		Context:   model.Context{TraceID: model.TraceID{Low: 0xabc}, SpanID: 0x1f, Flags: model.FlagSampled},
		Operation: operation,
		Start:     time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano(),
		Duration:  12 * time.Millisecond,
		Process:   &model.Process{Service: "orders"},
	}
}

func ExampleNewBatching() {
	agent, err := net.ListenPacket("udp", "127.0.0.1:0") // stands for jaeger-agent
	if err != nil {
		fmt.Println(err)
		return
	}
	defer agent.Close()

	udp, err := transport.NewUDP(agent.LocalAddr().String(), transport.UDPOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := reporter.NewBatching(udp, reporter.BatchingOptions{FlushInterval: 5 * time.Second})
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Report(finished("checkout"))
	if err := r.Close(context.Background()); err != nil {
		fmt.Println(err)
	}
	d := r.Stats()[0]
	fmt.Printf("%s %s: sent %d, dropped %d\n", d.Name, d.Format, d.Sent, d.DroppedTotal())

	datagram := make([]byte, 65535)
	n, _, _ := agent.ReadFrom(datagram)
	m, err := wire.DecodeCompactMessage(datagram[:n])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("received", m.Batch.Process.Service, m.Batch.Spans[0].Operation)
	// Output:
	// agent jaeger-compact: sent 1, dropped 0
	// received orders checkout
}

func ExampleMemory() {
	var m reporter.Memory
	m.Report(finished("checkout"))
	for _, s := range m.Spans() {
		fmt.Println(s.TraceID, s.Operation, s.Duration)
	}
	// Output: 0000000000000abc checkout 12ms
}

func ExampleNewLogging() {
	handler := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // for an example that prints the same each time
		}
		return a
	}})
	r := reporter.NewLogging(slog.New(handler))
	r.Report(finished("checkout"))
	// Output: level=INFO msg=span trace_id=0000000000000abc span_id=000000000000001f parent_id=0000000000000000 operation=checkout duration=12ms
}

// slowOnly is a Reporter of one's own: it prints the spans that took long.
type slowOnly struct{ limit time.Duration }

func (r slowOnly) Report(s *model.Span) {
	if s.Duration > r.limit {
		fmt.Println("slow:", s.Operation, s.Duration)
	}
}

func (slowOnly) Flush(context.Context) error { return nil }
func (slowOnly) Close(context.Context) error { return nil }

// A reporter of one's own needs three methods. Beside others, or alone, it is
// made to count by NewMulti.
func Example_custom() {
	var kept reporter.Memory
	r := reporter.NewMulti(&kept, slowOnly{10 * time.Millisecond})
	r.Report(finished("checkout"))
	for _, d := range r.Stats() {
		fmt.Println(d.Name, d.Sent)
	}
	// Output:
	// slow: checkout 12ms
	// memory 1
	// reporter_test.slowOnly 1
}

func ExampleCounted() {
	r := reporter.Counted(slowOnly{time.Second})
	r.Report(finished("checkout"))
	fmt.Println(r.(reporter.Statser).Stats()[0].Sent)
	// Output: 1
}

func ExampleNull() {
	var r reporter.Reporter = reporter.Null{}
	r.Report(finished("checkout"))
	fmt.Println(r.Flush(context.Background()))
	// Output: <nil>
}
