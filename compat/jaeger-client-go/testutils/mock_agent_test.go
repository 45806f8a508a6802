// SPDX-License-Identifier: Apache-2.0

package testutils_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/uber/jaeger-client-go/testutils"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
	"github.com/uber/jaeger-client-go/utils"
)

func start(t *testing.T) *testutils.MockAgent {
	t.Helper()
	a, err := testutils.StartMockAgent()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// send sends a batch until the agent has it: datagrams may get lost.
func send(t *testing.T, a *testutils.MockAgent, service string) {
	t.Helper()
	client, err := a.SpanServerClient()
	if err != nil {
		t.Fatal(err)
	}
	defer client.(io.Closer).Close()
	batch := &jaeger.Batch{Process: &jaeger.Process{ServiceName: service}, Spans: []*jaeger.Span{jaeger.NewSpan()}}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	before := len(a.GetJaegerBatches())
	for range 1000 {
		if err := client.EmitBatch(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
		<-tick.C
		if len(a.GetJaegerBatches()) > before {
			return
		}
	}
	t.Fatal("no batch arrived")
}

func TestMockAgent(t *testing.T) {
	a, other := start(t), start(t)
	conn, err := net.Dial("udp", a.SpanServerAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, garbage := range []string{"", "x", "\x82\x81\x01\x00", strings.Repeat("\x1c", 1000), "\x82\x21\x01\x09emitBatch\x1c\x29\xfc\xff\xff\xff\xff\x07"} {
		if _, err := conn.Write([]byte(garbage)); err != nil {
			t.Fatal(err)
		}
	}
	send(t, a, "svc")
	if b := a.GetJaegerBatches(); b[0].Process.ServiceName != "svc" || len(b[0].Spans) != 1 {
		t.Errorf("%v", b)
	}
	a.ResetJaegerBatches()
	if b := a.GetJaegerBatches(); b == nil || len(b) != 0 {
		t.Errorf("%v after a reset", b)
	}
	if b := other.GetJaegerBatches(); len(b) != 0 {
		t.Errorf("another agent got %v", b)
	}
	if err := a.EmitZipkinBatch(context.Background(), nil); err == nil || a.GetZipkinSpans() != nil {
		t.Errorf("Zipkin's spans: %v", err)
	}
	a.ResetZipkinSpans()

	if !a.IsServing() {
		t.Error("not serving")
	}
	a.Close()
	a.Close()
	if a.IsServing() {
		t.Error("serving after Close")
	}
}

func TestMockAgentSampling(t *testing.T) {
	a := start(t)
	url := "http://" + a.SamplingServerAddr() + "/"
	var got sampling.SamplingStrategyResponse
	if err := utils.GetJSON(url+"?service=other", &got); err != nil || got.GetProbabilisticSampling().GetSamplingRate() != 0.01 {
		t.Errorf("by default %v, %v", &got, err)
	}
	a.AddSamplingStrategy("svc", &sampling.SamplingStrategyResponse{
		StrategyType:         sampling.SamplingStrategyType_RATE_LIMITING,
		RateLimitingSampling: &sampling.RateLimitingSamplingStrategy{MaxTracesPerSecond: 5},
	})
	if err := utils.GetJSON(url+"?service=svc", &got); err != nil ||
		got.StrategyType != sampling.SamplingStrategyType_RATE_LIMITING || got.RateLimitingSampling.MaxTracesPerSecond != 5 {
		t.Errorf("%v, %v", &got, err)
	}
	a.AddSamplingStrategy("bad", func() {})
	for query, want := range map[string]string{
		"":                     "StatusCode: 400, Body: 'service' parameter is empty\n",
		"?service=a&service=b": "StatusCode: 400, Body: 'service' parameter must occur only once\n",
		"?service=bad":         "StatusCode: 500, Body: Cannot marshall Thrift to JSON\n",
	} {
		if err := utils.GetJSON(url+query, &got); err == nil || err.Error() != want {
			t.Errorf("%q: %v", query, err)
		}
	}
	resp, err := http.Get(url + "?service=svc")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if want := `{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":5}}`; string(body) != want || err != nil {
		t.Errorf("%s, %v", body, err)
	}
	if h := resp.Header.Get("Content-Type"); h != "application/json" {
		t.Error(h)
	}
}

func TestTUDPTransport(t *testing.T) {
	if _, err := testutils.NewTUDPServerTransport("nowhere"); err == nil {
		t.Error("listens to nowhere")
	}
	transport, err := testutils.NewTUDPServerTransport("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := testutils.NewTUDPServerTransport(transport.Addr().String()); err == nil {
		t.Error("two listen to one port")
	}
	if err := transport.Open(); err != nil || !transport.IsOpen() || transport.Conn() == nil || transport.RemainingBytes() != ^uint64(0) {
		t.Error("not open", err)
	}
	conn, err := net.Dial("udp", transport.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprint(conn, "datagram"); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	if n, err := transport.Read(buf); string(buf[:n]) != "datagram" || err != nil {
		t.Errorf("%q, %v", buf[:n], err)
	}
	if _, err := transport.Write(nil); err == nil || err.Error() != "Write not implemented" {
		t.Error(err)
	}
	if err := transport.Flush(); err == nil || err.Error() != "Flush not implemented" {
		t.Error(err)
	}
	waiting := make(chan error)
	go func() {
		_, err := transport.Read(buf)
		waiting <- err
	}()
	for range 2 {
		if err := transport.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := <-waiting; err == nil {
		t.Error("a Read ended without an error")
	}
	if _, err := transport.Read(buf); err == nil || err.Error() != "Connection not open" || transport.IsOpen() {
		t.Error(err)
	}
}
