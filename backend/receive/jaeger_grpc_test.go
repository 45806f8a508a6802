// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"errors"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/trace"
)

const (
	methodPost = "/jaeger.api_v2.CollectorService/PostSpans"
	methodAsk  = "/jaeger.api_v2.SamplingManager/GetSamplingStrategy"
)

// call sends a message as it is, and returns the answer.
func call(ctx context.Context, conn *grpc.ClientConn, method string, message []byte, options ...grpc.CallOption) ([]byte, error) {
	var answer frame
	options = append(options, grpc.ForceCodecV2(frameCodec{}), grpc.MaxCallSendMsgSize(2*MaxBody))
	if err := conn.Invoke(ctx, method, &frame{mem.SliceBuffer(message)}, &answer, options...); err != nil {
		return nil, err
	}
	return answer.ReadOnlyData(), nil
}

func TestJaegerGRPC(t *testing.T) {
	s := newSink()
	g := NewJaegerGRPC(listen(t), sampling.SampleAll(), s, quiet)
	serve(t, g)
	conn := dialGRPC(t, g)
	b, err := os.ReadFile("../testdata/postspans/jaegergo-compact-values.pb")
	if err != nil {
		t.Fatal(err)
	}
	for _, options := range [][]grpc.CallOption{nil, {grpc.UseCompressor("gzip")}} {
		if answer, err := call(t.Context(), conn, methodPost, b, options...); err != nil || len(answer) > 0 {
			t.Errorf("%q, %v", answer, err)
		}
	}
	s.check(t, 20, reasons{}, reasons{})
	if got := s.from[trace.Origin{Protocol: "jaeger-proto", Transport: "grpc"}]; got != 20 {
		t.Errorf("%d spans by their origin: %v", got, s.from)
	}
	if _, err := call(t.Context(), conn, methodPost, nil); err != nil {
		t.Errorf("no spans: %v", err)
	}
}

// TestJaegerGRPCRefused: a request fails when none of its spans was taken.
func TestJaegerGRPCRefused(t *testing.T) {
	s := newSink()
	g := NewJaegerGRPC(listen(t), sampling.SampleAll(), s, quiet)
	serve(t, g)
	conn := dialGRPC(t, g)
	good, bad := field(1, jSpan()), field(1, []byte{})
	if _, err := call(t.Context(), conn, methodPost, postOf(bad, good, bad)); err != nil {
		t.Error(err)
	}
	s.check(t, 1, reasons{trace.ReasonTraceID: 2}, reasons{})
	_, err := call(t.Context(), conn, methodPost, postOf(bad, bad))
	if said := status.Convert(err); said.Code() != codes.InvalidArgument || said.Message() != "spans refused: 2 invalid_trace_id" {
		t.Error(err)
	}
	s.refuse = []trace.Refused{{Reason: trace.ReasonTooLarge, Count: 1}}
	_, err = call(t.Context(), conn, methodPost, postOf(good, bad))
	if said := status.Convert(err); said.Code() != codes.InvalidArgument || said.Message() != "spans refused: 1 invalid_trace_id, 1 too_large" {
		t.Error(err)
	}
}

func TestJaegerGRPCFails(t *testing.T) {
	s := newSink()
	g := NewJaegerGRPC(listen(t), sampling.SampleAll(), s, quiet)
	serve(t, g)
	conn := dialGRPC(t, g)
	good := postOf(field(1, jSpan()))
	bomb := field(15, strings.Repeat("\x00", MaxBody))
	unread := reasons{}
	for _, c := range []struct {
		name    string
		body    []byte
		options []grpc.CallOption
		set     func()
		code    codes.Code
		unread  trace.Reason
		retry   bool
	}{
		{name: "malformed", body: []byte("x"), code: codes.InvalidArgument, unread: trace.ReasonMalformed},
		{name: "long", body: make([]byte, MaxBody+1), code: codes.ResourceExhausted, unread: trace.ReasonTooLarge},
		{name: "bomb", body: bomb, options: []grpc.CallOption{grpc.UseCompressor("gzip")}, code: codes.ResourceExhausted, unread: trace.ReasonTooLarge},
		{name: "no room", body: good, set: func() { s.budget = 10 }, code: codes.ResourceExhausted, unread: trace.ReasonMemory, retry: true},
		{name: "busy", body: good, set: func() { s.budget, s.busy = 0, true }, code: codes.ResourceExhausted, retry: true},
		{name: "good", body: good, set: func() { s.busy = false }},
	} {
		if c.set != nil {
			c.set()
		}
		_, err := call(t.Context(), conn, methodPost, c.body, c.options...)
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
	if _, err := call(t.Context(), conn, "/jaeger.api_v2.QueryService/GetServices", nil); status.Code(err) != codes.Unimplemented {
		t.Errorf("queries: %v", err)
	}
}

// source is a sampling.Source that fails, or panics.
type source struct{ err error }

func (s source) Strategy(context.Context, string) (sampling.Strategy, error) {
	if s.err == nil {
		panic("no source")
	}
	return sampling.Strategy{}, s.err
}

// TestSamplingGRPC: both ports that answer by gRPC do as Jaeger 1.62's collector does.
func TestSamplingGRPC(t *testing.T) {
	strategies := openStrategies(t)
	agents, clients := NewJaegerGRPC(listen(t), strategies, newSink(), quiet), NewSamplingGRPC(listen(t), strategies, quiet)
	serve(t, agents)
	serve(t, clients)
	for name, conn := range map[string]*grpc.ClientConn{"14250": dialGRPC(t, agents), "5779": dialGRPC(t, clients)} {
		for _, service := range []string{"probabilistic", "limited", "operations", "unknown"} {
			want, err := os.ReadFile("../sampling/testdata/" + service + ".pb")
			if err != nil {
				t.Fatal(err)
			}
			got, err := call(t.Context(), conn, methodAsk, field(1, service))
			if err != nil || string(got) != string(want) {
				t.Errorf("%s %s: %x, %v, want %x", name, service, got, err, want)
			}
		}
		for request, want := range map[string]codes.Code{"\x0a": codes.InvalidArgument, strings.Repeat("\x0a\x00", maxQuestion): codes.ResourceExhausted} {
			if _, err := call(t.Context(), conn, methodAsk, []byte(request)); status.Code(err) != want {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
	}
	for _, c := range []struct {
		source source
		code   codes.Code
		text   string
	}{
		{source{errors.New("not computed yet")}, codes.Unavailable, "not computed yet"},
		{source{status.Error(codes.NotFound, "none")}, codes.NotFound, "none"},
		{source{}, codes.Internal, "internal error"},
	} {
		g := NewSamplingGRPC(listen(t), c.source, quiet)
		serve(t, g)
		_, err := call(t.Context(), dialGRPC(t, g), methodAsk, nil)
		if said := status.Convert(err); said.Code() != c.code || said.Message() != c.text {
			t.Errorf("%v, want %v %s", err, c.code, c.text)
		}
	}
	if _, err := call(t.Context(), dialGRPC(t, clients), methodPost, nil); status.Code(err) != codes.Unimplemented {
		t.Errorf("spans: %v", err)
	}
}
