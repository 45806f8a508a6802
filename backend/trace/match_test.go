// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// countdown is a context that is done once it was asked so many times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestMatchContext: within a trace of very many spans, a search ends when nobody
// waits for it.
func TestMatchContext(t *testing.T) {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for range 1000 {
		spans.AppendEmpty().Attributes().PutStr("a", "b")
	}
	all := slices.Collect(trace.Spans(td))
	for _, text := range []string{"a=b", "a=c", "-{a=c}", "a=c OR trace.dur<1s", "text"} {
		q, err := trace.Parse(text, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		ctx := &countdown{t.Context(), 5}
		if matched, _, err := q.MatchContext(ctx, all); !errors.Is(err, context.Canceled) || len(matched) > 5 {
			t.Errorf("%s: %d spans, %v", text, len(matched), err)
		}
		matched, ok, err := q.MatchContext(t.Context(), all)
		if want, found := q.Match(all); err != nil || ok != found || !slices.Equal(matched, want) {
			t.Errorf("%s: %d spans and %t, not %d and %t, %v", text, len(matched), ok, len(want), found, err)
		}
	}
}
