// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net"
	"net/http"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurgrpc"
)

// reserveMethod takes a StringValue, the item, and answers with Empty.
const reserveMethod = "/shop.Stock/Reserve"

// stockServer is the stock, and a connection to it.
type stockServer struct {
	tracer *spur.Tracer
	store  string
	server *grpc.Server
	conn   *grpc.ClientConn
	client stockClient
}

// startStock starts the stock; its client's spans are customer's.
func startStock(tracer, customer *spur.Tracer, store string) (*stockServer, error) {
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &stockServer{tracer: tracer, store: store, server: grpc.NewServer(grpc.StatsHandler(spurgrpc.ServerHandler(tracer)))}
	s.server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "shop.Stock",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Reserve", Handler: s.serveReserve}},
	}, s)
	go func() { _ = s.server.Serve(lis) }() // until close
	s.conn, err = grpc.NewClient(lis.Addr().String(),
		grpc.WithStatsHandler(spurgrpc.ClientHandler(customer)),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		s.server.Stop()
		return nil, err
	}
	s.client = stockClient{s.conn}
	return s, nil
}

func (s *stockServer) close() {
	s.conn.Close()
	s.server.GracefulStop()
}

// serveReserve is what protoc would generate.
func (s *stockServer) serveReserve(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) { //nolint:revive // the signature is grpc.MethodDesc's
	item := new(wrapperspb.StringValue)
	if err := decode(item); err != nil {
		return nil, err
	}
	return new(emptypb.Empty), s.reserve(ctx, item.GetValue())
}

func (s *stockServer) reserve(ctx context.Context, item string) error {
	ctx, span := s.tracer.Start(ctx, "find shelf")
	defer span.Finish()
	span.SetString("item", item)
	if item == "gold" {
		err := status.Error(codes.FailedPrecondition, "out of stock")
		span.SetError(err)
		return err
	}
	_, err := get(ctx, http.MethodGet, s.store+"/shelves/"+item)
	span.SetError(err)
	return err
}

// stockClient asks the stock.
type stockClient struct{ conn *grpc.ClientConn }

func (c stockClient) reserve(ctx context.Context, item string) error {
	return c.conn.Invoke(ctx, reserveMethod, wrapperspb.String(item), new(emptypb.Empty))
}
