// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

// listener is a sampler that writes down which operations it is asked about.
type listener struct {
	mu         sync.Mutex
	operations []string
}

func (l *listener) Sample(p sampler.Params) sampler.Decision {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.operations = append(l.operations, p.Operation)
	return sampler.Decision{Sample: true}
}

// TestUnknownMethod: a caller may invent methods without end, but not operations,
// and a sampler hears of none.
func TestUnknownMethod(t *testing.T) {
	r := newRig(t, handlers)
	var heard listener
	r.server = r.spans.Tracer("server", spur.WithSampler(sampler.NewOverruling(&heard)))
	r.serverOpts = []spurgrpc.Option{spurgrpc.WithSemanticNames(), spurgrpc.WithMessageEvents()}
	r.start()
	methods := []string{"/no.Such/Service", "/grpc.testing.TestService/NoSuch"}
	for _, method := range methods {
		err := r.conn.Invoke(r.context(), method, &testgrpc.Empty{}, &testgrpc.Empty{})
		if status.Code(err) != codes.Unimplemented {
			t.Fatal(err)
		}
		server, _ := r.pair()
		var got []string
		for _, key := range []string{"rpc.response.status_code", "error", "rpc.system.name", "rpc.method_original", "rpc.method"} {
			got = append(got, tag(server, key))
		}
		want := []string{"UNIMPLEMENTED", "true", "grpc", strings.TrimPrefix(method, "/"), "_OTHER"}
		if server.Operation != "unknown method" || !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", server.Operation, got, want)
		}
		r.spans.Reset()
	}
	r.settle(0)
	if want := []string{"unknown method", "unknown method"}; !slices.Equal(heard.operations, want) {
		t.Errorf("the sampler was asked about %q", heard.operations)
	}
}

// TestUnknownServiceHandler: a proxy has all methods; WithOperationName bounds their
// names.
func TestUnknownServiceHandler(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		var heard listener
		r.server = r.spans.Tracer("server", spur.WithSampler(sampler.NewOverruling(&heard)))
		r.serverOpts = []spurgrpc.Option{spurgrpc.WithOperationName(func(fullMethod string) string {
			service, method, _ := strings.Cut(strings.TrimPrefix(fullMethod, "/"), "/")
			for _, m := range r.srv.GetServiceInfo()[service].Methods {
				if m.Name == method {
					return fullMethod
				}
			}
			return "proxied"
		})}
		r.grpcServerOpts = []grpc.ServerOption{grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error {
			return status.Error(codes.Unavailable, "nobody has it")
		})}
		r.start()
		if err := r.conn.Invoke(r.context(), "/no.Such/Service", &testgrpc.Empty{}, &testgrpc.Empty{}); status.Code(err) != codes.Unavailable {
			t.Fatal(err)
		}
		if server, _ := r.pair(); server.Operation != "proxied" || outcome(server) != "Unavailable error" {
			t.Error(r.spans.Tree())
		}
		r.spans.Reset()
		if _, err := r.EmptyCall(r.context(), &testgrpc.Empty{}); err != nil {
			t.Fatal(err)
		}
		r.pair()
		if want := []string{"proxied", emptyCall}; !slices.Equal(heard.operations, want) {
			t.Errorf("the sampler was asked about %q", heard.operations)
		}
	})
}

// sleepy is a handler beside ours that keeps RPCs until their callers have gone.
type sleepy struct{ entered chan struct{} }

func (s *sleepy) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	s.entered <- struct{}{}
	<-ctx.Done()
	return ctx
}

func (*sleepy) HandleRPC(context.Context, stats.RPCStats)                         {}
func (*sleepy) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (*sleepy) HandleConn(context.Context, stats.ConnStats)                       {}

// TestCallerGoneBeforeBegin: no span is left open when the caller goes before the
// server has found the method, or has not found it, of which grpc tells nothing.
func TestCallerGoneBeforeBegin(t *testing.T) {
	spurtest.CheckLeaks(t)
	r := newRig(t, handlers)
	slow := &sleepy{make(chan struct{})}
	r.grpcServerOpts = []grpc.ServerOption{grpc.StatsHandler(slow), grpc.WaitForHandlers(true)}
	r.start()
	const calls = 5
	for _, method := range []string{"/no.Such/Service", emptyCall} {
		for range calls {
			ctx, cancel := context.WithCancel(r.context())
			go func() {
				<-slow.entered
				cancel()
			}()
			if err := r.conn.Invoke(ctx, method, &testgrpc.Empty{}, &testgrpc.Empty{}); status.Code(err) != codes.Canceled {
				t.Fatal(err)
			}
		}
	}
	r.conn.Close()
	r.srv.Stop() // waits for the RPCs
	st := r.server.Stats().Spans
	if st.Started < calls || st.Started != st.FinishedSampled || st.DoubleFinish != 0 || st.UseAfterFinish != 0 {
		t.Errorf("%+v\n%s", st, r.spans.Tree())
	}
	if n := len(r.spans.ByOperation(emptyCall)); n != 2*calls {
		t.Errorf("%d spans of a method that is there, on both sides, want %d", n, 2*calls)
	}
}

// TestContextBeforeBeginConcurrentSafe: another handler may use the RPC's context
// while the span comes into it.
func TestContextBeforeBeginConcurrentSafe(t *testing.T) {
	tracer, spans := spurtest.New(t)
	h := spurgrpc.ServerHandler(tracer)
	for range 100 {
		ctx := h.TagRPC(t.Context(), &stats.RPCTagInfo{FullMethodName: emptyCall})
		if spur.SpanFromContext(ctx).SpanContext().IsValid() {
			t.Fatal("there is a span before Begin")
		}
		var others sync.WaitGroup
		for range 4 {
			others.Go(func() {
				for !spur.SpanFromContext(ctx).SpanContext().IsValid() {
				}
			})
		}
		h.HandleRPC(ctx, &stats.Begin{})
		others.Wait()
		h.HandleRPC(ctx, &stats.OutTrailer{})
		h.HandleRPC(ctx, &stats.End{})
	}
	if n := len(spans.Spans()); n != 100 {
		t.Errorf("%d spans", n)
	}
}
