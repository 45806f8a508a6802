// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// newSelf returns a text that no other store has.
func newSelf() string { return rand.Text()[:8] }

func (s *Store) arrivalCursor(seq uint64) string { return s.self + "." + strconv.FormatUint(seq, 10) }

// Arrivals implements store.Store. A cursor of an earlier process is too old.
func (s *Store) Arrivals(ctx context.Context, q trace.Query) (trace.Page, error) {
	if err := s.enter(ctx); err != nil {
		return trace.Page{}, err
	}
	defer s.calls.RUnlock()
	if q.Cursor == "" {
		s.mu.RLock()
		defer s.mu.RUnlock()
		return trace.Page{Cursor: s.arrivalCursor(s.data.seq)}, nil
	}
	self, number, _ := strings.Cut(q.Cursor, ".")
	since, err := strconv.ParseUint(number, 10, 64)
	if err != nil || len(self) != len(s.self) {
		return trace.Page{}, fmt.Errorf("%w %.80q", store.ErrCursor, q.Cursor)
	}
	if self != s.self {
		since = 0
	}
	list, now, cut := s.writtenSince(since)
	var page trace.Page
	if cut || self != s.self {
		page.CutAt = time.Now()
	}
	f := s.newFinder(ctx, &q)
	for i, a := range list {
		sum, found, err := f.find(a.entry, true)
		if err != nil {
			return trace.Page{}, err
		}
		if found {
			page.Traces = append(page.Traces, sum)
		}
		if len(page.Traces) >= max(q.Limit, 1) || f.cost >= f.maxScan {
			if i < len(list)-1 {
				now = a.seq
			}
			break
		}
	}
	page.Cursor, page.Scanned = s.arrivalCursor(now), f.scanned
	return page, nil
}

// arrival is a trace with the number of its last write.
type arrival struct {
	entry *entry
	seq   uint64
}

// writtenSince returns the traces that were written to after the write with the
// number since, oldest write first, and the number of the last write. It is cut
// when some of them are missing.
func (s *Store) writtenSince(since uint64) (list []arrival, now uint64, cut bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for e := s.data.last; e != nil && e.seq > since; e = e.prev {
		if len(list) == maxArrivals {
			cut = true
			break
		}
		list = append(list, arrival{e, e.seq})
	}
	slices.Reverse(list)
	return list, s.data.seq, cut || s.data.lostSeq > since
}
