// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

func TestFilter(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		r.clientOpts = []spurgrpc.Option{nil, spurgrpc.WithFilter(nil), spurgrpc.WithoutHealthChecks()}
		r.serverOpts = []spurgrpc.Option{
			spurgrpc.WithoutHealthChecks(),
			spurgrpc.WithFilter(func(m string) bool { return !strings.HasSuffix(m, "/EmptyCall") }),
		}
		r.service.duplex = echo
		r.start()
		hc := grpc_health_v1.NewHealthClient(r.conn)
		if _, err := hc.Check(r.context(), &grpc_health_v1.HealthCheckRequest{}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(r.context())
		watch, err := hc.Watch(ctx, &grpc_health_v1.HealthCheckRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := watch.Recv(); err != nil {
			t.Error(err)
		}
		cancel()
		if _, err := r.EmptyCall(r.context(), &testgrpc.Empty{}); err != nil {
			t.Fatal(err)
		}
		_, client := r.wait(1)
		if len(client) != 1 || client[0].Operation != emptyCall {
			t.Error(r.spans.Tree())
		}
		r.settle(1)
	})
}

func TestOperationName(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		short := func(m string) string { return m[strings.LastIndexByte(m, '/')+1:] }
		r.clientOpts = []spurgrpc.Option{spurgrpc.WithOperationName(short), spurgrpc.WithOperationName(nil)}
		r.serverOpts = []spurgrpc.Option{spurgrpc.WithOperationName(func(m string) string { return "serve " + short(m) })}
		r.start()
		if _, err := r.EmptyCall(r.context(), &testgrpc.Empty{}); err != nil {
			t.Fatal(err)
		}
		if server, client := r.pair(); server.Operation != "serve EmptyCall" || client.Operation != "EmptyCall" {
			t.Errorf("got %q and %q", server.Operation, client.Operation)
		}
	})
}

// TestNoOperationName: "" stands for the default, as in spurhttp.
func TestNoOperationName(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		r.clientOpts = []spurgrpc.Option{spurgrpc.WithOperationName(func(string) string { return "" })}
		r.serverOpts = r.clientOpts
		r.start()
		if _, err := r.EmptyCall(r.context(), &testgrpc.Empty{}); err != nil {
			t.Fatal(err)
		}
		if server, client := r.pair(); server.Operation != emptyCall || client.Operation != emptyCall {
			t.Errorf("got %q and %q", server.Operation, client.Operation)
		}
	})
}

func TestRequireParent(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		r.clientOpts = []spurgrpc.Option{spurgrpc.WithRequiredParent()}
		r.service.duplex = echo
		r.start()
		call := func(ctx context.Context) {
			if _, err := r.EmptyCall(ctx, &testgrpc.Empty{}); err != nil {
				t.Fatal(err)
			}
			cs, err := r.FullDuplexCall(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := cs.CloseSend(); err != nil {
				t.Error(err)
			}
			expectEnd(r, drain(cs), codes.OK)
		}
		for name, ctx := range map[string]context.Context{
			"nothing": r.context(), "nil": opentracing.ContextWithSpan(r.context(), nil), "spur's nil": spur.ContextWithSpan(r.context(), nil),
			"another tracer's": opentracing.ContextWithSpan(r.context(), opentracing.NoopTracer{}.StartSpan("noop")),
		} {
			call(ctx)
			if server, client := r.wait(2); len(server) != 2 || len(client) != 0 {
				t.Errorf("%s:\n%s", name, r.spans.Tree())
			}
			r.spans.Reset()
		}
		ctx, parent := r.client.Start(r.context(), "parent")
		call(ctx)
		parent.Finish()
		if server, client := r.wait(5); len(server) != 2 || len(client) != 2 || client[0].ParentID != parent.SpanContext().SpanID() {
			t.Error(r.spans.Tree())
		}
	})
}

func TestEdge(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		for _, policy := range []spur.EdgePolicy{spur.TrustCaller, spur.LinkCaller, spur.IgnoreCaller, 99} {
			r := newRig(t, s)
			r.serverOpts = []spurgrpc.Option{spurgrpc.WithEdgePolicy(policy)}
			r.start()
			if _, err := r.EmptyCall(r.context(), &testgrpc.Empty{}); err != nil {
				t.Fatal(err)
			}
			server, client := r.wait(2)
			same := server[0].TraceID == client[0].TraceID
			linked := len(server[0].References) == 1 && server[0].References[0].SpanID == client[0].SpanID
			if same != (policy == spur.TrustCaller) || linked != (policy <= spur.LinkCaller) {
				t.Errorf("%v: same trace %v, reference %v", policy, same, linked)
			}
		}
	})
}

func TestSemanticNames(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		r.clientOpts = []spurgrpc.Option{spurgrpc.WithSemanticNames()}
		r.serverOpts = r.clientOpts
		answers := []error{nil, status.Error(codes.NotFound, "no")}
		r.service.unary = func(context.Context, *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) {
			err := answers[0]
			answers = answers[1:]
			return &testgrpc.SimpleResponse{}, err
		}
		r.start()
		for _, want := range []struct{ code, clientError string }{{"OK", ""}, {"NOT_FOUND", "NOT_FOUND"}} {
			_, _ = r.UnaryCall(r.context(), &testgrpc.SimpleRequest{})
			server, client := r.pair()
			for _, span := range []model.Span{server, client} {
				for key, value := range map[string]string{
					"rpc.system.name": "grpc", "rpc.method": unaryCall[1:], "rpc.response.status_code": want.code,
				} {
					if got := tag(span, key); got != value {
						t.Errorf("%s is %q, want %q", key, got, value)
					}
				}
			}
			if a, b := tag(server, "error.type"), tag(client, "error.type"); a != "" || b != want.clientError {
				t.Errorf("error.type %q and %q", a, b)
			}
			r.spans.Reset()
		}
	})
}

