// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

type duplexClient = grpc.BidiStreamingClient[testgrpc.StreamingOutputCallRequest, testgrpc.StreamingOutputCallResponse]

// ending is one way in which a stream may end.
type ending struct {
	name           string
	serve          func(duplexServer) error
	call           func(*rig, context.Context, context.CancelFunc, duplexClient)
	server, client string // outcomes
	handlerClient  string // the client's with ClientHandler, when it differs
}

var (
	request  = &testgrpc.StreamingOutputCallRequest{}
	response = &testgrpc.StreamingOutputCallResponse{}
)

// untilDone waits for the caller to go.
func untilDone(ss duplexServer) error {
	<-ss.Context().Done()
	return ss.Context().Err()
}

// echo answers each message until the client has sent all.
func echo(ss duplexServer) error {
	for {
		if _, err := ss.Recv(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := ss.Send(response); err != nil {
			return err
		}
	}
}

// drain receives to the end and returns it.
func drain(cs duplexClient) error {
	for {
		if _, err := cs.Recv(); err != nil {
			return err
		}
	}
}

func expectEnd(r *rig, got error, want codes.Code) {
	r.Helper()
	if errors.Is(got, io.EOF) {
		got = nil
	}
	if status.Code(got) != want {
		r.Errorf("the stream ended with %v, want %v", got, want)
	}
}

var endings = []ending{
	{
		name:  "EOF after half-close",
		serve: echo,
		call: func(r *rig, _ context.Context, _ context.CancelFunc, cs duplexClient) {
			for range 3 {
				if err := cs.Send(request); err != nil {
					r.Error(err)
				}
				if _, err := cs.Recv(); err != nil {
					r.Error(err)
				}
			}
			if err := cs.CloseSend(); err != nil {
				r.Error(err)
			}
			expectEnd(r, drain(cs), codes.OK)
		},
		server: "OK", client: "OK",
	},
	{
		name: "error of the server",
		serve: func(ss duplexServer) error {
			if err := ss.Send(response); err != nil {
				return err
			}
			return status.Error(codes.DataLoss, "gone")
		},
		call: func(r *rig, _ context.Context, _ context.CancelFunc, cs duplexClient) {
			expectEnd(r, drain(cs), codes.DataLoss)
		},
		server: "DataLoss error", client: "DataLoss error",
	},
	{
		name:  "client cancels while receiving",
		serve: echo,
		call: func(r *rig, _ context.Context, cancel context.CancelFunc, cs duplexClient) {
			if err := cs.Send(request); err != nil {
				r.Error(err)
			}
			if _, err := cs.Recv(); err != nil {
				r.Error(err)
			}
			cancel()
			expectEnd(r, drain(cs), codes.Canceled)
		},
		server: "Canceled", client: "Canceled",
	},
	{
		name:  "client half-closes, never receives and cancels",
		serve: untilDone,
		call: func(r *rig, _ context.Context, cancel context.CancelFunc, cs duplexClient) {
			if err := cs.CloseSend(); err != nil {
				r.Error(err)
			}
			cancel()
		},
		server: "Canceled", client: "Canceled",
	},
	{
		name:  "client does nothing and closes the connection",
		serve: untilDone,
		call: func(r *rig, _ context.Context, _ context.CancelFunc, _ duplexClient) {
			r.conn.Close()
		},
		server: "Canceled", client: "Canceled error",
	},
	{
		name:  "server returns early, client goes on sending",
		serve: func(duplexServer) error { return nil },
		call: func(r *rig, _ context.Context, _ context.CancelFunc, cs duplexClient) {
			for cs.Send(request) == nil { // until io.EOF
			}
			expectEnd(r, drain(cs), codes.OK)
		},
		server: "OK", client: "OK",
	},
	{
		name:  "server refuses early, client never receives and cancels",
		serve: func(duplexServer) error { return status.Error(codes.PermissionDenied, "no") },
		call: func(r *rig, _ context.Context, cancel context.CancelFunc, cs duplexClient) {
			for cs.Send(request) == nil {
			}
			cancel()
		},
		server: "PermissionDenied", client: "Canceled", handlerClient: "OK", // see ClientHandler
	},
	{
		name:  "server refuses early, client goes on sending and receives",
		serve: func(duplexServer) error { return status.Error(codes.PermissionDenied, "no") },
		call: func(r *rig, _ context.Context, _ context.CancelFunc, cs duplexClient) {
			for cs.Send(request) == nil {
			}
			expectEnd(r, drain(cs), codes.PermissionDenied)
		},
		server: "PermissionDenied", client: "PermissionDenied error", handlerClient: "OK", // see ClientHandler
	},
	{
		name:  "server cancels",
		serve: func(duplexServer) error { return context.Canceled },
		call: func(r *rig, _ context.Context, _ context.CancelFunc, cs duplexClient) {
			expectEnd(r, drain(cs), codes.Canceled)
		},
		server: "Canceled", client: "Canceled error",
	},
	{
		name:  "deadline",
		serve: untilDone,
		call: func(r *rig, ctx context.Context, _ context.CancelFunc, cs duplexClient) {
			expectEnd(r, drain(cs), codes.DeadlineExceeded)
		},
		server: "", client: "DeadlineExceeded error", // the server hears of the cancellation or of the deadline first
	},
	{
		name:  "connection lost",
		serve: untilDone,
		call: func(r *rig, _ context.Context, _ context.CancelFunc, cs duplexClient) {
			if err := cs.Send(request); err != nil {
				r.Error(err)
			}
			r.srv.Stop()
			expectEnd(r, drain(cs), codes.Unavailable)
		},
		server: "Canceled", client: "Unavailable error",
	},
	{
		name:  "server's error is no status",
		serve: func(duplexServer) error { return errors.New("broken") },
		call: func(r *rig, _ context.Context, _ context.CancelFunc, cs duplexClient) {
			expectEnd(r, drain(cs), codes.Unknown)
		},
		server: "Unknown error", client: "Unknown error",
	},
	{
		name: "client asks for the header and cancels",
		serve: func(ss duplexServer) error {
			if err := ss.SendHeader(nil); err != nil {
				return err
			}
			return untilDone(ss)
		},
		call: func(r *rig, _ context.Context, cancel context.CancelFunc, cs duplexClient) {
			if _, err := cs.Header(); err != nil {
				r.Error(err)
			}
			cancel()
		},
		server: "Canceled", client: "Canceled",
	},
}

// TestStreamEndings: contrib#501, #839: spans and goroutines that never end.
func TestStreamEndings(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		for _, e := range endings {
			for _, messages := range []bool{false, true} {
				name := e.name
				if messages {
					name += ", with message events"
				}
				t.Run(name, func(t *testing.T) { testEnding(t, s, e, messages) })
			}
		}
	})
}

