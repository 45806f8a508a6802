// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"golang.org/x/sync/errgroup"

	"github.com/go-spur/spur/backend/store"
)

// entry is a span in an index: when it starts, in microseconds, and its trace.
type entry struct {
	start int64
	id    pcommon.TraceID
}

// noTrace is the id of an entry that is no span: it says how far a stream is, or cannot be
// read.
var noTrace pcommon.TraceID

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
	most   int // for limit, while no more entries are of one time
	read   []entry
	ended  bool
}

func newRows(before int64, most int, fetch func(context.Context, int64, int) ([]entry, error)) *rows {
	return &rows{fetch: fetch, before: before, limit: min(max(most/5, leastRows), firstRows), most: most}
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
		r.read, r.limit = got, min(4*r.limit, r.most)
	}
	if len(r.read) == 0 {
		return entry{}, false, nil
	}
	return r.read[0], true, nil
}

func (r *rows) pop() { r.read = r.read[1:] }

// union is a stream of what is in any of several.
type union struct {
	all    []stream
	begun  bool
	heads  []head // of those that have not ended, the latest last
	popped stream // is in no head, or nil
}

// head is a stream with its next entry.
type head struct {
	stream
	entry
}

func (u *union) peek(ctx context.Context) (entry, bool, error) {
	if !u.begun {
		if err := begin(ctx, u.all); err != nil {
			return entry{}, false, err
		}
		u.heads = u.heads[:0] // of an attempt that failed
		for _, s := range u.all {
			if err := u.add(ctx, s); err != nil {
				return entry{}, false, err
			}
		}
		u.begun = true
	}
	if u.popped != nil {
		if err := u.add(ctx, u.popped); err != nil {
			return entry{}, false, err
		}
		u.popped = nil
	}
	if len(u.heads) == 0 {
		return entry{}, false, nil
	}
	return u.heads[len(u.heads)-1].entry, true, nil
}

// add puts s in its place in heads, if it has not ended.
func (u *union) add(ctx context.Context, s stream) error {
	e, ok, err := s.peek(ctx)
	if err != nil || !ok {
		return err
	}
	at, _ := slices.BinarySearchFunc(u.heads, e.start, func(h head, start int64) int { return cmp.Compare(h.start, start) })
	u.heads = slices.Insert(u.heads, at, head{s, e})
	return nil
}

func (u *union) pop() {
	last := len(u.heads) - 1
	u.popped = u.heads[last].stream
	u.heads = u.heads[:last]
	u.popped.pop()
}

// begin makes the first requests of streams at once. The requests themselves are some at
// a time: see work.
func begin(ctx context.Context, all []stream) error {
	first, ctx := errgroup.WithContext(ctx)
	first.SetLimit(requests)
	for _, s := range all {
		first.Go(func() error {
			_, _, err := s.peek(ctx)
			return err
		})
	}
	return first.Wait()
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
	for passed := 0; len(b.read) == 0; passed++ {
		least, most, ok, err := b.ends(ctx)
		if err != nil || !ok {
			return entry{}, false, err
		}
		switch {
		case passed == mostPassed:
			b.read = []entry{{start: least}}
		case least == most:
			if b.read, err = b.takeAt(ctx, most); err != nil {
				return entry{}, false, err
			}
		default:
			for _, s := range b.all {
				if e, _, _ := s.peek(ctx); e.start > least { // ends has peeked
					s.pop()
				}
			}
		}
	}
	return b.read[0], true, nil
}

func (b *both) pop() { b.read = b.read[1:] }

// ends returns when the earliest and the latest of the next entries start. Ok is false
// when there is no more in one of the streams.
func (b *both) ends(ctx context.Context) (least, most int64, ok bool, err error) {
	least, most = math.MaxInt64, math.MinInt64
	for _, s := range b.all {
		e, ok, err := s.peek(ctx)
		if err != nil || !ok {
			return 0, 0, false, err
		}
		least, most = min(least, e.start), max(most, e.start)
	}
	return least, most, true, nil
}

// takeAt removes the entries that start at that time, and returns those that all have.
func (b *both) takeAt(ctx context.Context, at int64) (all []entry, err error) {
	for i, s := range b.all {
		some, err := takeAt(ctx, s, at)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			all = some
			continue
		}
		is := map[entry]bool{}
		for _, e := range some {
			is[e] = true
		}
		all = slices.DeleteFunc(all, func(e entry) bool { return !is[e] })
	}
	return all, nil
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
