// SPDX-License-Identifier: Apache-2.0

package send_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/transport"
)

// TestOTLPUntouched: what real clients sent leaves as it came.
func TestOTLPUntouched(t *testing.T) {
	for _, p := range []send.Protocol{send.OTLPGRPC, send.OTLPHTTP} {
		to := &sink{}
		s := sender(t, send.Config{Protocol: p, Endpoint: receiver(t, p, to, "secret"), Token: "secret"})
		for name, b := range recorded(t, "otlp/*.pb") {
			want, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range pack(t, want) {
				if err := s.Send(t.Context(), b); err != nil {
					t.Fatalf("%s of %s: %v", p, name, err)
				}
			}
			if got := to.all(); !equal(t, got, want) {
				t.Errorf("%s of %s: another came than was sent", p, name)
			}
		}
	}
}

func pack(t *testing.T, td ptrace.Traces) []send.Batch {
	t.Helper()
	out, err := send.PackTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// equal reports whether the spans are the same, each with its resource and scope, in
// the same order.
func equal(t *testing.T, a, b ptrace.Traces) bool {
	t.Helper()
	x, err := trace.Encode(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := trace.Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(trace.Join(x), trace.Join(y))
}

// TestJaegerAgain: what clients of Jaeger's and its agent sent leaves so that it
// arrives the same.
func TestJaegerAgain(t *testing.T) {
	thrift, grpc := &sink{}, &sink{}
	addr := receiver(t, send.ThriftHTTP, thrift, "")
	byThrift := sender(t, send.Config{Protocol: send.ThriftHTTP, Endpoint: addr})
	byGRPC := sender(t, send.Config{Protocol: send.JaegerGRPC, Endpoint: receiver(t, send.JaegerGRPC, grpc, "")})
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	came := map[string]ptrace.Traces{}
	for name, b := range recorded(t, "thrift/[^b]*-http-*.bin") {
		resp, err := client.Post("http://"+addr+"/api/traces", "application/x-thrift", bytes.NewReader(b))
		if err != nil || resp.StatusCode != http.StatusAccepted || resp.Body.Close() != nil {
			t.Fatalf("%s: %v, %v", name, resp, err)
		}
		came[name] = thrift.all()
	}
	for name, b := range recorded(t, "postspans/*.pb") {
		if err := send.PostSpans(t.Context(), byGRPC, b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		came[name] = grpc.all()
	}
	for name, want := range came {
		if want.SpanCount() == 0 {
			t.Fatalf("%s: no spans", name)
		}
		if err := byGRPC.Send(t.Context(), batch(t, want)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := grpc.all(); !equal(t, got, want) {
			t.Errorf("%s: another came by gRPC than was sent", name)
		}
		for s := range trace.Spans(want) { // package wire sends no duration of 0
			s.SetEndTimestamp(max(s.EndTimestamp(), s.StartTimestamp()+1_000))
		}
		if err := byThrift.Send(t.Context(), batch(t, want)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := thrift.all(); !equal(t, got, want) {
			t.Errorf("%s: another came by Thrift than was sent", name)
		}
	}
}

// TestAnswers: each of them says what to do.
func TestAnswers(t *testing.T) {
	one := batch(t, spans("a"))
	for _, p := range []send.Protocol{send.OTLPGRPC, send.OTLPHTTP, send.ThriftHTTP, send.JaegerGRPC} {
		to := &sink{}
		addr := receiver(t, p, to, "secret")
		if err := sender(t, send.Config{Protocol: p, Endpoint: addr, Token: "wrong"}).Send(t.Context(), one); kind(err) != transport.Refused {
			t.Errorf("%s, wrong token: %v", p, err)
		}
		s := sender(t, send.Config{Protocol: p, Endpoint: addr, Token: "secret"})
		to.busy = true
		err := s.Send(t.Context(), one)
		var e *transport.Error
		if !errors.As(err, &e) || e.Kind != transport.Retryable || e.RetryAfter != time.Second {
			t.Errorf("%s, busy: %#v", p, err)
		}
		to.busy, to.refuse = false, []trace.Refused{{Reason: trace.ReasonTooLarge, Count: 1}}
		err = s.Send(t.Context(), one)
		if p == send.ThriftHTTP || p == send.JaegerGRPC { // cannot say so, but for all
			if want := map[send.Protocol]transport.Kind{send.JaegerGRPC: transport.Refused}[p]; kind(err) != want {
				t.Errorf("%s: %v", p, err)
			}
		} else if !errors.As(err, &e) || e.Kind != transport.Partial || e.Rejected != 1 || !strings.Contains(err.Error(), "1 too_large") {
			t.Errorf("%s, partial: %v", p, err)
		}
		to.refuse = nil
		two := batch(t, spans("a", "b"))
		if err := s.Send(t.Context(), two); (kind(err) == transport.TooLarge) != (p == send.ThriftHTTP) {
			t.Errorf("%s, two processes: %v", p, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Send(t.Context(), one); kind(err) != transport.Permanent {
			t.Errorf("%s, closed: %v", p, err)
		}
	}
}

// TestNobody: who does not listen, or does not answer, is tried again.
func TestNobody(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	silent := l.Addr().String()
	t.Cleanup(func() { _ = l.Close() })
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	one := batch(t, spans("a"))
	for _, p := range []send.Protocol{send.OTLPGRPC, send.OTLPHTTP, send.ThriftHTTP, send.JaegerGRPC} {
		for _, addr := range []string{silent, gone.Addr().String()} {
			s := sender(t, send.Config{Protocol: p, Endpoint: addr, Timeout: 50 * time.Millisecond})
			if err := s.Send(t.Context(), one); kind(err) != transport.Retryable {
				t.Errorf("%s: %v", p, err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := s.Send(ctx, one); kind(err) != transport.Retryable {
				t.Errorf("%s, given up: %v", p, err)
			}
		}
	}
}

// spans is a span of each of the services.
func spans(services ...string) ptrace.Traces {
	td := ptrace.NewTraces()
	for _, name := range services {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", name)
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID([16]byte{1})
		s.SetSpanID([8]byte{2})
		s.SetName("op")
		s.SetStartTimestamp(1_000_000)
		s.SetEndTimestamp(2_000_000)
	}
	return td
}

func TestWrong(t *testing.T) {
	for _, c := range []send.Config{
		{},
		{Protocol: "smtp", Endpoint: "a:1"},
		{Protocol: send.OTLPGRPC, Endpoint: "http://a:1"},
		{Protocol: send.OTLPGRPC, Endpoint: "a"},
		{Protocol: send.JaegerGRPC, Endpoint: ":1"},
		{Protocol: send.OTLPHTTP, Endpoint: "ftp://a"},
		{Protocol: send.ThriftHTTP, Endpoint: "http://"},
		{Protocol: send.OTLPGRPC, Endpoint: "a:1", TLS: send.TLS{Enabled: true, CA: "/no/such/file"}},
		{Protocol: send.OTLPHTTP, Endpoint: "a:1", TLS: send.TLS{Enabled: true, CA: "/no/such/file"}},
	} {
		if s, err := send.New(c); err == nil || s != nil {
			t.Errorf("%+v: %v, %v", c, s, err)
		}
	}
}

// TestThriftEmptyResource: a resource without spans is not the process of others'.
func TestThriftEmptyResource(t *testing.T) {
	to := &sink{}
	td := ptrace.NewTraces()
	td.ResourceSpans().AppendEmpty().Resource().Attributes().PutStr("service.name", "nobody's")
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{1})
	span.SetSpanID(pcommon.SpanID{1})
	s := sender(t, send.Config{Protocol: send.ThriftHTTP, Endpoint: receiver(t, send.ThriftHTTP, to, "")})
	if err := s.Send(t.Context(), batch(t, td)); err != nil {
		t.Fatal(err)
	}
	for got := range trace.Spans(to.all()) {
		if got.Service() != "shop" {
			t.Errorf("the span is of %q", got.Service())
		}
	}
}
