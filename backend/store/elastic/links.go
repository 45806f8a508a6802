// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// linked is a document of the links of a day, or of another time that Jaeger's job has
// looked at.
type linked struct {
	Timestamp    time.Time    `json:"timestamp"`
	Dependencies []dependency `json:"dependencies"`
}

type dependency struct {
	Parent    string `json:"parent"`
	Child     string `json:"child"`
	CallCount int64  `json:"callCount"`
}

// WriteLinks implements store.LinkWriter. Failed calls have no place in the document.
func (s *Store) WriteLinks(ctx context.Context, day time.Time, links []trace.Link) error {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	doc := linked{day.UTC(), make([]dependency, len(links))}
	for i, l := range links {
		doc.Dependencies[i] = dependency{l.Parent, l.Child, l.Calls}
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	id := day.UTC().Format(time.DateOnly)
	path := "/" + s.names.write(dependencies, day) + "/_doc/" + id
	answer, err := s.client.call(ctx, request{method: http.MethodPut, path: path, query: s.aliasOnly(), body: b})
	if err != nil || !s.config.Aliases {
		return s.failed(err)
	}
	var written hit
	if err := json.Unmarshal(answer, &written); err != nil {
		return fmt.Errorf("%w: the answer about a document cannot be read: %w", store.ErrUnavailable, err)
	}
	if err := s.removeLinks(ctx, id, written.Index); err != nil {
		s.log.Warn("links from before a rollover cannot be removed; a Jaeger counts them, too", "day", id, "error", err)
	}
	return nil
}

// removeLinks removes the document with this id from all indices but one.
func (s *Store) removeLinks(ctx context.Context, id, except string) error {
	f, err := s.search(ctx, s.indices(dependencies, trace.Window{}), object{"query": object{"ids": object{"values": []string{id}}}, "_source": false})
	if err != nil {
		return err
	}
	for _, old := range f.Hits.Hits {
		if old.Index == except {
			continue
		}
		if _, err := s.client.call(ctx, request{method: http.MethodDelete, path: "/" + old.Index + "/_doc/" + id}); err != nil {
			return s.failed(err)
		}
	}
	return nil
}

// aliasOnly is the query that keeps the server from making an index of an alias's name.
func (s *Store) aliasOnly() string {
	if s.config.Aliases {
		return "require_alias=true"
	}
	return ""
}

// Links implements store.Store: it adds up what WriteLinks, or Jaeger's job, has written
// about times in w.
func (s *Store) Links(ctx context.Context, w trace.Window) ([]trace.Link, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	between := object{}
	if !w.Start.IsZero() {
		between["gte"] = w.Start.UTC().Format(time.RFC3339Nano)
	}
	if !w.End.IsZero() {
		between["lte"] = w.End.UTC().Format(time.RFC3339Nano)
	}
	f, err := s.search(ctx, s.indices(dependencies, w), object{
		"size": s.config.PageSize, "query": all(object{"range": object{"timestamp": between}}),
		"sort": []object{{"timestamp": object{"order": "desc", "unmapped_type": "date"}}},
	})
	if err != nil {
		return nil, err
	}
	// An alias may have two indices with a document of a day: that of the last is right.
	slices.SortStableFunc(f.Hits.Hits, func(a, b hit) int { return strings.Compare(b.Index, a.Index) })
	sum, seen := store.Links{}, map[string]bool{}
	for i := range f.Hits.Hits {
		h := &f.Hits.Hits[i]
		var doc linked
		if err := json.Unmarshal(h.Source, &doc); err != nil {
			s.counters.unreadable.Inc()
			s.log.Debug("a document has no links", "index", h.Index, "error", err)
			continue
		}
		if seen[h.ID] || !in(w, doc.Timestamp) {
			continue
		}
		seen[h.ID] = true
		for _, d := range doc.Dependencies {
			sum.AddCalls(d.Parent, d.Child, d.CallCount, 0)
		}
	}
	return sum.Answer(), nil
}

func in(w trace.Window, t time.Time) bool {
	return (w.Start.IsZero() || !t.Before(w.Start)) && (w.End.IsZero() || t.Before(w.End))
}

// number is the value of an aggregation, or 0.
func number(raw json.RawMessage) float64 {
	var v struct {
		Value *float64 `json:"value"`
	}
	if json.Unmarshal(raw, &v) != nil || v.Value == nil {
		return 0
	}
	return *v.Value
}
