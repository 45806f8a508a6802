// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"net"
	"net/http"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/trace"
)

// TestCloseBeforeServe: the port is free, and a late Serve ends at once.
func TestCloseBeforeServe(t *testing.T) {
	s := newSink()
	for name, server := range map[string]interface {
		Serve() error
		Addr() net.Addr
		Close(context.Context) error
	}{
		"HTTP":     NewHTTP(listen(t), sampling.SampleAll(), s, nil, quiet),
		"OTLPHTTP": NewOTLPHTTP(listen(t), s, quiet),
		"OTLPGRPC": NewOTLPGRPC(listen(t), s, quiet),
		"Sampling": NewSampling(listen(t), sampling.SampleAll(), nil, quiet),
		"UDP":      NewUDP(listenUDP(t), Compact, s, nil, nil, quiet),
	} {
		addr := server.Addr()
		if err := server.Close(t.Context()); err != nil {
			t.Errorf("%s: Close: %v", name, err)
		}
		switch addr := addr.(type) {
		case *net.UDPAddr:
			conn, err := net.ListenUDP("udp", addr)
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
		default:
			l, err := net.Listen("tcp", addr.String())
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
		}
		if err := server.Serve(); err != nil {
			t.Errorf("%s: Serve: %v", name, err)
		}
	}
}

// panicker is a Sink with a mistake.
type panicker struct{ *sink }

func (panicker) Take(context.Context, ptrace.Traces, trace.Origin) ([]trace.Refused, error) {
	panic("no")
}

// TestPanic: a mistake behind a receiver costs the request, which is answered and
// gives its room back.
func TestPanic(t *testing.T) {
	s := panicker{newSink()}
	web := NewOTLPHTTP(listen(t), s, quiet)
	serve(t, web)
	resp, _ := post(t, "http://"+web.Addr().String()+"/v1/traces", protoOf(t, someTraces(1)), "Content-Type", "application/x-protobuf")
	if resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("HTTP: %s", resp.Status)
	}
	rpc := NewOTLPGRPC(listen(t), s, quiet)
	serve(t, rpc)
	_, err := ptraceotlp.NewGRPCClient(dialGRPC(t, rpc)).Export(t.Context(), ptraceotlp.NewExportRequestFromTraces(someTraces(1)))
	if status.Code(err) != codes.Internal {
		t.Errorf("gRPC: %v", err)
	}
	thrift := NewHTTP(listen(t), sampling.SampleAll(), s, nil, quiet)
	serve(t, thrift)
	resp, _ = post(t, "http://"+thrift.Addr().String()+"/api/traces", read(t, "thrift/spur-http-values.bin"), "Content-Type", "application/x-thrift")
	if resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("Thrift: %s", resp.Status)
	}
	udp := NewUDP(listenUDP(t), Compact, s, nil, nil, quiet)
	send := sender(t, udp)
	send(read(t, "thrift/spur-compact-values.bin"))
	closeServed(t, udp)
	s.check(t, 0, reasons{}, reasons{trace.ReasonMalformed: 4})
}
