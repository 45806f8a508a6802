// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"bytes"
	"container/heap"
	"context"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Search implements store.Store. It looks at traces in the order of the query,
// so that the first page of any order is right even when it is cut.
func (s *Store) Search(ctx context.Context, q trace.Query) (trace.Page, error) {
	if err := s.enter(ctx); err != nil {
		return trace.Page{}, err
	}
	defer s.calls.RUnlock()
	var after *store.Position
	if q.Cursor != "" {
		p, err := store.ParseCursor(q.Cursor, q.Order)
		if err != nil {
			return trace.Page{}, err
		}
		after = &p
	}
	before, behind := s.candidates(&q, after)
	return s.newFinder(ctx, &q).page(before, behind)
}

// candidate is a trace with its place in the answer.
type candidate struct {
	store.Position
	entry *entry
	start uint64
}

// candidates are a heap: the first one is the next.
type candidates []candidate

func (c candidates) Len() int           { return len(c) }
func (c candidates) Less(i, j int) bool { return c[i].Compare(c[j].Position) < 0 }
func (c candidates) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *candidates) Push(any)          {} // nothing is ever pushed
func (c *candidates) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

// candidates returns the traces that have spans about the time of q's window:
// those up to the position after, and those behind it.
func (s *Store) candidates(q *trace.Query, after *store.Position) (before, behind candidates) {
	start, end := q.Window.Nanos()
	s.mu.RLock()
	defer s.mu.RUnlock()
	add := func(e *entry) {
		if e.lastStart < start || e.start >= end && end != noTime {
			return
		}
		c := candidate{store.Position{Key: e.key(q.Order), ID: e.id}, e, e.start}
		if after != nil && c.Compare(*after) <= 0 {
			before = append(before, c)
		} else {
			behind = append(behind, c)
		}
	}
	if q.IDs == nil {
		behind = make(candidates, 0, len(s.data.all))
		for _, e := range s.data.all {
			add(e)
		}
		return before, behind
	}
	ids := slices.Clone(q.IDs)
	slices.SortFunc(ids, func(a, b pcommon.TraceID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range slices.Compact(ids) {
		if e := s.data.traces[id]; e != nil {
			add(e)
		}
	}
	return before, behind
}

// page finds the first traces of behind. The others are looked at for their
// number, as long as that does not take long.
func (f *finder) page(before, behind candidates) (trace.Page, error) {
	var page trace.Page
	heap.Init(&behind)
	var last candidate
	for len(behind) > 0 && len(page.Traces) < max(f.query.Limit, 1) {
		if f.cost >= f.maxScan {
			page.CutAt = pcommon.Timestamp(behind[0].start).AsTime()
			page.Cursor = last.Cursor(f.query.Order)
			break
		}
		last = heap.Pop(&behind).(candidate)
		sum, found, err := f.find(last.entry, true)
		if err != nil {
			return trace.Page{}, err
		}
		if found {
			page.Traces = append(page.Traces, sum)
		}
	}
	if f.query.Uncounted {
		if len(behind) > 0 {
			page.Cursor = last.Cursor(f.query.Order)
		}
		page.Total, page.AtLeast, page.Scanned = len(page.Traces), true, f.scanned
		return page, nil
	}
	f.looked = 0
	more, all, err := f.count(behind)
	if err != nil {
		return trace.Page{}, err
	}
	if more > 0 || !all {
		page.Cursor = last.Cursor(f.query.Order)
	}
	earlier, allEarlier, err := f.count(before)
	page.Total = len(page.Traces) + more + earlier
	page.AtLeast = !all || !allEarlier
	page.Scanned = f.scanned
	return page, err
}

// count returns how many of list the query finds, and whether it looked at all.
func (f *finder) count(list candidates) (n int, all bool, err error) {
	for _, c := range list {
		if f.cost >= f.maxScan/countShare || f.looked >= maxCounted {
			return n, false, nil
		}
		_, found, err := f.find(c.entry, false)
		if err != nil {
			return 0, false, err
		}
		if found {
			n++
		}
	}
	return n, true, nil
}
