// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// searchPage is what /api/search answers.
type searchPage struct {
	// Query is the text of the search with its times as they were understood:
	// with it, a cursor continues the same search.
	Query    string         `json:"query"`
	Traces   []traceSummary `json:"traces"`
	Cursor   string         `json:"cursor"` // of the next page; "" when there is none
	Total    int            `json:"total"`
	AtLeast  bool           `json:"atLeast"`  // there may be more than Total
	Scanned  int            `json:"scanned"`  // spans that were compared one by one
	TooLarge int            `json:"tooLarge"` // traces that were left out, for they are too large to be looked at
	CutAt    *string        `json:"cutAt"`    // start time, ns since 1970, before which no trace was looked at; null: all were
}

// traceSummary is a trace in a list. Long texts are cut.
type traceSummary struct {
	TraceID      string         `json:"traceID"`
	Start        string         `json:"start"`    // of the earliest span, ns since 1970
	Duration     string         `json:"duration"` // to the end of the latest span, ns
	RootService  string         `json:"rootService"`
	RootName     string         `json:"rootName"`
	Partial      bool           `json:"partial"` // the root has not arrived: these are the earliest span's
	Spans        int            `json:"spans"`
	Errors       int            `json:"errors"`
	Services     []serviceCount `json:"services"` // by name
	MoreServices int            `json:"moreServices,omitempty"`
	Columns      []string       `json:"columns,omitempty"` // the values of the tags asked for; "" when there is none
}

type serviceCount struct {
	Service string `json:"service"`
	Spans   int    `json:"spans"`
	Errors  int    `json:"errors"`
}

// search answers GET /api/search?q=&limit=&cursor=&order=newest|longest|spans&columns=,
// columns repeated: a page of the traces that the text q finds (docs/search.md).
func (s *server) search(r *http.Request) (any, error) {
	p := params{r.URL.Query()}
	q, err := p.textQuery()
	if err != nil {
		return nil, err
	}
	if q.Limit, err = p.limit(defaultPage, maxPage); err != nil {
		return nil, err
	}
	if q.Order, err = p.order(); err != nil {
		return nil, err
	}
	q.Cursor = p.Get("cursor")
	page, err := s.find(r.Context(), q)
	if err != nil {
		return nil, err
	}
	out := searchPage{
		Query: q.String(), Traces: summaries(page.Traces), Cursor: page.Cursor,
		Total: page.Total, AtLeast: page.AtLeast, Scanned: page.Scanned, TooLarge: page.TooLarge,
	}
	if !page.CutAt.IsZero() && (page.Cursor != "" || page.TooLarge == 0) {
		out.CutAt = new(strconv.FormatInt(page.CutAt.UnixNano(), 10))
	}
	return out, nil
}

// find returns a page of what q finds.
func (s *server) find(ctx context.Context, q trace.Query) (page trace.Page, err error) {
	err = s.inTurn(ctx, func(ctx context.Context) error {
		page, err = s.Store.Search(ctx, q)
		return err
	})
	return page, err
}

// textQuery is what parameter q, in the language of docs/search.md, and columns
// ask for.
func (p params) textQuery() (trace.Query, error) {
	q, err := trace.Parse(p.Get("q"), time.Now())
	if err != nil {
		return q, err
	}
	q.Columns = p.Values["columns"]
	if len(q.Columns) > maxColumns {
		return q, badRequest("%d columns are more than %d", len(q.Columns), maxColumns)
	}
	return q, nil
}

var orders = map[string]trace.Order{
	"": trace.NewestFirst, "newest": trace.NewestFirst, "longest": trace.LongestFirst, "spans": trace.MostSpansFirst,
}

func (p params) order() (trace.Order, error) {
	o, ok := orders[p.Get("order")]
	if !ok {
		return 0, badRequest("unknown order %q: it is newest, longest or spans", shorten(p.Get("order")))
	}
	return o, nil
}

func summaries(list []trace.Summary) []traceSummary {
	out := make([]traceSummary, len(list))
	for i := range list {
		out[i] = newTraceSummary(&list[i])
	}
	return out
}

func newTraceSummary(sum *trace.Summary) traceSummary {
	out := traceSummary{
		TraceID: trace.FormatTraceID(sum.TraceID),
		Start:   strconv.FormatInt(sum.Start.UnixNano(), 10), Duration: strconv.FormatInt(int64(sum.Duration), 10),
		RootService: cut(sum.RootService), RootName: cut(sum.RootName), Partial: sum.Partial,
		Spans: sum.Spans, Errors: sum.Errors,
		MoreServices: max(len(sum.Services)-maxListedServices, 0),
		Columns:      slices.Clone(sum.Columns),
	}
	services := sum.Services[:len(sum.Services)-out.MoreServices]
	out.Services = make([]serviceCount, len(services))
	for i, c := range services {
		out.Services[i] = serviceCount{cut(c.Service), c.Spans, c.Errors}
	}
	for i, v := range out.Columns {
		out.Columns[i] = cut(v)
	}
	return out
}

// cut shortens a text of a list.
func cut(s string) string {
	if len(s) <= maxListedText {
		return s
	}
	return strings.ToValidUTF8(s[:maxListedText], "") + "…"
}
