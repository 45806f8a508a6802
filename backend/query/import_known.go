// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"encoding/json"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// keepTraces archives td. Of a trace that is here already the spans that are
// here are kept, and of td those that are not: Jaeger's JSON has times in µs and
// tags in an order of its own, so a store cannot tell that they are the same.
func (s *server) keepTraces(ctx context.Context, a store.Archiver, td ptrace.Traces) error {
	encoded, err := trace.Encode(td)
	if err != nil {
		return err
	}
	byID := map[pcommon.TraceID][]trace.Encoded{}
	var ids []pcommon.TraceID
	next := 0
	for span := range trace.Spans(td) {
		id := span.TraceID()
		if byID[id] == nil {
			ids = append(ids, id)
		}
		byID[id] = append(byID[id], encoded[next])
		next++
	}
	for some := range slices.Chunk(ids, maxImportLookup) {
		page, err := s.Store.Search(ctx, trace.Query{IDs: some, Limit: len(some), Bare: true})
		if err != nil {
			return err
		}
		for _, t := range page.Traces {
			if err := s.keepKnown(ctx, a, t, byID[t.TraceID]); err != nil {
				return err
			}
			delete(byID, t.TraceID)
		}
	}
	if len(byID) == len(ids) {
		return a.Archive(ctx, td)
	}
	var news []trace.Encoded
	for _, id := range ids {
		news = append(news, byID[id]...)
	}
	if td, err = trace.Decode(news); err != nil || len(news) == 0 {
		return err
	}
	return a.Archive(ctx, td)
}

// keepKnown archives the trace that t sums up, and more spans of it.
func (s *server) keepKnown(ctx context.Context, a store.Archiver, t trace.Summary, more []trace.Encoded) error {
	imported, err := trace.Decode(more)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	note := func(_ ptrace.Span, text string) { seen[text] = true }
	_, err = s.loadEach(ctx, []trace.Summary{t}, func(td ptrace.Traces) error {
		trace.SplitShared(td) // as it is exported
		return eachShown(td, note)
	})
	if err != nil {
		return err
	}
	td, release, err := s.load(ctx, t, trace.Window{})
	if err != nil {
		return err
	}
	defer release()
	if err := eachShown(td, note); err != nil {
		return err
	}
	if err := removeShown(imported, seen); err != nil {
		return err
	}
	imported.ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
	return a.Archive(ctx, td)
}

// removeShown removes spans of a trace that show the same as one that was seen, or
// one before them.
func removeShown(td ptrace.Traces, seen map[string]bool) error {
	again := map[ptrace.Span]bool{}
	err := eachShown(td, func(span ptrace.Span, text string) {
		again[span] = seen[text]
		seen[text] = true
	})
	if err != nil {
		return err
	}
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			ss.Spans().RemoveIf(func(span ptrace.Span) bool { return again[span] })
		}
	}
	return nil
}

// eachShown calls f with the spans of a trace and what v1 shows of them, whatever
// they are warned of.
func eachShown(td ptrace.Traces, f func(span ptrace.Span, text string)) error {
	views, err := newViews(td)
	if err != nil {
		return err
	}
	for _, v := range views {
		v.stored, v.adjusted = true, true
		processes := make([]string, len(v.processes))
		for text, n := range v.byText {
			processes[n] = text
		}
		for _, span := range v.spans {
			span.warnings = nil
			shown := v.span(&span)
			shown.ProcessID = processes[span.process]
			text, err := json.Marshal(shown)
			if err != nil {
				return err
			}
			f(span.Span.Span, string(text))
		}
	}
	return nil
}
