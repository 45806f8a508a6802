// SPDX-License-Identifier: Apache-2.0

// What the documents' blocks of Go take for granted. A block gets those of the imports
// and declarations that it uses.
package around

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/baggage"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurprom"
	"github.com/go-spur/spur/spurslog"
	"github.com/go-spur/spur/spurtest"
	"github.com/go-spur/spur/spurtest/suite"
	"github.com/go-spur/spur/throttler"
	"github.com/go-spur/spur/transport"
	"github.com/opentracing/opentracing-go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	jaeger "github.com/uber/jaeger-client-go"
	"google.golang.org/grpc"
)

var (
	auth       grpc.UnaryServerInterceptor
	authStream grpc.StreamServerInterceptor
	ctx        = context.Background()
	err        error
	mux        = http.NewServeMux()
	target     = "localhost:50051"
	tracer     *spur.Tracer
	url        = "http://localhost:8080/"
)

// order serves a request.
func order(http.ResponseWriter, *http.Request) {}

// checkout is the code of the README's test.
func checkout(_ context.Context, tracer *spur.Tracer, items ...string) error {
	ctx, span := tracer.Start(context.Background(), "checkout")
	defer span.Finish()
	span.SetInt("items", len(items))
	for _, item := range items {
		_, child := tracer.Start(ctx, "reserve")
		child.SetString("item", item)
		child.Finish()
	}
	return nil
}
