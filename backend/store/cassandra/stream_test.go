// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// TestRows: entries come in parts, larger ones while many are of one time, and none is missing.
func TestRows(t *testing.T) {
	const times, together = 5_000, 700 // of time 2,500
	var limits []int
	r := newRows(times, 250, func(_ context.Context, before int64, limit int) (all []entry, err error) {
		limits = append(limits, limit)
		for at := before; at > 0; at-- {
			n := 1
			if at == times/2 {
				n = together
			}
			for range min(n, limit-len(all)) {
				all = append(all, entry{start: at})
			}
		}
		return all, nil
	})
	came := map[int64]int{}
	last := int64(times)
	for {
		e, ok, err := r.peek(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		if e.start > last {
			t.Fatalf("%d comes behind %d", e.start, last)
		}
		last = e.start
		came[last]++
		r.pop()
	}
	if len(came) != times || came[times/2] < together {
		t.Errorf("entries of %d times, %d of the one that has many; want %d and %d", len(came), came[times/2], times, together)
	}
	at := slices.Index(limits, 2500)
	if limits[0] != 50 || at < 0 || slices.Max(limits) != 2500 || limits[at+1] != 250 || limits[len(limits)-1] != 250 {
		t.Errorf("limits %v, want up to 250, but 2,500 where many are of one time", limits)
	}
}

// TestHeldDurations: what a search by duration holds of all services together is bounded.
// Where they have fewer spans, or are few, it is of the index by duration.
func TestHeldDurations(t *testing.T) {
	for _, test := range []struct {
		services, spans int // of an hour
		timed           bool
	}{
		{1, 19_000, true},
		{200, 2_000, true},
		{200, 10_000, false},
	} {
		f := &fake{answer: func(query string, args []any) (all [][]any, err error) {
			if strings.Contains(query, "service_names") {
				for i := range test.services - 1 { // "" is in no list
					all = append(all, []any{fmt.Sprint("s", i)})
				}
				return all, nil
			}
			n := test.spans
			if len(args) > 0 {
				n = min(n, args[len(args)-1].(int)) // LIMIT
			}
			id := raw{15: 1}
			for i := range n {
				all = append(all, []any{now.UnixMicro() - int64(i), id})
			}
			return all, nil
		}}
		q := parse(t, "dur>1s", 20)
		q.Window = trace.Window{Start: now.Add(-time.Minute), End: now.Add(time.Minute)}
		s := fakeStore(t, f)
		all, _, err := s.streams(t.Context(), f, &q, now.UnixMicro())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, err := all.peek(t.Context()); !ok || err != nil {
			t.Fatal("no entry", err)
		}
		streams := []stream{all}
		if u, ok := all.(*union); ok {
			streams = u.all
		}
		held := 0
		for _, one := range streams {
			d := one.(*durations)
			held += len(d.read)
			if d.rest != nil {
				held += len(d.rest.(*rows).read)
			}
			if (d.rest == nil) != test.timed {
				t.Fatalf("%d services with %d spans in an hour: of the index by duration: %v, want %v", test.services, test.spans, d.rest == nil, test.timed)
			}
		}
		if len(streams) != test.services || held > heldEntries {
			t.Errorf("%d services with %d spans in an hour: %d streams hold %d entries, want up to %d", test.services, test.spans, len(streams), held, heldEntries)
		}
	}
}
