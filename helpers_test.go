// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// collector keeps copies of what is reported.
type collector struct {
	mu    sync.Mutex
	spans []*model.Span
}

func (c *collector) Report(s *model.Span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans = append(c.spans, s.Clone())
}
func (c *collector) Flush(context.Context) error { return nil }
func (c *collector) Close(context.Context) error { return nil }

func (c *collector) all() []*model.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*model.Span(nil), c.spans...)
}

// only returns the one span that was reported.
func (c *collector) only(t *testing.T) *model.Span {
	t.Helper()
	spans := c.all()
	if len(spans) != 1 {
		t.Fatalf("%d spans reported, want 1", len(spans))
	}
	return spans[0]
}

func newTestTracer(t testing.TB, opts ...Option) (*Tracer, *collector) {
	t.Helper()
	c := &collector{}
	all := append([]Option{WithReporter(c), WithSampler(sampler.NewParentBased(sampler.NewConst(true))), WithLogger(nil)}, opts...)
	tracer, err := New("test", all...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tracer.Flush(context.Background()); err != nil {
			t.Error(err)
		}
		checkBooks(t, tracer) // they balance without Close
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
		checkBooks(t, tracer)
	})
	return tracer, c
}

// checkBooks is the conservation law, for every destination.
func checkBooks(t testing.TB, tracer *Tracer) {
	t.Helper()
	st := tracer.Stats()
	for _, d := range st.Destinations {
		if got := d.Sent + d.Unconfirmed + d.DroppedTotal() + d.BufferedSpans; got != st.Spans.FinishedSampled {
			t.Errorf("%s: %d sent + %d unconfirmed + %d dropped + %d buffered = %d, but %d finished",
				d.Name, d.Sent, d.Unconfirmed, d.DroppedTotal(), d.BufferedSpans, got, st.Spans.FinishedSampled)
		}
	}
}

// unsampled never samples a new trace.
func unsampled() Option { return WithSampler(sampler.NewParentBased(sampler.NewConst(false))) }

func tagMap(tags []model.Tag) map[string]any {
	m := make(map[string]any, len(tags))
	for _, t := range tags {
		m[t.Key] = t.Value.Any()
	}
	return m
}

func own(c opentracing.SpanContext) SpanContext { return c.(SpanContext) }

var _ reporter.Reporter = (*collector)(nil)
