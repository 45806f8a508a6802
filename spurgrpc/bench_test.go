// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"fmt"
	"net"
	"testing"

	"google.golang.org/grpc"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/stats"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurgrpc"
)

// newTracer samples everything or nothing, and reports to nobody.
func newTracer(t testing.TB, sampled bool) *spur.Tracer {
	t.Helper()
	tracer, err := spur.New("bench", spur.WithSampler(sampler.NewParentBased(sampler.NewConst(sampled))), spur.WithReporter(reporter.Null{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tracer.Close() })
	return tracer
}

var plain = style{
	"untraced",
	func(*spur.Tracer, ...spurgrpc.Option) []grpc.ServerOption { return nil },
	func(*spur.Tracer, ...spurgrpc.Option) []grpc.DialOption { return nil },
}

// BenchmarkUnary is a whole RPC in memory, with both sides traced.
func BenchmarkUnary(b *testing.B) {
	bench := func(s style, sampled bool, opts ...spurgrpc.Option) func(*testing.B) {
		return func(b *testing.B) {
			tracer := newTracer(b, sampled)
			r := &rig{TB: b, style: s, client: tracer, server: tracer, clientOpts: opts, serverOpts: opts}
			r.start()
			ctx, parent := tracer.Start(context.Background(), "parent")
			defer parent.Finish()
			if _, err := r.EmptyCall(ctx, &testgrpc.Empty{}); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if _, err := r.EmptyCall(ctx, &testgrpc.Empty{}); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.Run("untraced", bench(plain, false))
	for _, s := range []style{handlers, interceptors} {
		b.Run(s.name+"/unsampled", bench(s, false))
		b.Run(s.name+"/sampled", bench(s, true))
		b.Run(s.name+"/events", bench(s, true, spurgrpc.WithMessageEvents()))
	}
}

// side is what one side does for one RPC, without grpc around it.
type side struct {
	name string
	run  func()
}

// sides prepares both sides of a unary RPC in both styles. The server gets what
// grpc's client sends: seven headers, two of them ours.
func sides(t testing.TB, sampled bool) []side {
	tracer := newTracer(t, sampled)
	ctx, parent := tracer.Start(context.Background(), "parent")
	addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4711}
	var md metadata.MD
	unaryClient := spurgrpc.UnaryClientInterceptor(tracer)
	err := unaryClient(ctx, unaryCall, nil, nil, nil,
		func(ctx context.Context, _ string, _, _ any, _ *grpc.ClientConn, _ ...grpc.CallOption) error {
			md, _ = metadata.FromOutgoingContext(ctx)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	md.Set(":authority", "test")
	md.Set("content-type", "application/grpc")
	md.Set("user-agent", "grpc-go/1.84.0")
	md.Set("grpc-accept-encoding", "gzip")
	incoming := metadata.NewIncomingContext(peer.NewContext(context.Background(), &peer.Peer{Addr: addr}), md)
	parent.Finish()

	server, client := spurgrpc.ServerHandler(tracer), spurgrpc.ClientHandler(tracer)
	tag := &stats.RPCTagInfo{FullMethodName: unaryCall}
	serverEvents := []stats.RPCStats{
		&stats.InHeader{RemoteAddr: addr}, &stats.Begin{}, &stats.InPayload{}, &stats.OutHeader{},
		&stats.OutPayload{}, &stats.OutTrailer{}, &stats.End{},
	}
	clientEvents := []stats.RPCStats{
		&stats.Begin{Client: true}, &stats.OutHeader{Client: true, RemoteAddr: addr}, &stats.OutPayload{Client: true},
		&stats.InHeader{Client: true}, &stats.InPayload{Client: true}, &stats.InTrailer{Client: true}, &stats.End{Client: true},
	}
	handle := func(h stats.Handler, ctx context.Context, events []stats.RPCStats) func() {
		return func() {
			ctx := h.TagRPC(ctx, tag)
			for _, e := range events {
				h.HandleRPC(ctx, e)
			}
		}
	}
	unaryServer := spurgrpc.UnaryServerInterceptor(tracer)
	info := &grpc.UnaryServerInfo{FullMethod: unaryCall}
	serve := func(context.Context, any) (any, error) { return nil, nil }
	invoke := func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error { return nil }
	return []side{
		{"server/handler", handle(server, incoming, serverEvents)},
		{"server/interceptor", func() { _, _ = unaryServer(incoming, nil, info, serve) }},
		{"client/handler", handle(client, ctx, clientEvents)},
		{"client/interceptor", func() { _ = unaryClient(ctx, unaryCall, nil, nil, nil, invoke) }},
	}
}

// BenchmarkSides is what each side adds to a unary RPC.
func BenchmarkSides(b *testing.B) {
	for _, sampled := range []bool{false, true} {
		for _, s := range sides(b, sampled) {
			b.Run(fmt.Sprintf("%s/sampled=%v", s.name, sampled), func(b *testing.B) {
				b.ReportAllocs()
				for range b.N {
					s.run()
				}
			})
		}
	}
}
