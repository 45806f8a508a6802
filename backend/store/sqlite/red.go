// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"cmp"
	"context"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// RED implements store.Store. It looks at the columns of all spans in the
// window.
func (s *Store) RED(ctx context.Context, q trace.REDQuery) ([]trace.REDSeries, error) {
	rates := store.NewRates(q)
	err := s.read(ctx, func(r *snapshot) error {
		index := map[int64]int{} // series of operations; the others are not asked for
		var recent [256]struct { // what index says, by the last bits of the operation
			operation int64
			series    int
			counted   bool
		}
		err := r.eachOperation(func(id int64, o operation) {
			if i, ok := rates.Series(o.service, o.name, ptrace.SpanKind(o.kind)); ok {
				index[id] = i
			}
		})
		if err != nil {
			return err
		}
		var tooMuch error
		err = r.eachIn(q.Window, []kind{columnDuration, columnOperation, columnStatus}, func(seg *segment, i int) {
			operation := seg.cols.operation[i]
			known := &recent[uint8(operation)]
			if known.operation != operation {
				known.operation = operation
				known.series, known.counted = index[operation]
			}
			if known.counted && tooMuch == nil {
				tooMuch = rates.Add(known.series, seg.cols.start[i], time.Duration(seg.cols.duration[i]), ptrace.StatusCode(seg.cols.status[i]))
			}
		})
		return cmp.Or(err, tooMuch)
	})
	if err != nil {
		return nil, err
	}
	return rates.Answer(), nil
}

func isError(status uint8) bool { return ptrace.StatusCode(status) == ptrace.StatusCodeError }

// eachOperation calls f with each operation, and its number (operation.id).
func (r *snapshot) eachOperation(f func(id int64, o operation)) error {
	return r.each(r.ctx, "SELECT id, service, name, kind FROM operation", nil, func(scan func(...any) error) error {
		var id int64
		var o operation
		if err := scan(&id, &o.service, &o.name, &o.kind); err != nil {
			return err
		}
		f(id, o)
		return nil
	})
}

// eachIn calls f for each span that starts within w, with its index in its
// segment. Of that, columnStart and others are loaded.
func (r *snapshot) eachIn(w trace.Window, kinds []kind, f func(seg *segment, i int)) error {
	segments, err := r.segments()
	if err != nil {
		return err
	}
	from, to := w.Nanos()
	var reused columns
	for _, seg := range segments {
		s := *seg // so that its columns are not kept
		if s.tail == nil {
			s.cols = reused
		}
		if err := r.eachStarting(&s, from, to, kinds, f); err != nil {
			return err
		}
		if s.tail == nil {
			reused = s.cols
		}
	}
	return nil
}

// eachStarting is eachIn for one segment, which then knows these columns, and a
// window (trace.Window.Nanos).
func (r *snapshot) eachStarting(seg *segment, from, to uint64, kinds []kind, f func(seg *segment, i int)) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if !overlaps(seg.minStart, seg.maxStart, from, to) {
		return nil
	}
	if err := r.load(seg, append(kinds, columnStart)...); err != nil {
		return err
	}
	for i, start := range seg.cols.start {
		if inWindow(start, from, to) {
			f(seg, i)
		}
	}
	return nil
}
