// SPDX-License-Identifier: Apache-2.0

package store

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// MaxPoints is the number of points that an answer of RED has at most.
const MaxPoints = 50_000

// Rates counts spans for the answer of an engine's RED.
type Rates struct {
	query  trace.REDQuery
	step   uint64
	series []trace.REDSeries
	known  map[[2]string]int // series by service and operation
	points map[rate]*trace.REDPoint
	recent []recent // of each series, the point that counted last
}

type recent struct {
	step  uint64
	point *trace.REDPoint
}

type rate struct {
	series int
	step   uint64
}

// NewRates returns what counts for q. A step of less than a minute is one.
func NewRates(q trace.REDQuery) *Rates {
	return &Rates{
		query: q, step: uint64(max(q.Step, time.Minute)),
		known: map[[2]string]int{}, points: map[rate]*trace.REDPoint{},
	}
}

// Series returns the number of the series that counts spans of that name, or
// false when none does. Only Window is left to be tested of each span.
func (r *Rates) Series(service, operation string, kind ptrace.SpanKind) (int, bool) {
	q := &r.query
	if q.Service != "" && q.Service != service || q.Operation != "" && q.Operation != operation ||
		len(q.Kinds) > 0 && !slices.Contains(q.Kinds, kind) {
		return 0, false
	}
	if !q.ByOperation {
		operation = ""
	}
	i, ok := r.known[[2]string{service, operation}]
	if !ok {
		i = len(r.series)
		r.known[[2]string{service, operation}] = i
		r.series = append(r.series, trace.REDSeries{Service: service, Operation: operation})
		r.recent = append(r.recent, recent{})
	}
	return i, true
}

// Add counts a span of a series.
func (r *Rates) Add(series int, start uint64, duration time.Duration, status ptrace.StatusCode) error {
	p, err := r.point(series, start/r.step)
	if err != nil {
		return err
	}
	p.Spans++
	if status == ptrace.StatusCodeError {
		p.Errors++
	}
	p.Durations.Add(duration)
	return nil
}

// point returns that of a series and a step.
func (r *Rates) point(series int, step uint64) (*trace.REDPoint, error) {
	last := &r.recent[series]
	if last.point != nil && last.step == step { // usually: spans come about in the order of time
		return last.point, nil
	}
	k := rate{series, step}
	p := r.points[k]
	if p == nil {
		if len(r.points) == MaxPoints {
			return nil, fmt.Errorf("%w: more than %d points", ErrTooMuch, MaxPoints)
		}
		p = &trace.REDPoint{Time: pcommon.Timestamp(step * r.step).AsTime()}
		r.points[k] = p
	}
	*last = recent{step, p}
	return p, nil
}

// Answer returns the series that have points, sorted.
func (r *Rates) Answer() []trace.REDSeries {
	for k, p := range r.points {
		r.series[k.series].Points = append(r.series[k.series].Points, *p)
	}
	r.points, r.recent = nil, nil
	r.series = slices.DeleteFunc(r.series, func(s trace.REDSeries) bool { return len(s.Points) == 0 })
	for _, s := range r.series {
		slices.SortFunc(s.Points, func(a, b trace.REDPoint) int { return a.Time.Compare(b.Time) })
	}
	slices.SortFunc(r.series, func(a, b trace.REDSeries) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation))
	})
	return r.series
}
