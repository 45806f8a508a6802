// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

// TestOneSidedStreams covers the streams that have one message in a direction.
func TestOneSidedStreams(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		for _, messages := range []bool{false, true} {
			spurtest.CheckLeaks(t)
			r := newRig(t, s)
			if messages {
				r.clientOpts = append(r.clientOpts, spurgrpc.WithMessageEvents())
				r.serverOpts = append(r.serverOpts, spurgrpc.WithMessageEvents())
			}
			r.service.output = func(ss outputServer) error {
				for range 2 {
					if err := ss.Send(response); err != nil {
						return err
					}
				}
				return nil
			}
			r.service.input = func(ss inputServer) error {
				for {
					if _, err := ss.Recv(); errors.Is(err, io.EOF) {
						return ss.SendAndClose(&testgrpc.StreamingInputCallResponse{AggregatedPayloadSize: 7})
					} else if err != nil {
						return err
					}
				}
			}
			r.start()

			out, err := r.StreamingOutputCall(r.context(), request)
			if err != nil {
				t.Fatal(err)
			}
			for err == nil {
				_, err = out.Recv()
			}
			expectEnd(r, err, codes.OK)
			r.pair()
			if messages {
				expectMessages(r, "sent 1", "received 2")
			}

			r.spans.Reset()
			in, err := r.StreamingInputCall(r.context())
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if err := in.Send(&testgrpc.StreamingInputCallRequest{}); err != nil {
					t.Error(err)
				}
			}
			if _, err := in.CloseAndRecv(); err != nil {
				t.Error(err)
			}
			r.pair()
			if messages {
				expectMessages(r, "sent 3", "received 1")
			}
			r.settle(2)
		}
	})
}

// TestRefusedWhileSending: an early refusal must not look like success, even where
// grpc does not say which it was.
func TestRefusedWhileSending(t *testing.T) {
	bothStyles(t, func(t *testing.T, s style) {
		spurtest.CheckLeaks(t)
		r := newRig(t, s)
		r.service.input = func(inputServer) error { return status.Error(codes.PermissionDenied, "no") }
		r.start()
		in, err := r.StreamingInputCall(r.context())
		if err != nil {
			t.Fatal(err)
		}
		for in.Send(&testgrpc.StreamingInputCallRequest{}) == nil {
		}
		if _, err := in.CloseAndRecv(); status.Code(err) != codes.PermissionDenied {
			t.Error(err)
		}
		want := map[string]string{"handlers": "Unknown error", "interceptors": "PermissionDenied error"}[s.name]
		if _, client := r.pair(); outcome(client) != want {
			t.Errorf("client: %s, want %s", outcome(client), want)
		}
		r.settle(2)
	})
}

// TestWithoutInfo: tests of interceptor chains call them with nothing.
func TestWithoutInfo(t *testing.T) {
	tracer, spans := spurtest.New(t)
	answer, err := spurgrpc.UnaryServerInterceptor(tracer)(t.Context(), 1, nil, func(context.Context, any) (any, error) { return 2, nil })
	if answer != 2 || err != nil {
		t.Errorf("got %v, %v", answer, err)
	}
	if err := spurgrpc.StreamServerInterceptor(tracer)(nil, nil, nil, func(any, grpc.ServerStream) error { return io.EOF }); err != io.EOF {
		t.Errorf("got %v", err)
	}
	if n := len(spans.Spans()); n != 0 {
		t.Errorf("%d spans", n)
	}
}
