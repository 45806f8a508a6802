// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"context"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// Fan hands spans to several Collectors, each with its own store, queue and books.
// Senders hear from the first. What that takes, all others are given: what they
// refuse stands in their books only. What receivers refuse is in the first's.
type Fan struct {
	*Collector // the first
	others     []*Collector
}

// NewFan returns a Fan of these Collectors, which it does not close.
func NewFan(first *Collector, others ...*Collector) *Fan { return &Fan{first, others} }

// Take is Collector.Take.
func (f *Fan) Take(ctx context.Context, td ptrace.Traces, from trace.Origin) ([]trace.Refused, error) {
	if !f.hasRoom() {
		return f.Collector.Take(ctx, td, from) // copies would be in vain
	}
	spans := td.SpanCount()
	copies := make([]*ptrace.Traces, len(f.others))
	for i, c := range f.others {
		if c.hasRoom() {
			copies[i] = new(ptrace.NewTraces())
			td.CopyTo(*copies[i])
		}
	}
	refused, err := f.Collector.Take(ctx, td, from)
	if err != nil {
		return nil, err
	}
	for i, c := range f.others {
		if copies[i] != nil {
			_, _ = c.Take(ctx, *copies[i], from) // its books say what it refused
		} else if c.enter(from, spans, nil) == nil {
			c.Refuse(from, trace.ReasonQueueFull, spans) // now it has room, but there is no copy
		} else {
			c.warn(from, trace.ReasonQueueFull)
		}
	}
	return refused, nil
}

// TakeEncoded is Collector.TakeEncoded. Others than the first are given the spans
// decoded if they do not take them so.
func (f *Fan) TakeEncoded(ctx context.Context, spans []trace.Encoded, from trace.Origin) (bool, error) {
	taken, err := f.Collector.TakeEncoded(ctx, spans, from)
	if !taken || err != nil {
		return taken, err
	}
	for _, c := range f.others {
		if also, err := c.TakeEncoded(ctx, spans, from); also || err != nil {
			continue // its books say what it refused
		}
		td, err := trace.Decode(spans)
		if err != nil {
			c.Refuse(from, trace.ReasonMalformed, len(spans))
			continue
		}
		_, _ = c.Take(ctx, td, from) // likewise
	}
	return true, nil
}

// hasRoom reports whether anything may be queued now.
func (c *Collector) hasRoom() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.closed && c.queue.hasRoom(&c.config, nil)
}
