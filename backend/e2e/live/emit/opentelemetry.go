// SPDX-License-Identifier: Apache-2.0

package emit

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// openTelemetry are what OpenTelemetry's Go SDK sends of several subjects, each by its
// exporter for HTTP, and one by that for gRPC.
func openTelemetry() (all []Sender) {
	for _, subject := range []struct {
		name     string
		services []string
		n        int
		spans    func() []sdk.ReadOnlySpan
	}{
		{"values", []string{"otel-go"}, 6, otelValues},
		{"resources", []string{"otel-go-front", "otel-go-bäck"}, 4, otelResources},
		{"64bit", []string{"otel-go-64bit"}, 2, otelShort},
		{"search", []string{"search-front", "search-back"}, 48, otelSearch},
		{"nan", []string{"otel-go-nan"}, 1, otelNaN},
	} {
		send := func(ctx context.Context, exporter *otlptrace.Exporter, err error) error {
			if err != nil {
				return err
			}
			if err := exporter.ExportSpans(ctx, subject.spans()); err != nil {
				return err
			}
			return exporter.Shutdown(ctx)
		}
		s := Sender{Name: "otelgo-" + subject.name, Services: subject.services, Spans: subject.n, Unshown: subject.name == "nan"}
		s.Wire, s.File = OTLPHTTP, "otlp/"+s.Name+".pb"
		s.Send = func(ctx context.Context, to string) error {
			exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(to))
			return send(ctx, exporter, err)
		}
		all = append(all, s)
		s.Name, s.File = strings.Replace(s.Name, "otelgo", "otelgo-gzip", 1), ""
		s.Send = func(ctx context.Context, to string) error {
			exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(to), otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
			return send(ctx, exporter, err)
		}
		all = append(all, s)
		s.Name, s.Wire = strings.Replace(s.Name, "gzip", "grpc", 1), OTLPGRPC
		s.Send = func(ctx context.Context, to string) error {
			exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpoint(to), otlptracegrpc.WithInsecure(), otlptracegrpc.WithCompressor("gzip"))
			return send(ctx, exporter, err)
		}
		all = append(all, s)
	}
	return all
}
