// SPDX-License-Identifier: Apache-2.0

package utils_test

import (
	"bytes"
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uber/jaeger-client-go/log"
	"github.com/uber/jaeger-client-go/testutils"
	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/agent"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
	"github.com/uber/jaeger-client-go/utils"
)

var background = context.Background()

func batch(service string, spans int) *jaeger.Batch {
	b := &jaeger.Batch{Process: &jaeger.Process{ServiceName: service}, Spans: []*jaeger.Span{}}
	for range spans {
		b.Spans = append(b.Spans, &jaeger.Span{OperationName: "operation"})
	}
	return b
}

// receiver is a socket that a client sends to.
type receiver struct {
	t    *testing.T
	conn net.PacketConn
}

func newReceiver(t *testing.T) receiver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return receiver{t, conn}
}

func (r receiver) addr() string { return r.conn.LocalAddr().String() }

// next returns the next batch and its message's sequence id.
func (r receiver) next() (*jaeger.Batch, int32) {
	r.t.Helper()
	buf := make([]byte, 1<<16)
	_ = r.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, _, err := r.conn.ReadFrom(buf)
	if err != nil {
		r.t.Fatal(err)
	}
	p := thrift.NewTCompactProtocol(&thrift.TMemoryBuffer{Buffer: bytes.NewBuffer(buf[:n])})
	name, kind, sequence, err := p.ReadMessageBegin(background)
	if name != "emitBatch" || kind != thrift.ONEWAY && kind != thrift.CALL || err != nil {
		r.t.Fatal(name, kind, err)
	}
	args := agent.NewAgentEmitBatchArgs()
	if err := args.Read(background, p); err != nil {
		r.t.Fatal(err)
	}
	return args.Batch, sequence
}

func newClient(t *testing.T, params utils.AgentClientUDPParams) *utils.AgentClientUDP {
	t.Helper()
	client, err := utils.NewAgentClientUDPWithParams(params)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestAgentClientUDP(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		r := newReceiver(t)
		client := newClient(t, utils.AgentClientUDPParams{HostPort: r.addr(), DisableAttemptReconnecting: fixed})
		for i := range int32(3) {
			//nolint:staticcheck // jaeger-client-go takes a nil context
			if err := client.EmitBatch(nil, batch("svc", int(i))); err != nil {
				t.Fatal(err)
			}
			got, sequence := r.next()
			if got.Process.ServiceName != "svc" || len(got.Spans) != int(i) || sequence != i+1 {
				t.Errorf("batch %d: %v, sequence id %d", i, got, sequence)
			}
		}
	}
}

func TestAgentClientUDPSize(t *testing.T) {
	r := newReceiver(t)
	client := newClient(t, utils.AgentClientUDPParams{HostPort: r.addr(), MaxPacketSize: 100})
	err := client.EmitBatch(background, batch("svc", 10))
	if want := "data does not fit within one UDP packet; size 285, max 100, spans 10"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := client.EmitBatch(background, batch("after", 1)); err != nil {
		t.Fatal(err)
	}
	if got, _ := r.next(); got.Process.ServiceName != "after" {
		t.Errorf("%v", got)
	}
	huge := newClient(t, utils.AgentClientUDPParams{HostPort: r.addr(), MaxPacketSize: 1 << 20})
	if err := huge.EmitBatch(background, batch(strings.Repeat("x", 1<<16), 1)); err == nil {
		t.Error("more than UDP can carry was sent")
	}
}

func TestAgentClientUDPAddress(t *testing.T) {
	for addr, want := range map[string]string{
		"blahblah":     "address blahblah: missing port in address",
		"":             "missing port in address",
		"host:port":    "port",
		"127.0.0.1:-1": "-1",
	} {
		if client, err := utils.NewAgentClientUDP(addr, 0); client != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", addr, err)
		}
	}
	if _, err := utils.NewAgentClientUDPWithParams(utils.AgentClientUDPParams{HostPort: "127.0.0.1:1", MaxPacketSize: -1}); err == nil {
		t.Error("datagrams of -1 bytes")
	}
}

// A host without an address is an error for good, or logged and tried again.
func TestAgentClientUDPLookup(t *testing.T) {
	var logged log.BytesBufferLogger
	params := utils.AgentClientUDPParams{HostPort: "no-such-host.invalid:6831", Logger: &logged, DisableAttemptReconnecting: true}
	if _, err := utils.NewAgentClientUDPWithParams(params); err == nil || logged.String() != "" {
		t.Errorf("%v, and logged %q", err, logged.String())
	}
	params.DisableAttemptReconnecting = false
	client := newClient(t, params)
	for _, part := range []string{
		`ERROR: failed resolving destination address on connection startup, with err: "failed to resolve new addr for host \"no-such-host.invalid:6831\", with err: lookup no-such-host.invalid`,
		"retrying in 30s",
	} {
		if !strings.Contains(logged.String(), part) {
			t.Errorf("logged %q, not %q", logged.String(), part)
		}
	}
	if err := client.EmitBatch(background, batch("svc", 1)); err == nil {
		t.Error("sent to nobody")
	}
}

func TestAgentClientUDPZipkin(t *testing.T) {
	var client utils.AgentClientUDP
	if err := client.EmitZipkinBatch(background, nil); err == nil || err.Error() != "Not implemented" {
		t.Error(err)
	}
	if err := client.EmitBatch(background, batch("svc", 1)); err == nil {
		t.Error("a client that was not made sends")
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}

func TestAgentClientUDPConcurrentSafe(t *testing.T) {
	a, err := testutils.StartMockAgent()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	client := newClient(t, utils.AgentClientUDPParams{HostPort: a.SpanServerAddr()})
	var done sync.WaitGroup
	for range 8 {
		done.Add(1)
		go func() {
			defer done.Done()
			for range 50 {
				_ = client.EmitBatch(background, batch("svc", 1)) // fails after Close
			}
			_ = client.Close()
		}()
	}
	done.Wait()
	if err := client.EmitBatch(background, batch("svc", 1)); err == nil {
		t.Error("sent after Close")
	}
}
