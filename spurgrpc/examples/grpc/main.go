// SPDX-License-Identifier: Apache-2.0

// Grpc runs a gRPC server and a client of it, both traced, and draws the trace
// that comes of three RPCs: one that succeeds, one that fails and a stream.
//
//	go run ./examples/grpc    # in the directory spurgrpc
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	// A tracer for each service; in real life they are different programs, and
	// their spans go to Jaeger instead of a recorder.
	spans := new(spurtest.Recorder)
	shop, err := newTracer("shop", spans)
	if err != nil {
		return err
	}
	defer shop.Close()
	pricing, err := newTracer("pricing", spans)
	if err != nil {
		return err
	}
	defer pricing.Close()

	server := grpc.NewServer(grpc.StatsHandler(spurgrpc.ServerHandler(pricing, spurgrpc.WithoutHealthChecks())))
	server.RegisterService(&pricingService, &prices{tracer: pricing})
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(lis) }()

	conn, err := grpc.NewClient(lis.Addr().String(),
		grpc.WithStatsHandler(spurgrpc.ClientHandler(shop, spurgrpc.WithMessageEvents())),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := visit(ctx, out, shop, conn); err != nil {
		return err
	}

	server.GracefulStop() // waits for the RPCs, and so for their spans
	if err := <-served; err != nil {
		return err
	}
	fmt.Fprint(out, "\n", spans.Tree())
	return nil
}

func newTracer(service string, spans *spurtest.Recorder) (*spur.Tracer, error) {
	return spur.New(service,
		spur.WithSampler(sampler.NewConst(true)),
		spur.WithReporter(spans))
}

// visit makes the RPCs, within a span of its own.
func visit(ctx context.Context, out io.Writer, tracer *spur.Tracer, conn *grpc.ClientConn) error {
	ctx, span := tracer.Start(ctx, "visit")
	defer span.Finish()
	span.SetBaggageItem("customer", "ada") // goes with every RPC

	price, err := priceOf(ctx, conn, "tea")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "tea costs", price)

	_, err = priceOf(ctx, conn, "gold")
	fmt.Fprintln(out, "gold:", err)

	stream, err := watch(ctx, conn, "tea")
	if err != nil {
		return err
	}
	for {
		price, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(out, "tea now costs", price.GetValue())
	}
}
