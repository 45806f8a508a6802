// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// RED implements store.Store. It looks at the columns of all spans in the
// window.
func (s *Store) RED(ctx context.Context, q trace.REDQuery) (series []trace.REDSeries, err error) {
	type key struct {
		series int
		step   uint64
	}
	points := map[key]*trace.REDPoint{}
	step := uint64(max(q.Step, time.Minute))
	err = s.read(ctx, func(r *snapshot) error {
		operations, err := r.operations()
		if err != nil {
			return err
		}
		index := map[int64]int{} // of operations in series; the others are not asked for
		known := map[[2]string]int{}
		for id, o := range operations {
			if !wanted(&q, o) {
				continue
			}
			name := [2]string{o.service, ""}
			if q.ByOperation {
				name[1] = o.name
			}
			i, ok := known[name]
			if !ok {
				i = len(series)
				known[name] = i
				series = append(series, trace.REDSeries{Service: name[0], Operation: name[1]})
			}
			index[id] = i
		}
		return r.eachIn(q.Window, []kind{columnDuration, columnOperation, columnStatus}, func(seg *segment, i int) {
			n, ok := index[seg.cols.operation[i]]
			if !ok {
				return
			}
			k := key{n, seg.cols.start[i] / step}
			p := points[k]
			if p == nil {
				p = &trace.REDPoint{Time: timeOf(k.step * step)}
				points[k] = p
			}
			p.Spans++
			if isError(seg.cols.status[i]) {
				p.Errors++
			}
			p.Durations.Add(time.Duration(seg.cols.duration[i]))
		})
	})
	if err != nil {
		return nil, err
	}
	for k, p := range points {
		series[k.series].Points = append(series[k.series].Points, *p)
	}
	series = slices.DeleteFunc(series, func(s trace.REDSeries) bool { return len(s.Points) == 0 })
	for _, s := range series {
		slices.SortFunc(s.Points, func(a, b trace.REDPoint) int { return a.Time.Compare(b.Time) })
	}
	slices.SortFunc(series, func(a, b trace.REDSeries) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation))
	})
	return series, nil
}

func isError(status uint8) bool { return ptrace.StatusCode(status) == ptrace.StatusCodeError }

// wanted reports whether q asks for spans of that name.
func wanted(q *trace.REDQuery, o operation) bool {
	return (q.Service == "" || q.Service == o.service) && (q.Operation == "" || q.Operation == o.name) &&
		(len(q.Kinds) == 0 || slices.Contains(q.Kinds, ptrace.SpanKind(o.kind)))
}

// operations returns all operations by operation.id.
func (r *snapshot) operations() (map[int64]operation, error) {
	all := map[int64]operation{}
	err := r.each(r.ctx, "SELECT id, service, name, kind FROM operation", nil, func(scan func(...any) error) error {
		var id int64
		var o operation
		if err := scan(&id, &o.service, &o.name, &o.kind); err != nil {
			return err
		}
		all[id] = o
		return nil
	})
	return all, err
}

// eachIn calls f for each span that starts within w, with its index in its
// segment. Of that, columnStart and others are loaded.
func (r *snapshot) eachIn(w trace.Window, kinds []kind, f func(seg *segment, i int)) error {
	segments, err := r.segments()
	if err != nil {
		return err
	}
	from, to := w.Nanos()
	for _, seg := range segments {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if seg.maxStart < from || seg.minStart >= to && to != math.MaxUint64 {
			continue
		}
		seg := *seg // so that its columns are not kept
		if err := r.load(&seg, append(kinds, columnStart)...); err != nil {
			return err
		}
		for i, start := range seg.cols.start {
			if inWindow(start, from, to) {
				f(&seg, i)
			}
		}
	}
	return nil
}
