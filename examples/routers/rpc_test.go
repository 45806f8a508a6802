// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/test/bufconn"

	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

func TestGateway(t *testing.T) {
	tracer, spans := spurtest.New(t)
	backend := grpc.NewServer(grpc.StatsHandler(spurgrpc.ServerHandler(spans.Tracer("backend"))))
	known := health.NewServer()
	known.SetServingStatus("tea", grpc_health_v1.HealthCheckResponse_SERVING)
	grpc_health_v1.RegisterHealthServer(backend, known)
	listener := bufconn.Listen(1 << 16)
	go func() { _ = backend.Serve(listener) }()
	defer backend.Stop()
	conn, err := grpc.NewClient("passthrough:backend", grpc.WithStatsHandler(spurgrpc.ClientHandler(tracer)),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	h, err := Gateway(tracer, conn)
	if err != nil {
		t.Fatal(err)
	}
	const route = "/v1/health/{service=*}" // as grpc-gateway writes it
	for _, a := range []asked{{"GET", "/v1/health/tea", 200, route}, {"GET", "/v1/health/coffee", 404, route}, {"GET", "/v1", 404, ""}} {
		a.ask(t, h, spans, httptest.NewRequest(a.method, a.path, nil))
	}

	spans.Reset()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/health/tea", nil))
	backend.GracefulStop()
	spans.AssertSubtree(t, `
		test: /grpc.health.v1.Health/Check  component=gRPC span.kind=client peer.address=bufconn
		  backend: /grpc.health.v1.Health/Check  component=gRPC span.kind=server peer.address=bufconn
	`, spurtest.WithoutTimes())
}

// checker is a service that knows tea.
type checker struct{}

func (checker) Check(_ context.Context, r *grpchealth.CheckRequest) (*grpchealth.CheckResponse, error) {
	switch r.Service {
	case "tea":
		return &grpchealth.CheckResponse{Status: grpchealth.StatusServing}, nil
	case "fail":
		panic("out of tea")
	}
	return nil, connect.NewError(connect.CodeNotFound, errors.New("no such service"))
}

func TestConnect(t *testing.T) {
	tracer, spans := spurtest.New(t)
	h := Connect(tracer, checker{})
	const check, watch = "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"
	for _, test := range []struct {
		asked
		kind, body string
	}{
		{asked{"POST", check, 200, check}, "application/json", `{"service":"tea"}`},
		{asked{"POST", check, 404, check}, "application/json", `{"service":"coffee"}`},
		{asked{"POST", check, 500, check}, "application/json", `{"service":"fail"}`},
		{asked{"POST", watch, 200, watch}, "application/connect+json", "\x00\x00\x00\x00\x02{}"},
		{asked{"POST", "/grpc.health.v1.Health/Guess", 404, "/grpc.health.v1.Health/"}, "application/json", `{}`},
		{asked{"POST", "/acme.Orders/Get", 404, ""}, "application/json", `{}`},
	} {
		r := httptest.NewRequest(test.method, test.path, strings.NewReader(test.body))
		r.Header.Set("Content-Type", test.kind)
		test.ask(t, h, spans, r)
	}
}
