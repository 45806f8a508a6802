// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// Gateway is a service with grpc-gateway, in front of one behind conn. Dial that with
// grpc.WithStatsHandler(spurgrpc.ClientHandler(tracer)), so that the trace goes on.
func Gateway(tracer *spur.Tracer, conn grpc.ClientConnInterface) (http.Handler, error) {
	mux := runtime.NewServeMux(runtime.WithMiddlewares(gatewayRoute))
	// In your program: pb.RegisterOrdersHandler(ctx, mux, conn).
	client := grpc_health_v1.NewHealthClient(conn)
	err := mux.HandlePath(http.MethodGet, "/v1/health/{service}", func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		_, err := client.Check(r.Context(), &grpc_health_v1.HealthCheckRequest{Service: params["service"]})
		if err != nil {
			runtime.HTTPError(r.Context(), mux, &runtime.JSONPb{}, w, r, err)
			return
		}
		serve(w, r)
	})
	return spurhttp.Handler(tracer, mux), err
}

func gatewayRoute(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		pattern, _ := runtime.HTTPPattern(r.Context())
		spurhttp.SetRoute(r.Context(), pattern.String())
		next(w, r, params)
	}
}
