// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/spurgrpc"
)

// TestForwardedMetadata: a server that hands on the metadata it was sent hands on
// nobody's baggage, and no context beside its own.
func TestForwardedMetadata(t *testing.T) {
	hostile := metadata.Pairs(
		"uber-trace-id", "9:9:0:1", "uberctx-role", "admin", "UberCtx-Role", "root", "jaeger-baggage", "role=admin", "jaeger-debug-id", "x",
		"traceparent", "00-"+strings.Repeat("9", 32)+"-9999999999999999-01", "tracestate", "a=b", "baggage", "role=admin",
		"b3", "9-9-1", "x-b3-traceid", "9", "x-b3-spanid", "9", "x-b3-flags", "1", "baggage-role", "admin",
		"x-app", "stays", "uberctx-bin", "\x00")
	before := hostile.Copy()
	for _, tt := range []struct {
		name    string
		write   []propagation.Format // nil: the default
		removed []string
		added   []string
		kept    []string // not of the formats that are written
	}{
		{
			"default", nil,
			[]string{"uberctx-role", "jaeger-baggage", "jaeger-debug-id", "tracestate"},
			[]string{"uber-trace-id", "uberctx-item", "traceparent", "baggage"},
			[]string{"b3", "x-b3-traceid", "x-b3-spanid", "x-b3-flags", "baggage-role"},
		},
		{
			"jaeger",
			[]propagation.Format{propagation.FormatJaeger},
			[]string{"uberctx-role", "jaeger-baggage", "jaeger-debug-id"},
			[]string{"uber-trace-id", "uberctx-item"},
			[]string{"traceparent", "tracestate", "baggage", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-flags", "baggage-role"},
		},
		{
			"w3c",
			[]propagation.Format{propagation.FormatW3C},
			[]string{"tracestate"},
			[]string{"traceparent", "baggage"},
			[]string{"uber-trace-id", "uberctx-role", "jaeger-baggage", "jaeger-debug-id", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-flags", "baggage-role"},
		},
		{
			"b3",
			[]propagation.Format{propagation.FormatB3},
			[]string{"b3", "x-b3-flags", "baggage-role"},
			[]string{"x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "baggage-item"},
			[]string{"uber-trace-id", "uberctx-role", "jaeger-baggage", "jaeger-debug-id", "traceparent", "tracestate", "baggage"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bothStyles(t, func(t *testing.T, s style) {
				r := newRig(t, s)
				if tt.write != nil {
					p, err := propagation.Composite(propagation.HTTP, tt.write, tt.write)
					if err != nil {
						t.Fatal(err)
					}
					r.client = r.spans.Tracer("client", spur.WithPropagation(opentracing.HTTPHeaders, p))
				}
				var arrived metadata.MD
				r.service.unary = func(ctx context.Context, _ *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) {
					arrived, _ = metadata.FromIncomingContext(ctx)
					return &testgrpc.SimpleResponse{}, nil
				}
				r.serverOpts = []spurgrpc.Option{spurgrpc.WithEdgePolicy(spur.IgnoreCaller)}
				r.start()
				ctx, parent := r.client.Start(r.context(), "parent")
				parent.SetBaggageItem("item", "ours")
				if _, err := r.UnaryCall(metadata.NewOutgoingContext(ctx, hostile), &testgrpc.SimpleRequest{}); err != nil {
					t.Fatal(err)
				}
				parent.Finish()
				for _, key := range tt.removed {
					if got := arrived[key]; got != nil {
						t.Errorf("%s is still there: %q", key, got)
					}
				}
				for _, key := range tt.added {
					if got := arrived[key]; len(got) != 1 || slices.Equal(got, before[key]) {
						t.Errorf("%s is %q", key, got)
					}
				}
				for _, key := range append(tt.kept, "x-app", "uberctx-bin") {
					if got := arrived[key]; !slices.Equal(got, before[key]) {
						t.Errorf("%s is %q", key, got)
					}
				}
			})
		})
	}
	if !maps.EqualFunc(hostile, before, slices.Equal[[]string]) {
		t.Errorf("the caller's metadata became %v", hostile)
	}
}
