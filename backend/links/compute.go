// SPDX-License-Identifier: Apache-2.0

package links

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Compute returns the links of the calls whose child starts in w, as store.Store.Links
// does. It reads every trace with a span in w, a few at a time, by a walk if s is a
// store.Walker, and waits for a store that is away. A trace that is written to meanwhile
// may count in part, twice, or not at all.
func Compute(ctx context.Context, s store.Store, w trace.Window, log *slog.Logger) (Result, error) {
	return compute(ctx, s, w, 1, &patient{log: log})
}

// compute is one of atOnce that are under way.
func compute(ctx context.Context, s store.Store, w trace.Window, atOnce int, p *patient) (Result, error) {
	sum := sum{links: store.Links{}}
	var err error
	if walker, ok := s.(store.Walker); ok {
		err = sum.walk(ctx, walker.Walk(w, atOnce), w, p)
	} else {
		err = sum.search(ctx, s, w, p)
	}
	if err != nil {
		return Result{}, err
	}
	return sum.result(), nil
}

// span is who a call is from.
type span struct {
	service string
	known   bool
}

// calls returns the links of a trace's spans: calls whose child starts in w.
func calls(td ptrace.Traces, w trace.Window) store.Links {
	links := store.Links{}
	callers := map[pcommon.SpanID]store.Callers[span]{}
	for s := range trace.Spans(td) {
		c := callers[s.SpanID()]
		c.Add(span{s.Service(), true}, s.Kind())
		callers[s.SpanID()] = c
	}
	for s := range trace.Spans(td) {
		if !w.Contains(s.StartTimestamp()) {
			continue
		}
		var own store.Callers[span]
		if s.Kind() == ptrace.SpanKindServer {
			own = callers[s.SpanID()]
		}
		same := func(c span) bool { return c.service == s.Service() }
		if caller := store.Caller(own, callers[s.ParentSpanID()], same); caller.known {
			links.Add(caller.service, s.Service(), s.Status().Code() == ptrace.StatusCodeError)
		}
	}
	return links
}
