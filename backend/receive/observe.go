// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/trace"
)

// Observe returns a Sink that hands everything to s, and shows it to a. Spans that s
// is too busy for are seen, too: when a store is slow, more are not wanted.
func Observe(s Sink, a *sampling.Adaptive) Sink { return observed{s, a} }

type observed struct {
	Sink
	adaptive *sampling.Adaptive
}

func (o observed) Take(ctx context.Context, td ptrace.Traces, from trace.Origin) ([]trace.Refused, error) {
	o.adaptive.Observe(td) // before: then they are the other's
	return o.Sink.Take(ctx, td, from)
}

func (o observed) TakeEncoded(ctx context.Context, spans []trace.Encoded, from trace.Origin) (taken bool, err error) {
	taken, err = o.Sink.TakeEncoded(ctx, spans, from)
	if taken || err != nil { // otherwise Take sees them
		o.adaptive.ObserveEncoded(spans)
	}
	return taken, err
}