func testEnding(t *testing.T, s style, e ending, messages bool) {
	spurtest.CheckLeaks(t)
	r := newRig(t, s)
	if messages {
		r.clientOpts = append(r.clientOpts, spurgrpc.WithMessageEvents())
		r.serverOpts = append(r.serverOpts, spurgrpc.WithMessageEvents())
	}
	entered := make(chan struct{})
	r.service.duplex = func(ss duplexServer) error {
		close(entered)
		return e.serve(ss)
	}
	r.start()
	ctx, cancel := context.WithCancel(r.context())
	if e.name == "deadline" {
		ctx, cancel = context.WithTimeout(r.context(), 50*time.Millisecond)
	}
	defer cancel()
	cs, err := r.FullDuplexCall(ctx)
	if err != nil {
		t.Fatal(err)
	}
	<-entered
	e.call(r, ctx, cancel, cs)
	server, client := r.pair()
	if got := outcome(server); e.server != "" && got != e.server {
		t.Errorf("server: %s, want %s", got, e.server)
	}
	want := e.client
	if s.name == handlers.name && e.handlerClient != "" {
		want = e.handlerClient
	}
	if got := outcome(client); got != want {
		t.Errorf("client: %s, want %s", got, want)
	}
	if server.Operation != duplexCall || client.Operation != duplexCall {
		t.Errorf("operations %q and %q", server.Operation, client.Operation)
	}
	r.settle(2)
}
