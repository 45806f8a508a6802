// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// readers are the connections that only read.
type readers struct {
	db    *sql.DB
	slots chan struct{} // as many as are in use

	mu     sync.Mutex
	free   []*conn // the one used last comes next: its cache is warm
	closed bool
}

func newReaders(path string) (*readers, error) {
	db, err := sql.Open("sqlite", dsn(path, busyWait, readerCacheKB, "mode", "ro"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(maxReaders)
	return &readers{db: db, slots: make(chan struct{}, maxReaders)}, nil
}

// take returns a connection that nobody uses, when there is one.
func (r *readers) take(ctx context.Context) (*conn, error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r.mu.Lock()
	if n := len(r.free); n > 0 {
		c := r.free[n-1]
		r.free = r.free[:n-1]
		r.mu.Unlock()
		return c, nil
	}
	r.mu.Unlock()
	c, err := newConn(ctx, r.db)
	if err != nil {
		<-r.slots
	}
	return c, err
}

// put gives c back, which is closed when it is not usable any more.
func (r *readers) put(c *conn, usable bool) {
	r.mu.Lock()
	if usable = usable && !r.closed; usable {
		r.free = append(r.free, c)
	}
	r.mu.Unlock()
	if !usable {
		c.close()
	}
	<-r.slots
}

// close closes the connections, those in use when they are given back.
func (r *readers) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, c := range r.free {
		c.close()
	}
	_ = r.db.Close()
}

// snapshot is the store as it was at one moment. Only one goroutine uses it.
type snapshot struct {
	*conn
	of   *readers
	ctx  context.Context
	view view

	operations map[int64]operation // see know
}

// read calls f with the store as it is now.
func (s *Store) read(ctx context.Context, f func(*snapshot) error) (err error) {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	from := s.readers
	if s.following {
		if from, err = s.follower(); err != nil {
			return err
		}
	}
	c, err := from.take(ctx)
	if err != nil {
		return err
	}
	r := &snapshot{conn: c, of: from, ctx: ctx}
	defer func() { from.put(c, c.exec("ROLLBACK") == nil) }()
	if err := r.begin(s); err != nil {
		return s.wrap(err)
	}
	return s.wrap(f(r))
}

func (r *snapshot) begin(s *Store) error {
	if s.following {
		s.mu.Lock() // each follows from where the one before it was
		defer s.mu.Unlock()
	} else {
		s.mu.RLock()
		defer s.mu.RUnlock()
	}
	if err := r.exec("BEGIN"); err != nil {
		return err
	}
	var schema int64
	err := r.one("PRAGMA schema_version", nil, &schema) // the first read is the moment
	if err == nil && s.following {
		err = s.follow(r, schema)
	}
	r.view = s.view
	return err
}

// segment is a segment, or the tail.
type segment struct {
	first              int64
	n                  int
	minStart, maxStart uint64
	minTrace, maxTrace int64 // trace.id
	tail               *tail // or nil
	cols               columns
	loaded             [columnKinds]bool
}

// segments returns all segments in the order of their numbers, the tail last.
func (r *snapshot) segments() ([]*segment, error) {
	var list []*segment
	err := r.each(r.ctx, "SELECT id, spans, min_start, max_start, min_trace, max_trace FROM segment ORDER BY id", nil, func(scan func(...any) error) error {
		var minStart, maxStart int64
		seg := &segment{}
		if err := scan(&seg.first, &seg.n, &minStart, &maxStart, &seg.minTrace, &seg.maxTrace); err != nil {
			return err
		}
		seg.minStart, seg.maxStart = uint64(minStart), uint64(maxStart)
		list = append(list, seg)
		return nil
	})
	if t := &r.view.tail; t.spans() > 0 {
		list = append(list, &segment{first: t.first, n: t.spans(), minStart: t.minStart, maxStart: t.maxStart, minTrace: t.minTrace, maxTrace: t.maxTrace, tail: t, cols: t.columns})
	}
	return list, err
}

// tracesOf calls f with the trace of each of spans. It does not keep the column.
func (r *snapshot) tracesOf(seg *segment, spans bitset, f func(row int64)) error {
	if seg.tail != nil {
		for i := range spans.all() {
			f(seg.cols.trace[i])
		}
		return nil
	}
	ok := false
	err := r.each(r.ctx, "SELECT body FROM columns WHERE id = ?", []any{columnID(seg.first, columnTrace)}, func(scan func(...any) error) error {
		var body sql.RawBytes
		err := scan(&body)
		ok = err == nil && pickDeltas(body, spans, f)
		return err
	})
	if err == nil && !ok {
		err = fmt.Errorf("column %d of segment %d: %w", columnTrace, seg.first, errCorrupt)
	}
	return err
}

// load makes columns of seg known.
func (r *snapshot) load(seg *segment, kinds ...kind) error {
	for _, k := range kinds {
		if seg.tail != nil || seg.loaded[k] {
			continue
		}
		var body []byte
		if err := r.one("SELECT body FROM columns WHERE id = ?", []any{columnID(seg.first, k)}, &body); err != nil {
			return err
		}
		if err := seg.cols.decode(k, seg.n, body); err != nil {
			return err
		}
		seg.loaded[k] = true
	}
	return nil
}

// tokens are the tokens from first to last, or those of them in only.
type tokens struct {
	first, last token
	only        map[token]struct{} // nil: all
}

func (t *tokens) has(x token) bool {
	if x < t.first || x > t.last {
		return false
	}
	if t.only == nil {
		return true
	}
	_, ok := t.only[x]
	return ok
}

// find adds the spans of seg that have one of the tokens to set.
func (r *snapshot) find(seg *segment, want []tokens, set bitset) error {
	for i := range want {
		if err := r.findTokens(seg, &want[i], set); err != nil {
			return err
		}
	}
	return nil
}

func (r *snapshot) findTokens(seg *segment, want *tokens, set bitset) error {
	if seg.tail != nil {
		for _, p := range seg.tail.postings {
			if want.has(p.token) {
				set.set(uint64(p.span))
			}
		}
		return nil
	}
	// The first row that begins at or before want.first is the last that can have any.
	const query = "SELECT token, body FROM posting WHERE segment = ? AND token <= ? ORDER BY token DESC"
	return r.each(r.ctx, query, []any{seg.first, int64(want.last)}, func(scan func(...any) error) error {
		var first token
		var body sql.RawBytes
		if err := scan(&first, &body); err != nil {
			return err
		}
		err := decodePostings(first, body, func(t token, list spanList) bool {
			if want.has(t) {
				list.addTo(set)
			}
			return t < want.last
		})
		if err == nil && first <= want.first {
			err = errEnough
		}
		return err
	})
}

// overlaps reports whether there may be spans in the window from from to to
// (trace.Window.Nanos) whose starts are from minStart to maxStart.
func overlaps(minStart, maxStart, from, to uint64) bool {
	return maxStart >= from && (minStart < to || to == math.MaxUint64)
}

// blocks returns those of ids that there are.
func (r *snapshot) blocks(ids []int64) (map[int64]*block, error) {
	found := make(map[int64]*block, len(ids))
	var missing []any
	for _, id := range ids {
		if b := r.view.blocks.get(id); b != nil {
			found[id] = b
		} else {
			missing = append(missing, id)
		}
	}
	err := r.eachOf(r.ctx, "SELECT id, body FROM block WHERE id IN ", missing, func(scan func(...any) error) error {
		var id int64
		var body []byte
		if err := scan(&id, &body); err != nil {
			return err
		}
		b, err := openBlock(body)
		if err != nil {
			return fmt.Errorf("block %d: %w", id, err)
		}
		found[id] = b
		r.view.blocks.put(id, b)
		return nil
	})
	return found, err
}

func timeOf(ns uint64) time.Time { return pcommon.Timestamp(ns).AsTime() }
