// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/trace"
)

// TestToken: without the token nothing is read, and each attempt is counted.
func TestToken(t *testing.T) {
	s := newSink()
	thrift, otlp, g := NewHTTP(listen(t), sampling.SampleAll(), s, nil, quiet), NewOTLPHTTP(listen(t), s, quiet), NewOTLPGRPC(listen(t), s, quiet)
	jaeger := NewJaegerGRPC(listen(t), sampling.SampleAll(), s, quiet)
	for _, l := range []interface{ RequireToken(string) }{thrift, otlp, g, jaeger} {
		l.RequireToken("secret")
	}
	serve(t, jaeger)
	serve(t, thrift)
	serve(t, otlp)
	serve(t, g)
	td := someTraces(1)
	for _, c := range []struct {
		url, kind string
		body      []byte
		good      int
	}{
		{"http://" + otlp.Addr().String() + "/v1/traces", "application/x-protobuf", protoOf(t, td), 200},
		{"http://" + thrift.Addr().String() + "/api/traces", "application/x-thrift", []byte{0}, 400}, // it has been read,
	} {
		if resp, _ := post(t, c.url, c.body, "Content-Type", c.kind); resp.StatusCode != 401 || resp.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s without a token: %s", c.url, resp.Status)
		}
		if resp, _ := post(t, c.url, c.body, "Content-Type", c.kind, "Authorization", "Bearer wrong"); resp.StatusCode != 401 {
			t.Errorf("%s with a wrong token: %s", c.url, resp.Status)
		}
		if resp, answer := post(t, c.url, c.body, "Content-Type", c.kind, "Authorization", "Bearer secret"); resp.StatusCode != c.good {
			t.Errorf("%s with the token: %s %s", c.url, resp.Status, answer)
		}
	}
	client := ptraceotlp.NewGRPCClient(dialGRPC(t, g))
	if _, err := client.Export(t.Context(), ptraceotlp.NewExportRequestFromTraces(td)); status.Code(err) != codes.Unauthenticated {
		t.Error(err)
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer secret")
	if _, err := client.Export(ctx, ptraceotlp.NewExportRequestFromTraces(td)); err != nil {
		t.Error(err)
	}
	agent := dialGRPC(t, jaeger)
	if _, err := call(t.Context(), agent, methodPost, postOf(field(1, jSpan()))); status.Code(err) != codes.Unauthenticated {
		t.Error(err)
	}
	if _, err := call(ctx, agent, methodPost, postOf(field(1, jSpan()))); err != nil {
		t.Error(err)
	}
	if _, err := call(t.Context(), agent, methodAsk, nil); err != nil {
		t.Errorf("how to sample is no secret: %v", err)
	}
	s.check(t, 3, reasons{}, reasons{trace.ReasonToken: 6, trace.ReasonMalformed: 1})
}
