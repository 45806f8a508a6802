// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/transport"
)

// selfService is the service of the server's own spans.
const selfService = "spur-all-in-one"

// selfTracer traces requests to query and writes to the store. Its spans go to the
// collector directly.
type selfTracer struct{ *spur.Tracer }

func (t *selfTracer) start(c *collect.Collector, log *slog.Logger) error {
	batches, err := reporter.NewBatching(toCollector{c}, reporter.BatchingOptions{Logger: log})
	if err != nil {
		return err
	}
	t.Tracer, err = spur.New(selfService, spur.SampleAll(), spur.WithReporter(batches), spur.WithLogger(log))
	return err
}

func (t *selfTracer) close(ctx context.Context) error {
	if t.Tracer == nil {
		return nil
	}
	return t.Shutdown(ctx)
}

// handler traces h. A nil t does not.
func (t *selfTracer) handler(h http.Handler) http.Handler {
	if t == nil {
		return h
	}
	return spurhttp.Handler(t.Tracer, h)
}

// toCollector is a transport.Transport.
type toCollector struct{ c *collect.Collector }

func (t toCollector) Format() transport.Format { return transport.OTLP }
func (t toCollector) MaxBatch() int            { return 1 << 20 }
func (t toCollector) Close() error             { return nil }

func (t toCollector) Send(ctx context.Context, batch []byte) error {
	r := ptraceotlp.NewExportRequest()
	if err := r.UnmarshalProto(batch); err != nil {
		return &transport.Error{Kind: transport.Permanent, Err: err}
	}
	refused, err := t.c.Take(ctx, r.Traces(), trace.Origin{Protocol: "otlp", Transport: "self"})
	if err != nil {
		return &transport.Error{Kind: transport.Retryable, Err: err}
	}
	n := 0
	for _, r := range refused {
		n += r.Count
	}
	if n > 0 {
		return &transport.Error{Kind: transport.Partial, Rejected: int64(n), Err: errors.New("spans refused")}
	}
	return nil
}

// tracedStore traces writes, but those of nothing but the server's own spans: each
// would make another.
type tracedStore struct {
	store.Store
	tracer *selfTracer
}

func (s tracedStore) Write(ctx context.Context, td ptrace.Traces) error {
	if onlySelf(td) {
		return s.Store.Write(ctx, td)
	}
	ctx, span := s.tracer.Start(ctx, "store write", opentracing.Tag{Key: "spans", Value: td.SpanCount()})
	defer span.Finish()
	err := s.Store.Write(ctx, td)
	if err != nil {
		ext.LogError(span, err)
	}
	return err
}

func onlySelf(td ptrace.Traces) bool {
	for _, rs := range td.ResourceSpans().All() {
		if trace.Service(rs.Resource()) != selfService {
			return false
		}
	}
	return true
}
