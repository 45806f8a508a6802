// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

// TestChain goes from HTTP to gRPC to HTTP, with baggage.
func TestChain(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		var last string
		back := httptest.NewServer(httpServer(r.spans.Tracer("back"), func(ctx context.Context, _ http.ResponseWriter) error {
			last = spur.SpanFromContext(ctx).BaggageItem("customer")
			return nil
		}))
		defer back.Close()
		r.service.unary = func(ctx context.Context, _ *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) {
			customer := spur.SpanFromContext(ctx).BaggageItem("customer")
			return &testgrpc.SimpleResponse{Username: customer}, httpGet(ctx, r.server, back.URL)
		}
		r.start()
		front := httptest.NewServer(httpServer(r.client, func(ctx context.Context, w http.ResponseWriter) error {
			spur.SpanFromContext(ctx).SetBaggageItem("customer", "ada λ, 100 %")
			resp, err := r.UnaryCall(ctx, &testgrpc.SimpleRequest{})
			_, _ = io.WriteString(w, resp.GetUsername())
			return err
		}))
		defer front.Close()

		ctx, root := r.client.Start(r.context(), "root")
		if err := httpGet(ctx, r.client, front.URL); err != nil {
			t.Fatal(err)
		}
		root.Finish()
		r.wait(7)
		if last != "ada λ, 100 %" {
			t.Errorf("baggage arrived as %q", last)
		}
		got, want := "", "test root, test GET, test HTTP, test "+unaryCall+", server "+unaryCall+", server GET, back HTTP"
		byParent := map[model.SpanID]model.Span{}
		for _, span := range r.spans.Spans() {
			if span.TraceID != root.SpanContext().TraceID() {
				t.Errorf("%s is of another trace", span.Operation)
			}
			byParent[span.ParentID] = span
		}
		for span, ok := byParent[0]; ok; span, ok = byParent[span.SpanID] {
			got += ", " + span.Process.Service + " " + span.Operation
		}
		if got = strings.TrimPrefix(got, ", "); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func httpServer(tracer *spur.Tracer, serve func(context.Context, http.ResponseWriter) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, _ := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
		ctx, span := tracer.Start(r.Context(), "HTTP", ext.RPCServerOption(caller))
		defer span.Finish()
		if err := serve(ctx, w); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})
}

func httpGet(ctx context.Context, tracer *spur.Tracer, url string) error {
	ctx, span := tracer.Start(ctx, "GET")
	defer span.Finish()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(req.Header)); err != nil {
		return err
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}

// TestStreamContext: the method of a stream finds its span and the baggage.
func TestStreamContext(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		r.service.duplex = func(ss duplexServer) error {
			_, child := r.server.Start(ss.Context(), "child")
			child.SetString("customer", child.BaggageItem("customer"))
			child.Finish()
			return nil
		}
		r.start()
		ctx, parent := r.client.Start(r.context(), "parent")
		parent.SetBaggageItem("customer", "ada")
		cs, err := r.FullDuplexCall(ctx)
		if err != nil {
			t.Fatal(err)
		}
		expectEnd(r, drain(cs), codes.OK)
		parent.Finish()
		server, _ := r.wait(4)
		child := r.spans.ByOperation("child")[0]
		if child.ParentID != server[0].SpanID || tag(child, "customer") != "ada" {
			t.Error(r.spans.Tree())
		}
		r.settle(4)
	})
}

