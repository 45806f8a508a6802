// SPDX-License-Identifier: Apache-2.0

package memory

import (
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
	f := s.newFinder(ctx, &q)
	before, behind := f.candidates(after)
	if err := ctx.Err(); err != nil {
		return trace.Page{}, err
	}
	return f.page(before, behind)
}

// page finds the first traces of behind. The others are looked at for their
// number, as long as that does not take long.
func (f *finder) page(before, behind candidates) (trace.Page, error) {
	var page trace.Page
	var last candidate
	for len(page.Traces) < max(f.query.Limit, 1) {
		c, ok := behind.peek()
		if !ok {
			break
		}
		if f.cost >= f.maxScan {
			page.CutAt = pcommon.Timestamp(c.start).AsTime()
			page.Cursor = last.Cursor(f.query.Order)
			break
		}
		last = c
		behind.pop()
		sum, found, err := f.find(c.entry, true)
		if err != nil {
			return trace.Page{}, err
		}
		// An earlier span that was written meanwhile can make a trace come again.
		if found && !slices.ContainsFunc(page.Traces, func(t trace.Summary) bool { return t.TraceID == c.ID }) {
			page.Traces = append(page.Traces, sum)
		}
	}
	if f.query.Uncounted {
		if _, more := behind.peek(); more {
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
	for {
		c, ok := list.peek()
		if !ok {
			return n, true, nil
		}
		if f.cost >= f.maxScan/countShare || f.looked >= maxCounted {
			return n, false, nil
		}
		list.pop()
		_, found, err := f.find(c.entry, false)
		if err != nil {
			return 0, false, err
		}
		if found {
			n++
		}
	}
}
