// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"math"
	"slices"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Search implements store.Store. It looks at traces in the order of the query,
// so that the first page of any order is right even when it is cut.
func (s *Store) Search(ctx context.Context, q trace.Query) (page trace.Page, err error) {
	var after *store.Position
	if q.Cursor != "" {
		p, err := store.ParseCursor(q.Cursor, q.Order)
		if err != nil {
			return trace.Page{}, err
		}
		after = &p
	}
	err = s.read(ctx, func(r *snapshot) error {
		plan, err := r.newPlan(&q, nil)
		if err != nil {
			return err
		}
		f := &finder{r: r, query: &q, plan: plan, maxScan: s.cfg.MaxScan}
		page, err = f.page(after)
		return err
	})
	return page, err
}

// finder makes pages.
type finder struct {
	r       *snapshot
	query   *trace.Query
	plan    *plan
	result  *result
	maxScan int
	scanned int // spans that were read to know whether they are found

	// Of the traces that the result is not sure of: how many were looked at, and
	// how many of them are found.
	examined, foundUnsure int

	summaries summaries
}

// find reports whether the query finds a trace, and returns its summary if
// asked to.
func (f *finder) find(row int64, summary bool) (sum trace.Summary, found bool, err error) {
	sure := f.result.isSure(row)
	if sure && !summary {
		return sum, true, nil
	}
	if sure && len(f.query.Columns) == 0 {
		f.summaries.r = f.r
		sum, err = f.summaries.of(row, f.query.Bare)
		return sum, true, err
	}
	encoded, err := f.r.spans(row, trace.Window{})
	if err != nil {
		return sum, false, err
	}
	td, err := trace.Decode(encoded)
	if err != nil {
		return sum, false, err
	}
	spans := slices.Collect(trace.Spans(td))
	var matched []int
	if !sure {
		f.scanned += len(spans)
	}
	if !sure || len(f.query.Columns) > 0 {
		if matched, found = f.query.Match(spans); !found && !sure {
			return sum, false, nil
		}
	}
	if summary {
		sum = trace.Summarize(spans, matched, f.query.Columns)
	}
	return sum, true, nil
}

// page finds the first traces behind after. When their number is not wanted, it
// looks no further than it must: at the segments with the newest spans, then at
// twice as many, and so on.
func (f *finder) page(after *store.Position) (trace.Page, error) {
	var page trace.Page
	segments := 0
	if f.query.Uncounted && f.query.Order == trace.NewestFirst {
		segments = 1
	}
	for ; ; segments *= 2 {
		if err := f.plan.next(segments); err != nil {
			return page, err
		}
		f.result = f.plan.result()
		list, err := f.candidates(after)
		if err != nil {
			return page, err
		}
		if err := f.fill(&page, list, after); err != nil {
			return page, err
		}
		floor := f.plan.floor()
		if page.Cursor != "" || floor == math.MinInt64 {
			return page, f.count(&page, list)
		}
		if last := before(floor); after == nil || after.Compare(last) < 0 {
			after = &last
		}
		if f.full(&page) {
			page.Cursor = after.Cursor(f.query.Order)
			return page, f.count(&page, list)
		}
	}
}

// before is the position in front of all traces that start before floor.
func before(floor int64) store.Position {
	p := store.Position{Key: floor}
	for i := range p.ID {
		p.ID[i] = 0xff
	}
	return p
}

func (f *finder) full(page *trace.Page) bool { return len(page.Traces) >= max(f.query.Limit, 1) }

// fill adds those of list, which lie behind after, to page that are found. It
// sets page.Cursor when there may be more than fit.
func (f *finder) fill(page *trace.Page, list *candidates, after *store.Position) error {
	var last store.Position
	if after != nil {
		last = *after
	}
	end := func(cut bool, c candidate) {
		page.Cursor = last.Cursor(f.query.Order)
		if cut {
			page.CutAt = timeOf(c.start)
		}
	}
	for {
		c, ok, err := list.next()
		if err != nil || !ok {
			return err
		}
		full, sure := f.full(page), f.result.isSure(c.row)
		if full && (sure || f.query.Uncounted) {
			end(false, c)
			return nil
		}
		if !sure && (f.scanned >= f.maxScan || full && f.scanned >= f.maxScan/countShare) {
			end(!full, c)
			return nil
		}
		sum, found, err := f.find(c.row, !full)
		if err != nil {
			return err
		}
		if !sure {
			f.examined++
			if found {
				f.foundUnsure++
			}
		}
		if full && found {
			end(false, c)
			return nil
		}
		last = c.Position
		if found {
			page.Traces = append(page.Traces, sum)
		}
	}
}

// count sets page.Total. It makes it exact if that does not take long: when all
// candidates are known, and few of them are not sure.
func (f *finder) count(page *trace.Page, list *candidates) error {
	page.Scanned = f.scanned
	if f.query.Uncounted {
		page.Total, page.AtLeast = len(page.Traces), true
		return nil
	}
	for _, rest := range [][]candidate{list.list, list.before} {
		for _, c := range rest {
			if !list.complete || f.result.isSure(c.row) {
				continue
			}
			if f.scanned >= f.maxScan/countShare {
				break
			}
			_, found, err := f.find(c.row, false)
			if err != nil {
				return err
			}
			if f.examined++; found {
				f.foundUnsure++
			}
		}
	}
	page.Total, page.AtLeast = f.sureCount()+f.foundUnsure, f.unsure() != f.examined
	page.Scanned = f.scanned
	return nil
}

func (f *finder) sureCount() int {
	if f.result.all {
		return int(f.r.view.counts.traces)
	}
	return f.result.sure.count()
}

func (f *finder) unsure() int {
	if f.result.all {
		return 0
	}
	return f.result.may.count() - f.result.sure.count()
}

// candidate is a trace with its place in the answer.
type candidate struct {
	store.Position
	row   int64
	start uint64
}
