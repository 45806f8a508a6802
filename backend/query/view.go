// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// view is a trace on its way out. Shifted times and warnings lie beside the spans.
type view struct {
	id        pcommon.TraceID
	spans     []viewSpan
	processes []process
	byText    map[string]int // index in processes
	warnings  []string
	stored    bool // it says in which format it came
	adjusted  bool
}

type viewSpan struct {
	trace.Span
	shift    time.Duration // of all its times
	process  int           // index in view.processes
	warnings []string
}

// newViews returns the traces of td, the spans of each in their order. Equal
// resources are one process.
func newViews(td ptrace.Traces) ([]*view, error) {
	var views []*view
	byID := map[pcommon.TraceID]*view{}
	for _, rs := range td.ResourceSpans().All() {
		p := newProcess(rs.Resource())
		text, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				v := byID[s.TraceID()]
				if v == nil {
					v = &view{id: s.TraceID(), byText: map[string]int{}}
					byID[v.id] = v
					views = append(views, v)
				}
				v.spans = append(v.spans, viewSpan{
					Span:     trace.Span{Span: s, Resource: rs, Scope: ss},
					process:  v.processOf(p, string(text)),
					warnings: warnings(s),
				})
			}
		}
	}
	return views, nil
}

// processOf returns the index of p, which reads as text.
func (v *view) processOf(p process, text string) int {
	n, ok := v.byText[text]
	if !ok {
		n = len(v.processes)
		v.byText[text] = n
		v.processes = append(v.processes, p)
	}
	return n
}

// warnings are those that were put into the span when it arrived.
func warnings(s ptrace.Span) []string {
	w, ok := s.Attributes().Get(trace.AttributeWarnings)
	if !ok {
		return nil
	}
	if w.Type() != pcommon.ValueTypeSlice {
		return []string{w.AsString()}
	}
	var out []string
	for _, text := range w.Slice().All() {
		out = append(out, text.AsString())
	}
	return out
}

func (s *viewSpan) start() time.Time { return s.StartTimestamp().AsTime().Add(s.shift) }
