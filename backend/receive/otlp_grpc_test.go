// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/backend/trace"
)

func dialGRPC(t *testing.T, s interface{ Addr() net.Addr }, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(s.Addr().String(), append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestOTLPGRPC(t *testing.T) {
	s := newSink()
	g := NewOTLPGRPC(listen(t), s, quiet)
	serve(t, g)
	client := ptraceotlp.NewGRPCClient(dialGRPC(t, g))
	td := someTraces(1000)
	for _, options := range [][]grpc.CallOption{nil, {grpc.UseCompressor("gzip")}} {
		answer, err := client.Export(t.Context(), ptraceotlp.NewExportRequestFromTraces(td), options...)
		if err != nil || answer.PartialSuccess().RejectedSpans() != 0 || answer.PartialSuccess().ErrorMessage() != "" {
			t.Error(answer, err)
		}
	}
	s.check(t, 2000, reasons{}, reasons{})
	if got := s.from[trace.Origin{Protocol: "otlp", Transport: "grpc"}]; got != 2000 {
		t.Errorf("%d spans by their origin: %v", got, s.from)
	}
	for _, got := range s.taken {
		if !bytes.Equal(protoOf(t, got), protoOf(t, td)) {
			t.Error("the spans are changed")
		}
	}

	for span := range trace.Spans(td) {
		span.SetTraceID(pcommon.TraceID{})
		break
	}
	answer, err := client.Export(t.Context(), ptraceotlp.NewExportRequestFromTraces(td))
	if err != nil || answer.PartialSuccess().RejectedSpans() != 1 || !strings.Contains(answer.PartialSuccess().ErrorMessage(), "1 invalid_trace_id") {
		t.Error(answer, err)
	}
	s.check(t, 2999, reasons{trace.ReasonTraceID: 1}, reasons{})
}

func TestOTLPGRPCFails(t *testing.T) {
	s := newSink()
	g := NewOTLPGRPC(listen(t), s, quiet)
	serve(t, g)
	conn := dialGRPC(t, g, grpc.WithDefaultCallOptions(grpc.ForceCodecV2(frameCodec{}), grpc.MaxCallSendMsgSize(2*MaxBody)))
	good := protoOf(t, someTraces(1))
	unread := reasons{}
	for _, c := range []struct {
		name   string
		body   []byte
		set    func()
		code   codes.Code
		unread trace.Reason
		retry  bool
	}{
		{name: "malformed", body: []byte("x"), code: codes.InvalidArgument, unread: trace.ReasonMalformed},
		{name: "long", body: make([]byte, MaxBody+1), code: codes.ResourceExhausted, unread: trace.ReasonTooLarge},
		{name: "no room", body: good, set: func() { s.budget = 10 }, code: codes.ResourceExhausted, unread: trace.ReasonMemory, retry: true},
		{name: "busy", body: good, set: func() { s.budget, s.busy = 0, true }, code: codes.ResourceExhausted, retry: true},
		{name: "good", body: good, set: func() { s.busy = false }},
	} {
		if c.set != nil {
			c.set()
		}
		var answer frame
		err := conn.Invoke(t.Context(), "/opentelemetry.proto.collector.trace.v1.TraceService/Export", &frame{mem.SliceBuffer(c.body)}, &answer)
		said := status.Convert(err)
		retry := false
		for _, d := range said.Details() {
			info, ok := d.(*errdetails.RetryInfo)
			retry = retry || ok && info.RetryDelay.AsDuration() == time.Second
		}
		if said.Code() != c.code || retry != c.retry {
			t.Errorf("%s: %v, retry %v", c.name, err, retry)
		}
		if c.unread != "" {
			unread[c.unread]++
		}
	}
	// The client of a request that is too long may know before the server's method.
	s.wait(t, "count of all", func() bool { return maps.Equal(s.unread, unread) })
	s.check(t, 1, reasons{}, unread)

	if err := conn.Invoke(t.Context(), "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", &frame{mem.SliceBuffer(nil)}, &frame{}); status.Code(err) != codes.Unimplemented {
		t.Errorf("metrics: %v", err)
	}
}

// TestOTLPGRPCStalled: who opens calls and sends nothing keeps others out for a
// while at most, and ends with the connection.
func TestOTLPGRPCStalled(t *testing.T) {
	s := newSink()
	g := NewOTLPGRPC(listen(t), s, quiet)
	serve(t, g)
	stalled := dialGRPC(t, g)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range maxReading {
		stream, err := stalled.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true}, "/opentelemetry.proto.collector.trace.v1.TraceService/Export")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = stream.CloseSend() }()
	}
	done := make(chan error, 1)
	go func() {
		_, err := ptraceotlp.NewGRPCClient(dialGRPC(t, g)).Export(t.Context(), ptraceotlp.NewExportRequestFromTraces(someTraces(1)))
		done <- err
	}()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	s.wait(t, "count", func() bool { return s.spans == 1 && s.unread[trace.ReasonMalformed] == maxReading })
}

// TestOTLPGRPCClose: calls that never end do not hold it up for longer than its
// context.
func TestOTLPGRPCClose(t *testing.T) {
	g := NewOTLPGRPC(listen(t), newSink(), quiet)
	served := make(chan error, 1)
	go func() { served <- g.Serve() }()
	stream, err := dialGRPC(t, g).NewStream(t.Context(), &grpc.StreamDesc{ClientStreams: true}, "/opentelemetry.proto.collector.trace.v1.TraceService/Export")
	if err != nil {
		t.Fatal(err)
	}
	for len(g.reading) == 0 {
		runtime.Gosched()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Close: %v", err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if err := stream.RecvMsg(&frame{}); err == nil {
		t.Error("the call goes on")
	}
}
