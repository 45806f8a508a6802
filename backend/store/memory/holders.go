// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// holders returns the traces of which a span has a tag or a link that the query
// asks for, as far as it was read before ctx was done. It is false when there is no
// such term, or when too many spans may meet it.
func (f *finder) holders() (list []candidate, ok bool) {
	if f.query.IDs != nil {
		return nil, false
	}
	s := f.store
	s.mu.RLock()
	chunks := slices.Collect(s.data.eachChunk())
	s.mu.RUnlock()
	var found []held
	var asked *trace.Term
	cost := maxHeld + 1
	for _, t := range needed(f.query.Where) {
		if list, n := s.holding(chunks, t); n < cost {
			found, asked, cost = list, t, n
		}
	}
	if asked == nil {
		return nil, false
	}
	seen := map[pcommon.TraceID]bool{}
	for _, h := range found {
		list = append(list, f.in(h, asked, seen)...)
	}
	return list, true
}

// held is a block of a chunk that may hold a tag or a link.
type held struct {
	chunk *chunk
	block int
}

// needed returns terms of which each trace that e finds has a span that meets
// them: links, and tags with a value.
func needed(e *trace.Expr) (list []*trace.Term) {
	switch {
	case e == nil:
	case e.Op == trace.OpAnd, e.Op == trace.OpSpan:
		for _, arg := range e.Args {
			list = append(list, needed(arg)...)
		}
	case e.Op == trace.OpTerm && e.Term.Cmp == trace.CmpEqual && (e.Term.Field == trace.FieldTag || e.Term.Field == trace.FieldLink):
		list = append(list, &e.Term)
	}
	return list
}

// holding returns the blocks that may hold what t asks for, and what it costs to
// look into them: as tagCost, more than maxHeld when there are more of them.
func (s *Store) holding(chunks []*chunk, t *trace.Term) (list []held, cost int) {
	text, other := tokens(t)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, c := range chunks {
		for i, b := range c.blocks {
			if !b.filter.has(text) && !b.filter.has(other) {
				continue
			}
			list = append(list, held{c, i})
			if cost += b.cost; cost > maxHeld {
				return nil, cost
			}
		}
	}
	return list, cost
}

// in returns the traces about the time of the query's window that have a span
// in h that meets t, and that were not seen before.
func (f *finder) in(h held, t *trace.Term, seen map[pcommon.TraceID]bool) (list []candidate) {
	var found []pcommon.TraceID
	for _, v := range f.store.views(h) { // without the lock: it may take long
		if f.ctx.Err() != nil {
			return nil
		}
		f.scanned++
		if !seen[v.trace] && matchIndexed(t, &v) {
			seen[v.trace] = true
			found = append(found, v.trace)
		}
	}
	start, end := f.query.Window.Nanos()
	s := f.store
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, id := range found {
		if e := s.data.traces[id]; e != nil && e.about(start, end) {
			list = append(list, e.candidate(f.query.Order))
		}
	}
	return list
}

// views returns the spans in h, without their names.
func (s *Store) views(h held) []view {
	s.mu.RLock()
	defer s.mu.RUnlock()
	views := make([]view, 0, h.chunk.recordsIn(h.block))
	for r := range h.chunk.in(h.block) {
		views = append(views, view{record: r, encoded: h.chunk.encoded(r)})
	}
	return views
}