// TestNilTracer: nothing is traced and everything works.
func TestNilTracer(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		r.client, r.server = nil, nil
		r.service.duplex = echo
		r.start()
		if _, err := r.EmptyCall(r.context(), &testgrpc.Empty{}); err != nil {
			t.Error(err)
		}
		cs, err := r.FullDuplexCall(r.context())
		if err != nil {
			t.Fatal(err)
		}
		if err := cs.CloseSend(); err != nil {
			t.Error(err)
		}
		expectEnd(r, drain(cs), codes.OK)
	})
}

// TestBothStylesAtOnce: not what one should do, but nothing is lost or ended twice.
func TestBothStylesAtOnce(t *testing.T) {
	r := newRig(t, handlers)
	r.grpcServerOpts = interceptors.server(r.server)
	r.start()
	if _, err := r.EmptyCall(r.context(), &testgrpc.Empty{}); err != nil {
		t.Fatal(err)
	}
	server, client := r.wait(3)
	// The interceptor's span finishes first and lies within the handler's.
	if len(server) != 2 || server[0].ParentID != server[1].SpanID || server[1].ParentID != client[0].SpanID {
		t.Error(r.spans.Tree())
	}
	r.settle(3)
}

// TestNestedCall: an RPC without a span that is made on behalf of one with a span,
// as by credentials that fetch a token, does not end the other's.
func TestNestedCall(t *testing.T) {
	tracer, spans := spurtest.New(t)
	h := spurgrpc.ClientHandler(tracer, spurgrpc.WithFilter(func(m string) bool { return m != "/Tokens/Get" }))
	outer := h.TagRPC(context.Background(), &stats.RPCTagInfo{FullMethodName: "/Orders/Get"})
	inner := h.TagRPC(outer, &stats.RPCTagInfo{FullMethodName: "/Tokens/Get"})
	h.HandleRPC(inner, &stats.End{Client: true, Error: errors.New("no token")})
	if n := len(spans.Spans()); n != 0 {
		t.Fatalf("%d spans have ended", n)
	}
	h.HandleRPC(outer, &stats.End{Client: true})
	h.HandleRPC(outer, &stats.End{Client: true, Error: errors.New("late")})
	if got := spans.Spans(); len(got) != 1 || outcome(got[0]) != "OK" {
		t.Errorf("got\n%s", spans.Tree())
	}
	if st := tracer.Stats().Spans; st.DoubleFinish != 0 || st.UseAfterFinish != 0 {
		t.Errorf("%+v", st)
	}
}

// fakeStream serves a stream without grpc, so that nobody calls grpc.OnFinish.
type fakeStream struct {
	grpc.ClientStream
	header, send, recv error
}

func (f *fakeStream) Header() (metadata.MD, error) { return nil, f.header }
func (f *fakeStream) SendMsg(any) error            { return f.send }
func (f *fakeStream) RecvMsg(any) error            { return f.recv }

func TestStreamWithoutGRPC(t *testing.T) {
	lost := status.Error(codes.Unavailable, "lost")
	streams := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	tests := []struct {
		name string
		desc *grpc.StreamDesc
		fake fakeStream
		use  func(context.CancelFunc, grpc.ClientStream)
		want string
	}{
		{"EOF", streams, fakeStream{recv: io.EOF}, func(_ context.CancelFunc, cs grpc.ClientStream) { _ = cs.RecvMsg(nil) }, "OK"},
		{"error", streams, fakeStream{recv: lost}, func(_ context.CancelFunc, cs grpc.ClientStream) { _ = cs.RecvMsg(nil) }, "Unavailable error"},
		{"one answer", &grpc.StreamDesc{ClientStreams: true}, fakeStream{}, func(_ context.CancelFunc, cs grpc.ClientStream) { _ = cs.RecvMsg(nil) }, "OK"},
		{"send fails", streams, fakeStream{send: lost}, func(_ context.CancelFunc, cs grpc.ClientStream) { _ = cs.SendMsg(nil) }, "Unavailable error"},
		{"header fails", streams, fakeStream{header: lost}, func(_ context.CancelFunc, cs grpc.ClientStream) { _, _ = cs.Header() }, "Unavailable error"},
		{"abandoned", streams, fakeStream{send: io.EOF}, func(cancel context.CancelFunc, cs grpc.ClientStream) {
			_ = cs.SendMsg(nil) // io.EOF alone does not end it
			cancel()
		}, "Canceled"},
	}
	for _, x := range tests {
		for _, events := range []bool{false, true} {
			t.Run(x.name, func(t *testing.T) {
				spurtest.CheckLeaks(t)
				tracer, spans := spurtest.New(t)
				var opts []spurgrpc.Option
				if events {
					opts = append(opts, spurgrpc.WithMessageEvents())
				}
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				cs, err := spurgrpc.StreamClientInterceptor(tracer, opts...)(ctx, x.desc, nil, "/a.B/C",
					func(context.Context, *grpc.StreamDesc, *grpc.ClientConn, string, ...grpc.CallOption) (grpc.ClientStream, error) {
						return &x.fake, nil
					})
				if err != nil {
					t.Fatal(err)
				}
				x.use(cancel, cs)
				soon, stop := context.WithTimeout(context.Background(), 10*time.Second)
				defer stop()
				if err := spans.Wait(soon, 1); err != nil {
					t.Fatal(err)
				}
				cancel()
				if got := spans.Spans(); len(got) != 1 || outcome(got[0]) != x.want {
					t.Errorf("got\n%s", spans.Tree())
				}
			})
		}
	}
}
