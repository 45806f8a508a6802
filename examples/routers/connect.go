// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"context"
	"net/http"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// Connect is a service with connect. Its clients are given spurhttp.Client(nil).
func Connect(tracer *spur.Tracer, checker grpchealth.Checker) http.Handler {
	mux := http.NewServeMux()
	// In your program: mux.Handle(ordersv1connect.NewOrdersHandler(orders, …)).
	mux.Handle(grpchealth.NewHandler(checker, connect.WithInterceptors(connectRoute{}), connect.WithRecover(recovered)))
	return spurhttp.Handler(tracer, mux)
}

// connectRoute is an interceptor for handlers, by which spans are called
// "POST /acme.Orders/Get" instead of "POST /acme.Orders/".
type connectRoute struct{}

// WrapUnary implements connect.Interceptor.
func (connectRoute) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		spurhttp.SetRoute(ctx, req.Spec().Procedure)
		return next(ctx, req)
	}
}

// WrapStreamingHandler implements connect.Interceptor.
func (connectRoute) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		spurhttp.SetRoute(ctx, conn.Spec().Procedure)
		return next(ctx, conn)
	}
}

// WrapStreamingClient implements connect.Interceptor.
func (connectRoute) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func recovered(context.Context, connect.Spec, http.Header, any) error {
	return connect.NewError(connect.CodeInternal, nil)
}
