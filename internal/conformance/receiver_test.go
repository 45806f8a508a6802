// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/jaegertracing/jaeger-idl/thrift-gen/agent"
	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"
	"github.com/jaegertracing/jaeger-idl/thrift-gen/zipkincore"
)

// receiver is a UDP socket on 127.0.0.1 that keeps every datagram as it came.
type receiver struct {
	conn      *net.UDPConn
	datagrams chan []byte
}

const lastDatagram = "that was all"

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadBuffer(4 << 20)
	r := &receiver{conn: conn, datagrams: make(chan []byte, 4096)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(r.datagrams)
		buf := make([]byte, 1<<16)
		for {
			n, _, err := conn.ReadFromUDP(buf)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				r.datagrams <- bytes.Clone(buf[:n])
			}
		}
	}()
	t.Cleanup(func() {
		conn.Close()
		<-done
	})
	return r
}

func (r *receiver) addr() string { return r.conn.LocalAddr().String() }

// all returns the datagrams that were sent before the call. Loopback keeps their
// order, so that one of our own marks the end.
func (r *receiver) all(t testing.TB) [][]byte {
	t.Helper()
	conn, err := net.DialUDP("udp4", nil, r.conn.LocalAddr().(*net.UDPAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(lastDatagram)); err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	timeout := time.After(10 * time.Second)
	for {
		select {
		case d := <-r.datagrams:
			if string(d) == lastDatagram {
				return all
			}
			all = append(all, d)
		case <-timeout:
			t.Fatalf("%d datagrams, and then not the one that ends them", len(all))
		}
	}
}

// generatedAgent is the handler behind the generated AgentProcessor.
type generatedAgent struct{ batches []*idl.Batch }

func (a *generatedAgent) EmitBatch(_ context.Context, b *idl.Batch) error {
	a.batches = append(a.batches, b)
	return nil
}

func (a *generatedAgent) EmitZipkinBatch(context.Context, []*zipkincore.Span) error {
	return errors.New("nobody sends Zipkin spans here")
}

// process runs datagrams through the processor that the IDL generates for
// Jaeger's agents: what it makes of them is what they mean. Bytes left over are
// an error.
func process(t testing.TB, compact bool, datagrams ...[]byte) []*idl.Batch {
	t.Helper()
	a := &generatedAgent{}
	p := agent.NewAgentProcessor(a)
	for i, d := range datagrams {
		buf, proto := protocol(compact)
		buf.Write(d)
		if ok, err := p.Process(context.Background(), proto, proto); !ok || err != nil {
			t.Fatalf("datagram %d: the generated processor says %v, %v: %x", i, ok, err, d)
		}
		if left := buf.Len(); left > 0 {
			t.Fatalf("datagram %d: the generated processor left %d of %d bytes", i, left, len(d))
		}
		if len(a.batches) != i+1 {
			t.Fatalf("datagram %d was no emitBatch", i)
		}
	}
	return a.batches
}

// protocol is one of thrift's protocols on a buffer. The configuration is the one
// Jaeger's agents use: strict writing, reading of either header.
func protocol(compact bool) (*thrift.TMemoryBuffer, thrift.TProtocol) {
	buf := thrift.NewTMemoryBuffer()
	cfg := &thrift.TConfiguration{MaxMessageSize: 1 << 20}
	cfg.TBinaryStrictWrite = thrift.BoolPtr(true)
	cfg.TBinaryStrictRead = thrift.BoolPtr(false)
	if compact {
		return buf, thrift.NewTCompactProtocolConf(buf, cfg)
	}
	return buf, thrift.NewTBinaryProtocolConf(buf, cfg)
}

// spansOf are the spans of all batches, in order.
func spansOf(batches []*idl.Batch) []*idl.Span {
	var spans []*idl.Span
	for _, b := range batches {
		spans = append(spans, b.Spans...)
	}
	return spans
}
