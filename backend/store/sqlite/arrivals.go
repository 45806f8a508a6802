// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// arrivalCursor says that the spans before next are known.
func arrivalCursor(next int64) string { return "n" + strconv.FormatInt(next, 10) }

func parseArrivalCursor(cursor string) (int64, error) {
	number, ok := strings.CutPrefix(cursor, "n")
	next, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || next < 0 {
		return 0, fmt.Errorf("%w %.80q", store.ErrCursor, cursor)
	}
	return next, nil
}

// Arrivals implements store.Store.
func (s *Store) Arrivals(ctx context.Context, q trace.Query) (page trace.Page, err error) {
	err = s.read(ctx, func(r *snapshot) error {
		now := r.view.tail.next()
		page.Cursor = arrivalCursor(now)
		if q.Cursor == "" {
			return nil
		}
		since, err := parseArrivalCursor(q.Cursor)
		if err != nil {
			return err
		}
		list, cut, err := r.writtenSince(since)
		if err != nil {
			return err
		}
		if cut {
			page.CutAt = time.Now()
		}
		if len(list) == 0 {
			return nil
		}
		rows := make([]int64, len(list))
		for i, a := range list {
			rows[i] = a.row
		}
		plan, err := r.newPlan(&q, rows)
		if err == nil {
			err = plan.next(0)
		}
		if err != nil {
			return err
		}
		f := &finder{r: r, query: &q, result: plan.result(), maxScan: s.cfg.MaxScan}
		for i, a := range list {
			if !f.result.mayFind(a.row) {
				continue
			}
			sum, found, err := f.find(a.row, true)
			if err != nil {
				return err
			}
			if found {
				page.Traces = append(page.Traces, sum)
			}
			if (len(page.Traces) >= max(q.Limit, 1) || f.scanned >= f.maxScan) && i < len(list)-1 {
				page.Cursor = arrivalCursor(a.last + 1)
				break
			}
		}
		page.Scanned = f.scanned
		return nil
	})
	return page, err
}

// arrival is a trace with the number of the span that arrived last.
type arrival struct{ row, last int64 }

// writtenSince returns the traces that have spans whose number is at least
// since, in the order of their last one. It is cut when some may be missing.
func (r *snapshot) writtenSince(since int64) (list []arrival, cut bool, err error) {
	now := r.view.tail.next()
	if since > now {
		return nil, true, nil // of what the store was before it was emptied
	}
	if now-since > maxArrivedSpans {
		since, cut = now-maxArrivedSpans, true
	}
	segments, err := r.segments()
	if err != nil {
		return nil, false, err
	}
	first := now // that is still there
	last := map[int64]int64{}
	for _, seg := range segments {
		if seg.first < 0 {
			continue
		}
		first = min(first, seg.first)
		if seg.first+int64(seg.n) <= since {
			continue
		}
		if err := r.load(seg, columnTrace); err != nil {
			return nil, false, err
		}
		for i, row := range seg.cols.trace {
			if n := seg.first + int64(i); n >= since {
				last[row] = n
			}
		}
	}
	for row, n := range maps.All(last) {
		list = append(list, arrival{row, n})
	}
	slices.SortFunc(list, func(a, b arrival) int { return cmp.Compare(a.last, b.last) })
	return list, cut || since < first, nil
}
