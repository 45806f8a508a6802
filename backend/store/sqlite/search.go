// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
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
		found, err := r.search(&q)
		if err != nil {
			return err
		}
		f := &finder{r: r, query: &q, result: found, maxScan: s.cfg.MaxScan}
		page, err = f.page(after)
		return err
	})
	return page, err
}

// finder makes pages.
type finder struct {
	r       *snapshot
	query   *trace.Query
	result  *result
	maxScan int
	scanned int // spans that were read to know whether they are found

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
		sum, err = f.summaries.of(row)
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

// page finds the first traces behind after.
func (f *finder) page(after *store.Position) (trace.Page, error) {
	var page trace.Page
	list, err := f.candidates(after)
	if err != nil {
		return page, err
	}
	page.Total, page.AtLeast = f.sureCount(), f.unsure() > 0
	var last store.Position
	end := func(cut bool, c candidate) {
		page.Cursor = last.Cursor(f.query.Order)
		if cut {
			page.CutAt = timeOf(c.start)
		}
	}
	examined := 0 // candidates that are not sure
	for {
		c, ok, err := list.next()
		if err != nil {
			return page, err
		}
		if !ok {
			break
		}
		full, sure := len(page.Traces) >= max(f.query.Limit, 1), f.result.isSure(c.row)
		if full && (sure || f.query.Uncounted) {
			end(false, c)
			break
		}
		if !sure && (f.scanned >= f.maxScan || full && f.scanned >= f.maxScan/countShare) {
			end(!full, c)
			break
		}
		sum, found, err := f.find(c.row, !full)
		if err != nil {
			return page, err
		}
		if !sure {
			examined++
			if found {
				page.Total++
			}
		}
		if full && found {
			end(false, c)
			break
		}
		last = c.Position
		if found {
			page.Traces = append(page.Traces, sum)
		}
	}
	if err := f.count(&page, list, examined); err != nil {
		return page, err
	}
	page.Scanned = f.scanned
	return page, nil
}

// count makes page.Total exact if that does not take long: when all candidates
// are known, and few of them are not sure. Of those, so many of list were
// examined.
func (f *finder) count(page *trace.Page, list *candidates, examined int) error {
	if f.unsure() == examined {
		page.AtLeast = false
	}
	if !page.AtLeast || !list.complete || f.query.Uncounted {
		return nil
	}
	for _, rest := range [][]candidate{list.list, list.before} {
		for _, c := range rest {
			if f.result.isSure(c.row) {
				continue
			}
			if f.scanned >= f.maxScan/countShare {
				return nil
			}
			_, found, err := f.find(c.row, false)
			if err != nil {
				return err
			}
			if found {
				page.Total++
			}
			examined++
		}
	}
	page.AtLeast = f.unsure() != examined
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
