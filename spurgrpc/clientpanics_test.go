// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"testing"

	"google.golang.org/grpc"

	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

// TestClientPanics: an interceptor behind ours that panics ends the span, and the
// panic goes on.
func TestClientPanics(t *testing.T) {
	tracer, spans := spurtest.New(t)
	for name, call := range map[string]func(){
		"unary": func() {
			_ = spurgrpc.UnaryClientInterceptor(tracer)(t.Context(), "/a.B/C", nil, nil, nil,
				func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error { panic("boom") })
		},
		"stream": func() {
			_, _ = spurgrpc.StreamClientInterceptor(tracer)(t.Context(), &grpc.StreamDesc{}, nil, "/a.B/C",
				func(context.Context, *grpc.StreamDesc, *grpc.ClientConn, string, ...grpc.CallOption) (grpc.ClientStream, error) {
					panic("boom")
				})
		},
	} {
		func() {
			defer func() {
				if v := recover(); v != "boom" {
					t.Errorf("%s: recovered %v", name, v)
				}
			}()
			call()
		}()
		if got := spans.Spans(); len(got) != 1 || outcome(got[0]) != "Unknown error" {
			t.Errorf("%s: got\n%s", name, spans.Tree())
		}
		spans.Reset()
	}
}

// wildStream is a stream whose codec panics.
type wildStream struct{ grpc.ClientStream }

func (wildStream) SendMsg(any) error { panic("boom") }
func (wildStream) RecvMsg(any) error { panic("boom") }

// TestClientStreamPanics: a method of the stream that panics ends the span, whether or
// not the context ends, and the panic goes on.
func TestClientStreamPanics(t *testing.T) {
	for name, use := range map[string]func(grpc.ClientStream){
		"send":    func(cs grpc.ClientStream) { _ = cs.SendMsg(nil) },
		"receive": func(cs grpc.ClientStream) { _ = cs.RecvMsg(nil) },
	} {
		for _, opts := range [][]spurgrpc.Option{nil, {spurgrpc.WithMessageEvents()}} {
			for _, many := range []bool{false, true} {
				tracer, spans := spurtest.New(t)
				cs, err := spurgrpc.StreamClientInterceptor(tracer, opts...)(t.Context(), &grpc.StreamDesc{ServerStreams: many}, nil, "/a.B/C",
					func(context.Context, *grpc.StreamDesc, *grpc.ClientConn, string, ...grpc.CallOption) (grpc.ClientStream, error) {
						return wildStream{}, nil
					})
				if err != nil {
					t.Fatal(err)
				}
				func() {
					defer func() {
						if v := recover(); v != "boom" {
							t.Errorf("%s: recovered %v", name, v)
						}
					}()
					use(cs)
				}()
				if got := spans.Spans(); len(got) != 1 || outcome(got[0]) != "Unknown error" {
					t.Errorf("%s, many %v: got\n%s", name, many, spans.Tree())
				}
			}
		}
	}
}
