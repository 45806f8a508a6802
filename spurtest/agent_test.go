// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// binaryDestination sends to the agent in the binary protocol.
func binaryDestination(t *testing.T, a *Agent) spur.Option {
	t.Helper()
	udp, err := transport.NewUDP(a.Addr(), transport.UDPOptions{Format: transport.JaegerBinary})
	if err != nil {
		t.Fatal(err)
	}
	r, err := reporter.NewBatching(udp, reporter.BatchingOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return spur.WithReporter(r)
}

func patience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// TestAgentReceives sends by real tracers over real sockets and compares what
// arrives with what was recorded.
func TestAgentReceives(t *testing.T) {
	CheckLeaks(t)
	for _, tc := range []struct {
		format      transport.Format
		destination func(*testing.T, *Agent) spur.Option
	}{
		{transport.JaegerCompact, func(_ *testing.T, a *Agent) spur.Option { return a.Option() }},
		{transport.JaegerBinary, binaryDestination},
	} {
		t.Run(tc.format.String(), func(t *testing.T) {
			agent := NewAgent(t)
			tracer, spans := New(t, tc.destination(t, agent))
			ctx, root := tracer.Start(context.Background(), "root", opentracing.Tag{Key: "a", Value: "x"})
			root.SetInt("n", -1)
			_, child := tracer.Start(ctx, "child")
			child.LogKV("event", "e", "f", 1.5, "b", true)
			child.Finish()
			_, late := tracer.Start(ctx, "late", opentracing.FollowsFrom(child.Context()))
			late.Finish()
			root.Finish()
			if err := tracer.Flush(patience(t)); err != nil {
				t.Fatal(err)
			}
			if err := agent.Wait(patience(t), 3); err != nil {
				t.Fatal(err)
			}
			if got, want := agent.Tree(WithIDs()), spans.Tree(WithIDs()); got != want || want == "" {
				t.Errorf("arrived\n%s\nrecorded\n%s", got, want)
			}
			batches := agent.Batches()
			if len(batches) != 1 {
				t.Fatalf("%d batches, want 1", len(batches))
			}
			b := batches[0]
			if b.Format != tc.format || !b.HasSeqNo || b.SeqNo != 1 || b.Stats == nil || *b.Stats != (wire.ClientStats{}) ||
				b.Process.Service != "test" || b.Size < 100 || b.Size > 1000 {
				t.Errorf("got %+v", b)
			}
			if agent.Undecodable() != 0 || agent.Discarded() != 0 || agent.Received() != 3 {
				t.Errorf("undecodable %d, discarded %d, received %d", agent.Undecodable(), agent.Discarded(), agent.Received())
			}
		})
	}
}

func TestAgentAddress(t *testing.T) {
	agent := NewAgent(t)
	if agent.Host() != "127.0.0.1" || agent.Port() == 0 || agent.Addr() != fmt.Sprintf("127.0.0.1:%d", agent.Port()) {
		t.Errorf("host %q, port %d, address %q", agent.Host(), agent.Port(), agent.Addr())
	}
}

// send sends datagrams as they are.
func send(t *testing.T, a *Agent, datagrams ...[]byte) {
	t.Helper()
	conn, err := net.Dial("udp", a.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, d := range datagrams {
		if _, err := conn.Write(d); err != nil {
			t.Fatal(err)
		}
	}
}

// message is a compact message of n spans.
func message(n int) []byte {
	p := &model.Process{Service: "s"}
	b := wire.AppendCompactMessageHead(nil, 1, wire.AppendCompactProcess(nil, p), n)
	for i := range n {
		b = wire.AppendCompactSpan(b, &model.Span{
			Context:   model.Context{TraceID: model.TraceID{Low: 1}, SpanID: model.SpanID(i + 1)},
			Operation: "op", Duration: time.Millisecond,
			Tags: []model.Tag{{Key: "k", Value: model.Int64(1)}},
		})
	}
	return wire.AppendCompactMessageTail(b, 1, nil)
}

func TestAgentUndecodable(t *testing.T) {
	agent := NewAgent(t)
	good := message(2)
	send(t, agent, nil, []byte("hello"), good[:len(good)-3], []byte{0x82, 0x21}, good)
	if err := agent.Wait(patience(t), 2); err != nil {
		t.Fatal(err)
	}
	if got := agent.Undecodable(); got != 4 {
		t.Errorf("%d undecodable datagrams, want 4", got)
	}
	if got := len(agent.Spans()); got != 2 {
		t.Errorf("%d spans, want 2", got)
	}
}

func TestAgentIsBounded(t *testing.T) {
	agent, err := StartAgent(AgentOptions{MaxSpans: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	send(t, agent, message(3), message(3), message(2))
	if err := agent.Wait(patience(t), 8); err != nil {
		t.Fatal(err)
	}
	if len(agent.Spans()) != 5 || len(agent.Batches()) != 2 || agent.Discarded() != 3 || agent.Received() != 8 {
		t.Errorf("%d spans in %d batches, %d discarded, %d received",
			len(agent.Spans()), len(agent.Batches()), agent.Discarded(), agent.Received())
	}
	agent.Reset()
	if len(agent.Spans()) != 0 || agent.Received() != 0 || agent.Discarded() != 3 {
		t.Errorf("after Reset: %d spans, %d received, %d discarded", len(agent.Spans()), agent.Received(), agent.Discarded())
	}
	send(t, agent, message(5))
	if err := agent.Wait(patience(t), 5); err != nil {
		t.Fatal(err)
	}
	if got := len(agent.Spans()); got != 5 {
		t.Errorf("%d spans after Reset, want 5", got)
	}

	agent.bytes = maxInboxBytes // as if so much had come
	agent.Reset()
	agent.bytes = maxInboxBytes - 10
	agent.receive(message(1))
	if agent.Discarded() != 4 {
		t.Errorf("%d discarded, want 4: bytes are not bounded", agent.Discarded())
	}
}

func TestAgentReturnsCopies(t *testing.T) {
	agent := NewAgent(t)
	send(t, agent, message(1))
	if err := agent.Wait(patience(t), 1); err != nil {
		t.Fatal(err)
	}
	spans := agent.Spans()
	spans[0].Operation, spans[0].Tags[0].Key = "changed", "changed"
	if got := agent.Tree(); got != "op  1ms  k=1\n" {
		t.Errorf("got %q", got)
	}
}

func TestAgentWaitEnds(t *testing.T) {
	agent := NewAgent(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := agent.Wait(ctx, 1)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "0 of 1 spans") {
		t.Errorf("got %v", err)
	}
	time.AfterFunc(10*time.Millisecond, func() { _ = agent.Close() })
	if err := agent.Wait(patience(t), 1); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
	if err := agent.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if err := agent.Wait(ctx, 0); err != nil {
		t.Errorf("waiting for nothing: %v", err)
	}
}

// TestAgentKeepsUp sends 50,000 spans as fast as a tracer can: what the tracer
// counts as sent must arrive.
func TestAgentKeepsUp(t *testing.T) {
	agent := NewAgent(t)
	tracer, _ := New(t, agent.Option())
	const n = 50_000
	for range n {
		tracer.StartSpan("busy").SetTag("k", "v").Finish()
	}
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
	sent := tracer.Stats().Destinations[1].Sent
	if sent == 0 {
		t.Fatal("nothing was sent")
	}
	if err := agent.Wait(patience(t), int(sent)); err != nil {
		t.Error(err)
	}
}

func TestAgentConcurrentSafe(t *testing.T) {
	agent := NewAgent(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 10 {
				send(t, agent, message(3))
				_ = agent.Tree()
				_, _, _ = agent.Received(), agent.Discarded(), agent.Undecodable()
			}
		}()
	}
	if err := agent.Wait(patience(t), 4*10*3); err != nil {
		t.Error(err)
	}
	wait.Wait()
	for range 2 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			_ = agent.Close()
		}()
	}
	wait.Wait()
	if got := len(agent.Spans()); got != 120 {
		t.Errorf("%d spans, want 120", got)
	}
}
