// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
)

// shop is some services that serve requests together, each with a tracer of its own,
// which sends to its own place.
type shop struct {
	t        *testing.T
	run      string // the tag run of all spans
	tracers  []*spur.Tracer
	services []string
	wires    []string                     // URLs, by service
	sent     map[string]map[string]string // services by span, by trace
	spans    int
}

func newShop(t *testing.T, run string, wires map[string]string) *shop {
	t.Helper()
	s := &shop{t: t, run: run, sent: map[string]map[string]string{}}
	for service, url := range wires {
		tracer, err := spur.New(service, spur.WithEndpoint(url), spur.SampleAll())
		if err != nil {
			t.Fatal(err)
		}
		s.tracers, s.services, s.wires = append(s.tracers, tracer), append(s.services, service), append(s.wires, url)
		t.Cleanup(func() { _ = tracer.Close() })
	}
	return s
}

// serve makes traces that begin in each service in turn and call all others, so many a
// second, until stop is closed.
func (s *shop) serve(stop <-chan struct{}, perSecond int) {
	ticker := time.NewTicker(time.Second / time.Duration(perSecond))
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ticker.C:
			s.request(n)
		case <-stop:
			return
		}
	}
}

func (s *shop) request(n int) {
	spans := map[string]string{}
	headers := opentracing.TextMapCarrier{}
	var trace string
	var open []opentracing.Span
	for i := range s.tracers {
		at := (n + i) % len(s.tracers)
		tracer := s.tracers[at]
		options := []opentracing.StartSpanOption{opentracing.Tag{Key: "run", Value: s.run}, opentracing.Tag{Key: "request", Value: n}}
		if caller, err := tracer.Extract(opentracing.TextMap, headers); err == nil {
			options = append(options, opentracing.ChildOf(caller))
		} else if i > 0 {
			s.t.Errorf("%s: %v", s.services[at], err)
		}
		span := tracer.StartSpan(fmt.Sprintf("serve %d", n%7), options...)
		if err := tracer.Inject(span.Context(), opentracing.TextMap, headers); err != nil {
			s.t.Errorf("%s: %v", s.services[at], err)
		}
		ids := span.Context().(spur.SpanContext)
		trace = hex(ids.TraceID())
		spans[ids.SpanID().String()] = s.services[at]
		open = append(open, span)
	}
	for _, span := range open {
		span.Finish()
	}
	s.sent[trace] = spans
	s.spans += len(spans)
}

func hex(id model.TraceID) string { return fmt.Sprintf("%016x%016x", id.High, id.Low) }

// close sends what waits, and checks that no tracer has lost a span.
func (s *shop) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for i, tracer := range s.tracers {
		if err := tracer.Shutdown(ctx); err != nil {
			s.t.Errorf("%s: %v", s.services[i], err)
		}
		stats := tracer.Stats()
		for _, d := range stats.Destinations {
			s.t.Logf("%-6s finished %d, sent %d, unconfirmed %d, dropped %d, retries %d, to %s", s.services[i], stats.Spans.FinishedSampled, d.Sent, d.Unconfirmed, d.DroppedTotal(), d.Retries, s.wires[i])
			if d.DroppedTotal() != 0 || d.BufferedSpans != 0 || d.Sent+d.Unconfirmed != stats.Spans.FinishedSampled {
				s.t.Errorf("%s: of %d spans: %+v", s.services[i], stats.Spans.FinishedSampled, d)
			}
		}
	}
}
