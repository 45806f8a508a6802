// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"fmt"
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

const (
	// maxLookups bounds the requests with which a search begins, unless there are more
	// services. It looks for spans by service alone when more would be needed.
	maxLookups = 2_000
	// A request, and so many entries of an index, cost as much as a span that is read.
	entriesPerSpan = 50
)

// work is what a search asks of the indexes, some requests at a time.
type work struct {
	store    *Store
	db       session
	turns    chan struct{}
	requests atomic.Int64
	entries  atomic.Int64
}

func newWork(s *Store, db session) *work {
	return &work{store: s, db: db, turns: make(chan struct{}, requests)}
}

// cost returns what was done, in spans.
func (w *work) cost() int { return int(w.requests.Load() + w.entries.Load()/entriesPerSpan) }

// ask runs a query that selects start_time and trace_id, page rows in one answer. One
// whose trace cannot be read has noTrace.
func (w *work) ask(ctx context.Context, page int, query string, args ...any) (all []entry, err error) {
	select {
	case w.turns <- struct{}{}:
		defer func() { <-w.turns }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	w.requests.Add(1)
	var start int64
	var id raw
	err = each(w.db.rows(ctx, page, query, args...), func() error {
		e := entry{start: start}
		if len(id) == len(e.id) {
			e.id = pcommon.TraceID(id)
		} else {
			w.store.leaveOut(unreadable, "an entry of an index", fmt.Errorf("a trace id of %d bytes", len(id)))
		}
		all = append(all, e)
		return nil
	}, &start, &id)
	if err != nil {
		return nil, w.store.failed(ctx, "read an index", err)
	}
	w.entries.Add(int64(len(all)))
	return all, nil
}
