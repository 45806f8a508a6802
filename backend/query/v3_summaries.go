// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"net/http"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// v3Summaries is FindTraceSummariesResponse. As in all of protobuf's JSON, numbers
// and texts that are missing are 0 and "".
type v3Summaries struct {
	Summaries []v3Summary `json:"summaries"`
	NextPage  string      `json:"nextPageToken,omitempty"`
}

type v3Summary struct {
	TraceID       string             `json:"traceId"` // 32 hex digits
	RootService   string             `json:"rootServiceName,omitempty"`
	RootOperation string             `json:"rootOperationName,omitempty"`
	Start         uint64             `json:"minStartTimeUnixNano,string,omitempty"`
	End           uint64             `json:"maxEndTimeUnixNano,string,omitempty"`
	Spans         int                `json:"spanCount,omitempty"`
	Errors        int                `json:"errorSpanCount,omitempty"`
	Orphans       int                `json:"orphanSpanCount,omitempty"` // their parents are not in the trace
	Services      []v3ServiceSummary `json:"services"`                  // by name
}

type v3ServiceSummary struct {
	Name   string `json:"name"`
	Spans  int    `json:"spanCount,omitempty"`
	Errors int    `json:"errorSpanCount,omitempty"`
}

// v3Summaries answers GET /api/v3/trace-summaries: what /api/v3/traces finds, a
// summary a trace, or a page of it with query.pagination.pageSize and pageToken.
func (s *server) v3Summaries(r *http.Request) (any, error) {
	p := v3Params{r.URL.Query()}
	q, err := p.search()
	if err != nil {
		return nil, err
	}
	paged, err := p.page(&q)
	if err == nil && !paged {
		q.Limit, err = p.depth(maxPage)
	}
	if err != nil {
		return nil, err
	}
	page, err := s.find(r.Context(), q)
	if err != nil {
		return nil, err
	}
	out := v3Summaries{Summaries: make([]v3Summary, len(page.Traces))}
	if paged {
		out.NextPage = page.Cursor
	}
	for i := range page.Traces {
		sum := newV3Summary(&page.Traces[i])
		if sum.Orphans, err = s.orphans(r.Context(), page.Traces[i]); err != nil {
			return nil, err
		}
		out.Summaries[i] = sum
	}
	return out, nil
}

// newV3Summary is sum without its orphans. Long texts are cut.
func newV3Summary(sum *trace.Summary) v3Summary {
	start := uint64(sum.Start.UnixNano())
	out := v3Summary{
		TraceID:     sum.TraceID.String(),
		RootService: cut(sum.RootService), RootOperation: cut(sum.RootName),
		Start: start, End: start + uint64(sum.Duration),
		Spans: sum.Spans, Errors: sum.Errors,
		Services: make([]v3ServiceSummary, len(sum.Services)),
	}
	for i, c := range sum.Services {
		out.Services[i] = v3ServiceSummary{cut(c.Service), c.Spans, c.Errors}
	}
	return out
}

// orphans counts the spans of a trace whose parents it does not have. A trace that
// cannot be had now has 0.
func (s *server) orphans(ctx context.Context, t trace.Summary) (n int, err error) {
	_, err = s.loadEach(ctx, []trace.Summary{t}, func(td ptrace.Traces) error {
		there := make(map[pcommon.SpanID]bool, t.Spans)
		for s := range trace.Spans(td) {
			there[s.SpanID()] = true
		}
		for s := range trace.Spans(td) {
			if parent := s.ParentSpanID(); !parent.IsEmpty() && !there[parent] {
				n++
			}
		}
		return nil
	})
	return n, err
}
