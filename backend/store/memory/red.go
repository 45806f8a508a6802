// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// RED implements store.Store. It looks at the records of all spans.
func (s *Store) RED(ctx context.Context, q trace.REDQuery) ([]trace.REDSeries, error) {
	type key struct {
		service, operation string
		step               uint64
	}
	points := map[key]*trace.REDPoint{}
	step := uint64(max(q.Step, time.Minute))
	start, end := q.Window.Nanos()
	err := s.traces(ctx, q.Window, func(e *entry) {
		for _, r := range e.refs {
			rec, n := r.record(), r.name()
			if !within(rec.start, start, end) || !wanted(&q, n) {
				continue
			}
			k := key{service: n.service, step: rec.start / step}
			if q.ByOperation {
				k.operation = n.name
			}
			p := points[k]
			if p == nil {
				p = &trace.REDPoint{Time: pcommon.Timestamp(k.step * step).AsTime()}
				points[k] = p
			}
			p.Spans++
			if rec.status == ptrace.StatusCodeError {
				p.Errors++
			}
			p.Durations.Add(time.Duration(rec.duration()))
		}
	})
	if err != nil {
		return nil, err
	}

	keys := make([]key, 0, len(points))
	for k := range points {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.operation, b.operation), cmp.Compare(a.step, b.step))
	})
	var series []trace.REDSeries
	for _, k := range keys {
		if i := len(series) - 1; i < 0 || series[i].Service != k.service || series[i].Operation != k.operation {
			series = append(series, trace.REDSeries{Service: k.service, Operation: k.operation})
		}
		last := &series[len(series)-1]
		last.Points = append(last.Points, *points[k])
	}
	return series, nil
}

// wanted reports whether q asks for spans of that name.
func wanted(q *trace.REDQuery, n *name) bool {
	return (q.Service == "" || q.Service == n.service) && (q.Operation == "" || q.Operation == n.name) &&
		(len(q.Kinds) == 0 || slices.Contains(q.Kinds, n.kind))
}
