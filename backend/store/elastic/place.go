// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"cmp"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

const (
	// ahead is how far in the future spans are looked for when nobody says until when, and
	// how far in it they have indices of their own.
	ahead = 24 * time.Hour
	// defaultAge is how far in the past they have, unless Config.MaxAge says so.
	defaultAge = 72 * time.Hour
	// around is how far from a span that a search finds others of its trace may lie.
	around = 24 * time.Hour
)

// place is the time whose index has a span that starts at start and is written now. It
// is start, but for spans from long ago and from the future: those would make an index for each day
// that a sender thinks of, and the server has room for a thousand shards or so.
func (s *Store) place(start, now time.Time) time.Time {
	age := cmp.Or(s.config.MaxAge, defaultAge)
	if start.Before(now.Add(-age)) || start.After(now.Add(ahead)) {
		return now
	}
	return start
}

// bounds are w or, where it is open, the times that reads without a window look at. A zero
// from is any time.
func (s *Store) bounds(w trace.Window) (from, to time.Time) {
	now := s.now()
	if from = w.Start; from.IsZero() && s.config.MaxAge > 0 {
		last := now
		if !w.End.IsZero() && w.End.Before(now) {
			last = w.End
		}
		from = last.Add(-s.config.MaxAge)
	}
	if to = w.End; to.IsZero() {
		to = now.Add(ahead)
	}
	if !from.IsZero() && to.Before(from) {
		to = from
	}
	return from, to
}

// indices are those with documents of w.
func (s *Store) indices(k kind, w trace.Window) string {
	from, to := s.bounds(w)
	return s.names.read(k, from, to)
}

// spanIndices are the indices that may have spans of w: those of w, of all days since, on
// which late ones may have been written, and of today, if w is in the future. See place.
func (s *Store) spanIndices(w trace.Window) string {
	from, to := s.bounds(w)
	now := s.now()
	if last := now.Add(ahead); to.Before(last) {
		to = last
	}
	if now.Before(from) {
		from = now
	}
	return s.names.read(spans, from, to)
}

// reach is where traces with a span in w may have others: around it, and wherever reads
// without a window look.
func (s *Store) reach(w trace.Window) trace.Window {
	young, _ := s.bounds(trace.Window{})
	from, _ := s.bounds(w)
	if young.IsZero() || from.IsZero() {
		return trace.Window{}
	}
	if from = from.Add(-around); young.Before(from) {
		from = young
	}
	r := trace.Window{Start: from}
	if !w.End.IsZero() {
		r.End = w.End.Add(around)
	}
	return r
}

// anyTime is a window for the indices of all times.
var anyTime = trace.Window{Start: time.Unix(0, 0)}
