// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"errors"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

func TestUnaryOK(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		spurtest.CheckLeaks(t)
		r := newRig(t, s)
		r.start()
		ctx, parent := r.client.Start(r.context(), "parent")
		if _, err := r.EmptyCall(ctx, &testgrpc.Empty{}); err != nil {
			t.Fatal(err)
		}
		parent.Finish()
		if server, client := r.wait(3); len(server) != 1 || len(client) != 1 {
			t.Fatal(r.spans.Tree())
		}
		peer := map[string]string{"handlers": "bufconn", "interceptors": "passthrough:///test"}[s.name]
		want := "test: parent\n" +
			"  test: " + emptyCall + "  component=gRPC span.kind=client peer.address=" + peer + "\n" +
			"    server: " + emptyCall + "  component=gRPC span.kind=server peer.address=bufconn\n"
		got := regexp.MustCompile(`\n *\| `).ReplaceAllString(r.spans.Tree(spurtest.WithoutTimes()), " ")
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		r.settle(3)
	})
}

// TestUnaryCodes checks what both sides make of each code.
func TestUnaryCodes(t *testing.T) {
	tests := []struct {
		code        codes.Code
		name, class string
		serverError bool
	}{
		{codes.Canceled, "Canceled", "2xx", false},
		{codes.Unknown, "Unknown", "0xx", true},
		{codes.InvalidArgument, "InvalidArgument", "4xx", false},
		{codes.DeadlineExceeded, "DeadlineExceeded", "5xx", true},
		{codes.NotFound, "NotFound", "4xx", false},
		{codes.AlreadyExists, "AlreadyExists", "4xx", false},
		{codes.PermissionDenied, "PermissionDenied", "4xx", false},
		{codes.ResourceExhausted, "ResourceExhausted", "5xx", false},
		{codes.FailedPrecondition, "FailedPrecondition", "4xx", false},
		{codes.Aborted, "Aborted", "5xx", false},
		{codes.OutOfRange, "OutOfRange", "4xx", false},
		{codes.Unimplemented, "Unimplemented", "5xx", true},
		{codes.Internal, "Internal", "5xx", true},
		{codes.Unavailable, "Unavailable", "5xx", true},
		{codes.DataLoss, "DataLoss", "5xx", true},
		{codes.Unauthenticated, "Unauthenticated", "4xx", false},
		{codes.Code(77), "Code(77)", "0xx", false},
	}
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		var answer error
		r.service.unary = func(context.Context, *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) { return nil, answer }
		r.start()
		for _, x := range tests {
			answer = status.Error(x.code, "because")
			if _, err := r.UnaryCall(r.context(), &testgrpc.SimpleRequest{}); status.Code(err) != x.code {
				t.Fatalf("%s: %v", x.name, err)
			}
			server, client := r.pair()
			want := x.name
			if x.serverError {
				want += " error"
			}
			if got := outcome(server); got != want {
				t.Errorf("server: %s, want %s", got, want)
			}
			if got, want := outcome(client), x.name+" error"; got != want {
				t.Errorf("client: %s, want %s", got, want)
			}
			if a, b := tag(server, "response_class"), tag(client, "response_class"); a != x.class || b != x.class {
				t.Errorf("%s: classes %q and %q, want %s", x.name, a, b, x.class)
			}
			log := []string{"event=error error.kind=" + x.name + " message=because"}
			if a, b := events(server), events(client); !slices.Equal(a, log) || !slices.Equal(b, log) {
				t.Errorf("events %q and %q, want %q", a, b, log)
			}
			r.spans.Reset()
		}
	})
}

// TestUnaryErrors: errors that are no status become what grpc sends.
func TestUnaryErrors(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{errors.New("broken"), "Unknown error"},
		{context.Canceled, "Canceled"},
		{context.DeadlineExceeded, "DeadlineExceeded error"},
	}
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		var answer error
		r.service.unary = func(context.Context, *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) { return nil, answer }
		r.start()
		for _, x := range tests {
			answer = x.err
			_, err := r.UnaryCall(r.context(), &testgrpc.SimpleRequest{})
			server, client := r.pair()
			if got := outcome(server); got != x.want {
				t.Errorf("%v: server says %s, want %s", x.err, got, x.want)
			}
			if got := tag(client, "response_code"); got != status.Code(err).String() {
				t.Errorf("client says %s of %v", got, err)
			}
			r.spans.Reset()
		}
	})
}

// TestUnaryUnreachable: an attempt that finds no server ends its span, too.
func TestUnaryUnreachable(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		spurtest.CheckLeaks(t)
		r := newRig(t, s)
		r.start()
		refuse := func(context.Context, string) (net.Conn, error) { return nil, errors.New("refused") }
		conn := r.dial(append(r.style.client(r.client), grpc.WithContextDialer(refuse))...)
		defer conn.Close()
		client := testgrpc.NewTestServiceClient(conn)
		if _, err := client.EmptyCall(r.context(), &testgrpc.Empty{}); status.Code(err) != codes.Unavailable {
			t.Fatal(err)
		}
		if _, err := client.FullDuplexCall(r.context()); status.Code(err) != codes.Unavailable {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(r.context(), 20*time.Millisecond)
		defer cancel()
		if _, err := client.EmptyCall(ctx, &testgrpc.Empty{}, grpc.WaitForReady(true)); status.Code(err) != codes.DeadlineExceeded {
			t.Fatal(err)
		}
		_, spans := r.wait(3)
		for i, want := range []string{"Unavailable error", "Unavailable error", "DeadlineExceeded error"} {
			if got := outcome(spans[i]); got != want {
				t.Errorf("%d: %s, want %s", i, got, want)
			}
		}
		r.settle(3)
	})
}

