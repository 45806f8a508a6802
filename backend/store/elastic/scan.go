// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"math"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// maxCandidates is how many documents of candidates a search looks through for each
// span that it may read: the index alone is quick.
const maxCandidates = 40

// maxStart is the last microsecond that searches know, in the year 2262. What another has
// written may start later: it is no candidate.
const maxStart = math.MaxInt64/1000 - 1

// candidate is a trace that a search may find.
type candidate struct {
	id    pcommon.TraceID
	start uint64 // of the newest span that led to it, in microseconds
}

// scan returns candidates, those with the newest spans first, each once.
type scan struct {
	store     *Store
	indices   string
	condition object
	size      int
	page      []hit
	back      []candidate // that were returned, and are to be again
	after     []json.RawMessage
	ended     bool
	seen      map[pcommon.TraceID]uint64 // as a walk sets it, or 0
	looked    int                        // through so many documents
}

// scan looks through indices. It begins with spans that start until from, in microseconds,
// or with the newest if that is 0.
func (s *Store) scan(q *trace.Query, from uint64, indices string) *scan {
	conditions := inWindow(q.Window)
	if from > 0 {
		conditions = append(conditions, object{"range": object{"startTime": object{"lte": from}}})
	}
	if q.IDs != nil {
		var texts []string
		for _, id := range q.IDs {
			texts = append(texts, idTexts(id)...)
		}
		conditions = append(conditions, object{"terms": object{"traceID": texts}})
	}
	if c := condition(q.Where, s.config.DotReplacement); c != nil {
		conditions = append(conditions, c)
	}
	return &scan{
		store: s, indices: indices, condition: all(conditions...),
		size: min(max(10*q.Limit, 100), spanPage, s.config.PageSize), seen: map[pcommon.TraceID]uint64{},
	}
}

// newestFirst is the order of a scan.
var newestFirst = []object{
	{"startTime": object{"order": "desc", "unmapped_type": "long"}},
	{"traceID": object{"order": "asc", "unmapped_type": "keyword"}},
	{"spanID": object{"order": "asc", "unmapped_type": "keyword"}},
}

// next returns the next candidate, or false when there are no more.
func (c *scan) next(ctx context.Context) (candidate, bool, error) {
	if len(c.back) > 0 {
		one := c.back[0]
		c.back = c.back[1:]
		return one, true, nil
	}
	for {
		for len(c.page) > 0 {
			h := c.page[0]
			c.page = c.page[1:]
			c.looked++
			start, ok := startOf(h.Sort[0])
			if !ok {
				continue
			}
			id, err := textID(h.Sort[1])
			if err != nil {
				continue
			}
			if _, seen := c.seen[id]; seen {
				continue
			}
			c.seen[id] = 0
			return candidate{id, start}, true, nil
		}
		if c.ended {
			return candidate{}, false, nil
		}
		if err := c.fetch(ctx); err != nil {
			return candidate{}, false, err
		}
	}
}

// startOf is the start in an answer, unless there is none, or one that is no time.
func startOf(text json.RawMessage) (uint64, bool) {
	start, err := strconv.ParseUint(string(text), 10, 64)
	return start, err == nil && start <= maxStart
}

// fetch gets the next page.
func (c *scan) fetch(ctx context.Context) error {
	body := object{"query": c.condition, "size": c.size, "sort": newestFirst, "track_total_hits": false, "_source": false}
	if c.after != nil {
		body["search_after"] = c.after
	}
	f, err := c.store.search(ctx, c.indices, body)
	if err != nil {
		return err
	}
	if c.page, err = f.inOrder(newestFirst); err != nil {
		return err
	}
	c.ended = len(c.page) < c.size
	if len(c.page) > 0 {
		c.after = c.page[len(c.page)-1].Sort
	}
	c.size = min(2*c.size, c.store.config.PageSize)
	return nil
}
