// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"math"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// redSeries is the rate, errors and durations of a service, or one operation
// of it.
type redSeries struct {
	Service   string     `json:"service"`
	Operation string     `json:"operation,omitempty"`
	Total     rates      `json:"total"` // of all points
	Points    []redPoint `json:"points"`
}

type redPoint struct {
	Time int64 `json:"time,string"` // when its step begins, ns since 1970
	rates
}

// rates are how many spans some are, how many of them failed, and how long they
// took.
type rates struct {
	Spans     int64     `json:"spans"`
	Errors    int64     `json:"errors"`
	Durations quantiles `json:"durations"`
}

func newRates(p *trace.REDPoint) rates {
	return rates{p.Spans, p.Errors, newQuantiles(&p.Durations)}
}

// quantiles are of durations, in nanoseconds.
type quantiles struct {
	P50 time.Duration `json:"p50,string"`
	P75 time.Duration `json:"p75,string"`
	P90 time.Duration `json:"p90,string"`
	P95 time.Duration `json:"p95,string"`
	P99 time.Duration `json:"p99,string"`
}

func newQuantiles(h *trace.Histogram) quantiles {
	return quantiles{h.Quantile(0.5), h.Quantile(0.75), h.Quantile(0.9), h.Quantile(0.95), h.Quantile(0.99)}
}

// red answers GET /api/red?service=&operation=&kind=&byOperation=&start=&end=&step=1m:
// rates, errors and durations over time, of the last hour unless it says so.
// Operations apart need a service.
func (s *server) red(r *http.Request) (any, error) {
	p := params{r.URL.Query()}
	q := trace.REDQuery{Service: p.Get("service"), Operation: p.Get("operation")}
	var err error
	if q.Window, err = p.window(); err != nil {
		return nil, err
	}
	if q.Window.End.IsZero() {
		q.Window.End = time.Now()
	}
	if q.Window.Start.IsZero() {
		q.Window.Start = q.Window.End.Add(-time.Hour)
	}
	if q.Step, err = p.goDuration("step"); err != nil {
		return nil, err
	}
	q.Step = max(q.Step, time.Minute)
	if q.ByOperation, err = p.bool("byOperation"); err != nil {
		return nil, err
	}
	if q.ByOperation && q.Service == "" {
		return nil, errServiceRequired
	}
	if q.Kinds, err = p.kinds("kind", nil); err != nil {
		return nil, err
	}
	series, err := s.rates(r.Context(), q)
	if err != nil {
		return nil, err
	}
	out := make([]redSeries, 0, len(series))
	for _, in := range series {
		one := redSeries{Service: in.Service, Operation: in.Operation, Points: make([]redPoint, len(in.Points))}
		var total trace.REDPoint
		for i := range in.Points {
			p := &in.Points[i]
			one.Points[i] = redPoint{p.Time.UnixNano(), newRates(p)}
			total.Merge(p)
		}
		one.Total = newRates(&total)
		out = append(out, one)
	}
	return struct {
		Series []redSeries `json:"series"`
	}{out}, nil
}

// rates is the store's RED, when it is not too much to hold.
func (s *server) rates(ctx context.Context, q trace.REDQuery) ([]trace.REDSeries, error) {
	window := q.Window.End.Sub(q.Window.Start)
	if err := checkPoints(window, q.Step); err != nil {
		return nil, err
	}
	series := 1
	switch {
	case q.ByOperation && q.Operation == "":
		operations, err := s.Store.Operations(ctx, q.Service)
		if err != nil {
			return nil, err
		}
		series = len(operations)
	case q.Service == "":
		services, err := s.Store.Services(ctx)
		if err != nil {
			return nil, err
		}
		series = len(services)
	}
	if points := int(max(window, 0)/q.Step) + 1; series*points > maxSeriesPoints {
		return nil, tooLarge("%d services or operations over %d steps: ask for one of them, for less time or for longer steps", series, points)
	}
	return s.series(ctx, q)
}

func checkPoints(window, step time.Duration) error {
	if window/step > maxPoints {
		return badRequest("%v in steps of %v are more than %d", window, step, maxPoints)
	}
	return nil
}

// usual answers GET /api/usual?service=&operation=: how long spans of the
// operation take, of all that are stored. Without an operation it answers for each
// of the service's.
func (s *server) usual(r *http.Request) (any, error) {
	p := params{r.URL.Query()}
	q := trace.REDQuery{Service: p.Get("service"), Operation: p.Get("operation"), Step: math.MaxInt64}
	if q.Service == "" {
		return nil, errServiceRequired
	}
	q.ByOperation = q.Operation == ""
	series, err := s.series(r.Context(), q)
	if err != nil {
		return nil, err
	}
	type operation struct {
		Operation string `json:"operation"`
		rates
	}
	all := make([]operation, 0, len(series))
	for _, one := range series {
		var total trace.REDPoint
		for i := range one.Points {
			total.Merge(&one.Points[i])
		}
		all = append(all, operation{one.Operation, newRates(&total)})
	}
	switch {
	case q.ByOperation:
		return struct {
			Operations []operation `json:"operations"`
		}{all}, nil
	case len(all) == 0:
		return newRates(&trace.REDPoint{}), nil
	}
	return all[0].rates, nil
}

// kinds are those that a parameter, repeated, names, or otherwise.
func (p params) kinds(name string, otherwise []ptrace.SpanKind) ([]ptrace.SpanKind, error) {
	if !p.Has(name) {
		return otherwise, nil
	}
	var kinds []ptrace.SpanKind
	for _, text := range p.Values[name] {
		kind, ok := parseKind(text)
		if !ok {
			return nil, badRequest("unable to parse param '%s': unsupported span kind: '%s'", name, shorten(text))
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}

func parseKind(text string) (ptrace.SpanKind, bool) {
	for k := ptrace.SpanKindUnspecified; k <= ptrace.SpanKindConsumer; k++ {
		if trace.KindText(k) == text {
			return k, true
		}
	}
	return 0, false
}
