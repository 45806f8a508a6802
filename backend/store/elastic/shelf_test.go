// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store/elastic"
)

// shelf is a server with documents, which answers what a walk asks.
type shelf struct {
	documents []shelved
	fail      func(searches int) bool // whether to answer 503

	mu       sync.Mutex
	searches int
	reads    map[int]int // of traces
	together int         // traces that were asked for at once, at most
	least    int         // spans that were asked for at once, at least
}

type shelved struct {
	trace int
	start int64 // in microseconds
	id    int
	bad   bool // it is no span
}

func traceNumber(n int) pcommon.TraceID { return pcommon.TraceID{0: 1, 14: byte(n >> 8), 15: byte(n)} }

// compare puts documents in the order of traces, or the latest first.
func compare(byTrace bool, a, b shelved) int {
	first, second := cmp.Compare(a.trace, b.trace), cmp.Compare(a.start, b.start)
	if !byTrace {
		first, second = -second, first
	}
	return cmp.Or(first, second, cmp.Compare(a.id, b.id))
}

// key is where a document stands in the order.
func (d *shelved) key(byTrace bool) []any {
	id := traceNumber(d.trace).String()
	if byTrace {
		return []any{id, d.start, d.id}
	}
	return []any{d.start, id, d.id}
}

// question is what is asked of a shelf.
type question struct {
	Size  int                 `json:"size"`
	Sort  []map[string]any    `json:"sort"`
	After [3]any              `json:"search_after"`
	Query map[string]struct { // bool
		Filter []struct {
			Range struct {
				Start *struct{ GTE, LTE int64 } `json:"startTime"`
			}
			Terms struct {
				TraceID []string `json:"traceID"`
			}
		}
	}
}

// after is the document that the last page ended with, if there was one.
func (q *question) after(byTrace bool) (d shelved, ok bool) {
	if q.After[0] == nil {
		return d, false
	}
	id, start := q.After[1], q.After[0]
	if byTrace {
		id, start = start, id
	}
	b, _ := hex.DecodeString(id.(string))
	return shelved{trace: int(b[14])<<8 | int(b[15]), start: int64(start.(float64)), id: int(q.After[2].(float64))}, true
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.searches++; s.fail != nil && s.fail(s.searches) {
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	var q question
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		panic(err)
	}
	_, byTrace := q.Sort[0]["traceID"]
	from, to, ids := int64(0), int64(math.MaxInt64), map[string]bool{}
	for _, c := range q.Query["bool"].Filter {
		if times := c.Range.Start; times != nil {
			from, to = times.GTE, times.LTE
		}
		for _, id := range c.Terms.TraceID {
			ids[id] = true
		}
	}
	together := 0
	for id := range ids {
		if len(id) == 32 { // the spelling that each has
			together++
		}
	}
	s.together = max(s.together, together)
	if byTrace {
		s.least = min(cmp.Or(s.least, q.Size), q.Size)
	}
	var found []shelved
	after, next := q.after(byTrace)
	for _, d := range s.documents {
		wanted := len(ids) == 0 || ids[traceNumber(d.trace).String()]
		if byTrace && !next && wanted && d.id == 1 {
			s.reads[d.trace]++
		}
		if wanted && d.start >= from && d.start <= to && (!next || compare(byTrace, after, d) < 0) {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b shelved) int { return compare(byTrace, a, b) })
	hits := make([]map[string]any, min(q.Size, len(found)))
	for i := range hits {
		d := found[i]
		if hits[i] = (map[string]any{"sort": d.key(byTrace)}); !byTrace {
			continue
		}
		service := any("s")
		if d.bad {
			service = 7
		}
		hits[i]["_source"] = map[string]any{
			"traceID": traceNumber(d.trace).String(), "spanID": fmt.Sprintf("%016x", d.id), "operationName": "o",
			"startTime": d.start, "process": map[string]any{"serviceName": service},
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"hits": map[string]any{"hits": hits}})
}

// shelve makes traces of spans that lie within apart. A trace begins a second before the one
// before it, or earlier. The last begins at sample.
func shelve(traces, spans int, apart time.Duration) *shelf {
	r, s := rand.New(rand.NewPCG(1, 2)), &shelf{reads: map[int]int{}}
	for n := range traces {
		begin := sample.Add(-time.Duration(n) * time.Second).UnixMicro()
		for i := range spans {
			s.documents = append(s.documents, shelved{trace: n, start: begin + int64(min(i, 1))*r.Int64N(apart.Microseconds()), id: i + 1})
		}
	}
	return s
}

func (s *shelf) open(t *testing.T) *elastic.Store {
	c := behave(t, s.ServeHTTP)
	c.Timeout = time.Minute
	return open(t, c)
}