// TestPanicInterceptors: the panic goes on to the interceptor in front, and the
// span ends.
func TestPanicInterceptors(t *testing.T) {
	r := newRig(t, interceptors)
	recovered := make(chan any, 2)
	catch := func(err *error) {
		if v := recover(); v != nil {
			recovered <- v
			*err = status.Error(codes.Internal, "panic")
		}
	}
	r.grpcServerOpts = []grpc.ServerOption{
		grpc.UnaryInterceptor(func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, h grpc.UnaryHandler) (_ any, err error) {
			defer catch(&err)
			return h(ctx, req)
		}),
		grpc.StreamInterceptor(func(srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, h grpc.StreamHandler) (err error) {
			defer catch(&err)
			return h(srv, ss)
		}),
	}
	r.service.unary = func(context.Context, *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) { panic("unary") }
	r.service.duplex = func(duplexServer) error { panic("stream") }
	r.start()

	if _, err := r.UnaryCall(r.context(), &testgrpc.SimpleRequest{}); status.Code(err) != codes.Internal {
		t.Error(err)
	}
	cs, err := r.FullDuplexCall(r.context())
	if err != nil {
		t.Fatal(err)
	}
	expectEnd(r, drain(cs), codes.Internal)
	if a, b := <-recovered, <-recovered; a != "unary" || b != "stream" {
		t.Errorf("recovered %v and %v", a, b)
	}
	server, _ := r.wait(4)
	for _, s := range server {
		if got := outcome(s); got != "Unknown error" || len(events(s)) != 1 || !strings.Contains(events(s)[0], "message=panic error.object="+map[string]string{unaryCall: "unary", duplexCall: "stream"}[s.Operation]) {
			t.Errorf("%s: %s %q", s.Operation, got, events(s))
		}
	}
	r.settle(4)
}

// TestPanicHandlers runs a server whose method panics, in a process of its own:
// nothing stops the panic, but the span has ended before.
func TestPanicHandlers(t *testing.T) {
	if os.Getenv("SPURGRPC_TEST_PANIC") == "1" {
		panickingServer(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestPanicHandlers$")
	cmd.Env = append(os.Environ(), "SPURGRPC_TEST_PANIC=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, part := range []string{"finished: " + unaryCall + " true", "panic: boom"} {
		if !strings.Contains(string(out), part) {
			t.Errorf("%q is not in\n%s", part, out)
		}
	}
}

// announcer prints spans when they finish.
type announcer struct{ spurtest.Recorder }

func (a *announcer) Report(s *model.Span) { fmt.Println("finished:", s.Operation, tag(*s, "error")) }

func panickingServer(t *testing.T) {
	r := newRig(t, handlers)
	r.client, r.server = nil, r.spans.Tracer("server", spur.WithReporter(&announcer{}))
	r.service.unary = func(context.Context, *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) { panic("boom") }
	r.start()
	_, err := r.UnaryCall(r.context(), &testgrpc.SimpleRequest{})
	t.Fatal("the process is still alive", err)
}

// TestUnaryAndStreamsConcurrentSafe has 64 goroutines call at once.
func TestUnaryAndStreamsConcurrentSafe(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		spurtest.CheckLeaks(t)
		r := newRig(t, s)
		r.clientOpts = []spurgrpc.Option{spurgrpc.WithMessageEvents(), spurgrpc.WithSemanticNames()}
		r.serverOpts = r.clientOpts
		r.service.duplex = echo
		r.start()
		const goroutines, calls = 64, 5
		var wg sync.WaitGroup
		for range goroutines {
			wg.Go(func() {
				for range calls {
					if _, err := r.EmptyCall(r.context(), &testgrpc.Empty{}); err != nil {
						t.Error(err)
					}
					ctx, cancel := context.WithCancel(r.context())
					cs, err := r.FullDuplexCall(ctx)
					if err != nil {
						t.Error(err)
						cancel()
						return
					}
					var both sync.WaitGroup
					both.Go(func() { _ = cs.Send(request); _ = cs.CloseSend() })
					both.Go(func() { _ = drain(cs) })
					both.Go(cancel)
					both.Wait()
				}
			})
		}
		wg.Wait()
		r.conn.Close()
		r.srv.GracefulStop()
		// A client's span may end on another goroutine than RecvMsg's.
		if err := r.spans.Wait(r.context(), 2*goroutines*calls+int(r.server.Stats().Spans.Started)); err != nil {
			t.Error(err)
		}
		st := r.client.Stats().Spans
		if st.Started != 2*goroutines*calls || st.FinishedSampled != st.Started || st.DoubleFinish != 0 {
			t.Errorf("client: %+v", st)
		}
		// Streams that are cancelled at once may not reach the server.
		st = r.server.Stats().Spans
		if st.Started < goroutines*calls || st.FinishedSampled != st.Started || st.DoubleFinish != 0 {
			t.Errorf("server: %+v", st)
		}
	})
}