// TestUnaryRetried: a handler sees attempts, an interceptor the call.
func TestUnaryRetried(t *testing.T) {
	const retry = `{"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 3, "initialBackoff": "0.001s",
		"maxBackoff": "0.002s", "backoffMultiplier": 1, "retryableStatusCodes": ["UNAVAILABLE"]}}]}`
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		tries := 0
		r.service.unary = func(context.Context, *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) {
			if tries++; tries < 3 {
				return nil, status.Error(codes.Unavailable, "busy")
			}
			return &testgrpc.SimpleResponse{}, nil
		}
		r.start()
		conn := r.dial(append(r.style.client(r.client), grpc.WithDefaultServiceConfig(retry))...)
		defer conn.Close()
		if _, err := testgrpc.NewTestServiceClient(conn).UnaryCall(r.context(), &testgrpc.SimpleRequest{}); err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{
			"handlers":     {"Unavailable error", "Unavailable error", "OK"},
			"interceptors": {"OK"},
		}[s.name]
		server, client := r.wait(3 + len(want))
		var got []string
		for _, span := range client {
			got = append(got, outcome(span))
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		for i, span := range server {
			if span.ParentID != client[min(i, len(client)-1)].SpanID {
				t.Errorf("attempt %d is another's child:\n%s", i, r.spans.Tree())
			}
		}
		r.settle(3 + len(want))
	})
}

// TestPeerAddress uses a real socket.
func TestPeerAddress(t *testing.T) {
	for name, opts := range map[string][]spurgrpc.Option{"OpenTracing": nil, "semantic": {spurgrpc.WithSemanticNames()}} {
		t.Run(name, func(t *testing.T) { testPeerAddress(t, opts) })
	}
}

func testPeerAddress(t *testing.T, opts []spurgrpc.Option) {
	tracer, spans := spurtest.New(t)
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := grpc.NewServer(handlers.server(tracer, opts...)...)
	testgrpc.RegisterTestServiceServer(srv, &service{})
	go func() { _ = srv.Serve(lis) }()
	conn, err := grpc.NewClient(lis.Addr().String(), append(handlers.client(tracer, opts...),
		grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := testgrpc.NewTestServiceClient(conn).EmptyCall(ctx, &testgrpc.Empty{}); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	srv.Stop()
	if err := spans.Wait(ctx, 2); err != nil {
		t.Fatal(err)
	}
	for _, s := range spans.Spans() {
		peer := tag(s, "peer.address")
		if opts != nil {
			if peer != "" {
				t.Errorf("both names of the address:\n%s", spans.Tree())
			}
			peer = net.JoinHostPort(tag(s, "network.peer.address"), tag(s, "network.peer.port"))
		}
		client := tag(s, "span.kind") == "client"
		if !strings.HasPrefix(peer, "127.0.0.1:") || client && peer != lis.Addr().String() {
			t.Errorf("peer %s, the server is %s:\n%s", peer, lis.Addr(), spans.Tree())
		}
	}
}

// TestMetadata: the caller's metadata stays as it is and arrives, binary values
// and all, with one context: its own, even when the caller forwards another's.
func TestMetadata(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		r := newRig(t, s)
		var arrived metadata.MD
		r.service.unary = func(ctx context.Context, _ *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) {
			arrived, _ = metadata.FromIncomingContext(ctx)
			return &testgrpc.SimpleResponse{}, nil
		}
		r.start()
		md := metadata.Pairs("x-key", "a", "x-key", "b", "x-bin", "\x00\xff", "uber-trace-id", "1:2:0:1",
			"uber-trace-id-bin", "\x01")
		before := md.Copy()
		ctx := metadata.NewOutgoingContext(r.context(), md)
		ctx = metadata.AppendToOutgoingContext(ctx, "X-Added", "c")
		if _, err := r.UnaryCall(ctx, &testgrpc.SimpleRequest{}); err != nil {
			t.Fatal(err)
		}
		_, client := r.pair()
		if len(md) != len(before) {
			t.Errorf("the caller's metadata became %v", md)
		}
		for k, v := range before {
			if !slices.Equal(md[k], v) {
				t.Errorf("%s became %q", k, md[k])
			}
			if k != "uber-trace-id" && !slices.Equal(arrived[k], v) {
				t.Errorf("%s arrived as %q", k, arrived[k])
			}
		}
		if got := arrived["x-added"]; !slices.Equal(got, []string{"c"}) {
			t.Errorf("x-added arrived as %q", got)
		}
		if got := arrived["uber-trace-id"]; len(got) != 1 || !strings.Contains(got[0], ":"+client.SpanID.String()+":") {
			t.Errorf("uber-trace-id arrived as %q", got)
		}
	})
}
