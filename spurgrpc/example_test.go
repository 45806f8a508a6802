// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"fmt"
	"log"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

// listen opens a loopback port for an example.
func listen() net.Listener {
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return lis
}

// Both sides of an RPC, by handlers.
func Example() {
	client, spans := spurtest.New(nil) // in real life spur.New
	server := spans.Tracer("server")
	defer client.Close()
	defer server.Close()

	srv := grpc.NewServer(grpc.StatsHandler(spurgrpc.ServerHandler(server)))
	grpc_health_v1.RegisterHealthServer(srv, health.NewServer()) // or your own service
	lis := listen()
	go func() { _ = srv.Serve(lis) }()

	conn, err := grpc.NewClient(lis.Addr().String(),
		grpc.WithStatsHandler(spurgrpc.ClientHandler(client)),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}

	ctx, parent := client.Start(context.Background(), "visit")
	answer, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		log.Fatal(err)
	}
	parent.Finish()
	fmt.Println(answer.GetStatus())

	conn.Close()
	srv.GracefulStop() // then the server's spans have finished, too
	for _, s := range spans.Spans() {
		fmt.Println(s.Operation, tag(s, "span.kind"), s.TraceID == parent.SpanContext().TraceID())
	}
	// Unordered output:
	// SERVING
	// visit  true
	// /grpc.health.v1.Health/Check client true
	// /grpc.health.v1.Health/Check server true
}

// The interceptors, among others.
func ExampleUnaryServerInterceptor() {
	tracer, spans := spurtest.New(nil)
	defer tracer.Close()

	greet := func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		fmt.Println("traced:", spur.SpanFromContext(ctx).OperationName())
		return handler(ctx, req)
	}
	srv := grpc.NewServer(
		grpc.ChainUnaryInterceptor(spurgrpc.UnaryServerInterceptor(tracer), greet),
		grpc.ChainStreamInterceptor(spurgrpc.StreamServerInterceptor(tracer)))
	grpc_health_v1.RegisterHealthServer(srv, health.NewServer())
	lis := listen()
	go func() { _ = srv.Serve(lis) }()

	conn, err := grpc.NewClient(lis.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = grpc_health_v1.NewHealthClient(conn).Check(context.Background(), &grpc_health_v1.HealthCheckRequest{Service: "x"})
	fmt.Println(err)

	conn.Close()
	srv.GracefulStop()
	s := spans.Spans()[0]
	fmt.Println(s.Operation, tag(s, "response_code"), tag(s, "error"))
	// Output:
	// traced: /grpc.health.v1.Health/Check
	// rpc error: code = NotFound desc = unknown service
	// /grpc.health.v1.Health/Check NotFound
}
