// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

// TestFunctionsThatPanic: a function of the program's that panics does not harm the
// RPC, which is traced under its method; the tracer counts it.
func TestFunctionsThatPanic(t *testing.T) {
	name := spurgrpc.WithOperationName(func(string) string { panic(errors.New("no name")) })
	filter := spurgrpc.WithFilter(func(string) bool { panic("no answer") })
	none := spurgrpc.WithFilter(func(string) bool { return false })
	for what, c := range map[string]struct {
		opts  []spurgrpc.Option
		spans int
	}{
		"name":            {[]spurgrpc.Option{name}, 1},
		"filter":          {[]spurgrpc.Option{filter}, 1},
		"filter and name": {[]spurgrpc.Option{filter, name}, 1},
		"one of two":      {[]spurgrpc.Option{filter, none}, 0},
	} {
		bothStyles(t, func(t *testing.T, s style) {
			r := newRig(t, s)
			r.clientOpts, r.serverOpts = c.opts, c.opts
			r.service.duplex = echo
			r.start()
			if _, err := r.EmptyCall(r.context(), &testgrpc.Empty{}); err != nil {
				t.Fatal(what, err)
			}
			cs, err := r.FullDuplexCall(r.context())
			if err != nil {
				t.Fatal(what, err)
			}
			if err := cs.CloseSend(); err != nil {
				t.Error(err)
			}
			expectEnd(r, drain(cs), codes.OK)
			server, client := r.wait(4 * c.spans)
			if len(server) != 2*c.spans || len(client) != 2*c.spans {
				t.Fatalf("%s:\n%s", what, r.spans.Tree())
			}
			for _, span := range append(server, client...) {
				if span.Operation != emptyCall && span.Operation != duplexCall {
					t.Errorf("%s: a span is called %q", what, span.Operation)
				}
			}
			for side, tracer := range map[string]*spur.Tracer{"client": r.client, "server": r.server} {
				if got := tracer.Stats().Cut.Panics; got != uint64(2*c.spans) {
					t.Errorf("%s: %s: %d panics", what, side, got)
				}
			}
		})
	}
}

// TestUnknownMethodAfterPanic: RPCs for methods that the server does not have are
// traced when a filter panics, too.
func TestUnknownMethodAfterPanic(t *testing.T) {
	r := newRig(t, handlers)
	r.serverOpts = []spurgrpc.Option{spurgrpc.WithFilter(func(string) bool { panic("no answer") })}
	r.start()
	err := r.conn.Invoke(r.context(), "/no.Service/Method", &testgrpc.Empty{}, &testgrpc.Empty{})
	if status.Code(err) != codes.Unimplemented {
		t.Fatal(err)
	}
	if server, _ := r.wait(2); len(server) != 1 || server[0].Operation != "unknown method" || r.server.Stats().Cut.Panics != 1 {
		t.Errorf("%d panics:\n%s", r.server.Stats().Cut.Panics, r.spans.Tree())
	}
}

// wildAddr is an address whose methods panic when it is nil.
type wildAddr struct{ net.Addr }

// wildMessage is a message whose methods panic.
type wildMessage struct{}

func (wildMessage) ProtoReflect() protoreflect.Message { panic("no reflection") }

// TestValuesThatPanic: nor does an address or a message.
func TestValuesThatPanic(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx := peer.NewContext(context.Background(), &peer.Peer{Addr: (*wildAddr)(nil)})
	serve := spurgrpc.UnaryServerInterceptor(tracer, spurgrpc.WithMessageEvents())
	resp, err := serve(ctx, wildMessage{}, &grpc.UnaryServerInfo{FullMethod: "/a.B/C"},
		func(context.Context, any) (any, error) { return "served", nil })
	if resp != "served" || err != nil {
		t.Errorf("got %v, %v", resp, err)
	}
	if got := spans.Spans(); len(got) != 1 || outcome(got[0]) != "OK" || len(got[0].Logs) != 2 {
		t.Errorf("got\n%s", spans.Tree())
	}
}

// wildError is an error whose methods panic.
type wildError struct{}

func (wildError) GRPCStatus() *status.Status { panic("no status") }
func (wildError) Error() string              { panic("no text") }

// TestErrorThatPanics: the caller gets an error that nobody can read, as without us.
func TestErrorThatPanics(t *testing.T) {
	tracer, spans := spurtest.New(t)
	fails := func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error {
		return wildError{}
	}
	err := spurgrpc.UnaryClientInterceptor(tracer)(context.Background(), "/a.B/C", nil, nil, nil, fails)
	if _, ok := err.(wildError); !ok {
		t.Errorf("got a %T", err)
	}
	if got := spans.Spans(); len(got) != 1 || outcome(got[0]) != "Unknown error" {
		t.Errorf("got\n%s", spans.Tree())
	}
}
