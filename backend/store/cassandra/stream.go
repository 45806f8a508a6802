// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
)

// entry is a span in an index: when it starts, in microseconds, and its trace.
type entry struct {
	start int64
	id    pcommon.TraceID
}

// stream yields entries, those that start last first. One may come twice.
type stream interface {
	// peek returns the next entry, or false when there is none.
	peek(ctx context.Context) (entry, bool, error)
	// pop removes it.
	pop()
}

// rows is a stream of what is asked for in parts.
type rows struct {
	// fetch returns up to limit entries that start at before or earlier.
	fetch  func(ctx context.Context, before int64, limit int) ([]entry, error)
	before int64
	limit  int
	read   []entry
	ended  bool
}

func newRows(before int64, fetch func(context.Context, int64, int) ([]entry, error)) *rows {
	return &rows{fetch: fetch, before: before, limit: firstRows}
}

func (r *rows) peek(ctx context.Context) (entry, bool, error) {
	for len(r.read) == 0 && !r.ended {
		got, err := r.fetch(ctx, r.before, r.limit)
		if err != nil {
			return entry{}, false, err
		}
		r.ended = len(got) < r.limit
		if !r.ended && got[len(got)-1].start == r.before && got[0].start == r.before {
			if r.limit > 100*mostRows {
				return entry{}, false, fmt.Errorf("%w: %d spans of one microsecond", store.ErrTooMuch, r.limit)
			}
			r.limit *= 10 // all of one time
			continue
		}
		if len(got) > 0 {
			r.before = got[len(got)-1].start
		}
		r.read, r.limit = got, min(4*r.limit, max(mostRows, r.limit))
	}
	if len(r.read) == 0 {
		return entry{}, false, nil
	}
	return r.read[0], true, nil
}

func (r *rows) pop() { r.read = r.read[1:] }

// union is a stream of what is in any of several.
type union struct {
	all   []stream
	begun bool
	next  int // of all, where peek found the entry
}

func (u *union) peek(ctx context.Context) (best entry, found bool, err error) {
	if !u.begun {
		if err := begin(ctx, u.all); err != nil {
			return best, false, err
		}
		u.begun = true
	}
	for i, s := range u.all {
		e, ok, err := s.peek(ctx)
		if err != nil {
			return best, false, err
		}
		if ok && (!found || e.start > best.start) {
			best, found, u.next = e, true, i
		}
	}
	return best, found, nil
}

func (u *union) pop() { u.all[u.next].pop() }

// begin makes the first requests of streams, some at a time.
func begin(ctx context.Context, all []stream) error {
	if len(all) < 2 {
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	turns := make(chan struct{}, requests)
	var begun sync.WaitGroup
	for _, s := range all {
		begun.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			if _, _, err := s.peek(ctx); err != nil {
				cancel(err)
			}
		})
	}
	begun.Wait()
	return context.Cause(ctx)
}

// both is a stream of what is in each of several.
type both struct {
	all   []stream
	begun bool
	read  []entry // of one time
}

func (b *both) peek(ctx context.Context) (entry, bool, error) {
	if !b.begun {
		if err := begin(ctx, b.all); err != nil {
			return entry{}, false, err
		}
		b.begun = true
	}
	for len(b.read) == 0 {
		at, ok, err := b.meet(ctx)
		if err != nil || !ok {
			return entry{}, false, err
		}
		for i, s := range b.all {
			ids, err := takeAt(ctx, s, at)
			if err != nil {
				return entry{}, false, err
			}
			if i == 0 {
				b.read = ids
			}
			b.read = slices.DeleteFunc(b.read, func(e entry) bool { return !slices.Contains(ids, e) })
		}
	}
	return b.read[0], true, nil
}

func (b *both) pop() { b.read = b.read[1:] }

// meet moves all streams to the latest time at which each has an entry, as far as their
// next ones say.
func (b *both) meet(ctx context.Context) (at int64, ok bool, err error) {
	at = math.MaxInt64
	for i := 0; i < len(b.all); {
		e, ok, err := b.all[i].peek(ctx)
		switch {
		case err != nil || !ok:
			return 0, false, err
		case e.start > at:
			b.all[i].pop()
		case e.start < at:
			at, i = e.start, 0
		default:
			i++
		}
	}
	return at, true, nil
}

// takeAt removes the entries of s that start at that time, and returns them.
func takeAt(ctx context.Context, s stream, at int64) (all []entry, err error) {
	for {
		e, ok, err := s.peek(ctx)
		if err != nil || !ok || e.start != at {
			return all, err
		}
		all = append(all, e)
		s.pop()
	}
}

// entries reads a query that selects start_time and trace_id.
func entries(ctx context.Context, q *gocql.Query) (all []entry, err error) {
	rows := q.IterContext(ctx).Scanner()
	var id raw
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.start, &id); err != nil {
			return nil, failed(ctx, "read an index", err)
		}
		if len(id) != len(e.id) {
			return nil, fmt.Errorf("cassandra: an index has a trace id of %d bytes", len(id))
		}
		e.id = pcommon.TraceID(id)
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, "read an index", err)
	}
	return all, nil
}
