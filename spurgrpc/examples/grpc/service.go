// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/go-spur/spur"
)

// What protoc would generate of
//
//	service Pricing {
//	  rpc Price(google.protobuf.StringValue) returns (google.protobuf.StringValue);
//	  rpc Watch(google.protobuf.StringValue) returns (stream google.protobuf.StringValue);
//	}
//
// is written by hand here, so that the example needs no tools.
var pricingService = grpc.ServiceDesc{
	ServiceName: "shop.Pricing",
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "Price",
		Handler: func(srv any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			item := new(wrapperspb.StringValue)
			if err := decode(item); err != nil {
				return nil, err
			}
			return srv.(*prices).price(ctx, item.GetValue())
		},
	}},
	Streams: []grpc.StreamDesc{{
		StreamName:    "Watch",
		ServerStreams: true,
		Handler: func(srv any, ss grpc.ServerStream) error {
			if err := ss.RecvMsg(new(wrapperspb.StringValue)); err != nil {
				return err
			}
			return srv.(*prices).watch(ss)
		},
	}},
}

// prices is the server.
type prices struct{ tracer *spur.Tracer }

func (p *prices) price(ctx context.Context, item string) (*wrapperspb.StringValue, error) {
	span := spur.SpanFromContext(ctx) // the RPC's
	span.SetString("customer", span.BaggageItem("customer"))

	_, query := p.tracer.Start(ctx, "SELECT")
	defer query.Finish()
	if item != "tea" {
		return nil, status.Errorf(codes.NotFound, "no %s here", item)
	}
	return wrapperspb.String("3€"), nil
}

func (p *prices) watch(ss grpc.ServerStream) error {
	for _, price := range []string{"3€", "4€"} {
		if err := ss.SendMsg(wrapperspb.String(price)); err != nil {
			return err
		}
	}
	return nil
}

// priceOf is the client of Price.
func priceOf(ctx context.Context, conn *grpc.ClientConn, item string) (string, error) {
	price := new(wrapperspb.StringValue)
	err := conn.Invoke(ctx, "/shop.Pricing/Price", wrapperspb.String(item), price)
	return price.GetValue(), err
}

// watch is the client of Watch.
func watch(ctx context.Context, conn *grpc.ClientConn, item string) (grpc.ServerStreamingClient[wrapperspb.StringValue], error) {
	cs, err := conn.NewStream(ctx, &grpc.StreamDesc{StreamName: "Watch", ServerStreams: true}, "/shop.Pricing/Watch")
	if err != nil {
		return nil, err
	}
	stream := &grpc.GenericClientStream[wrapperspb.StringValue, wrapperspb.StringValue]{ClientStream: cs}
	if err := stream.ClientStream.SendMsg(wrapperspb.String(item)); err != nil {
		return nil, err
	}
	return stream, stream.CloseSend()
}
