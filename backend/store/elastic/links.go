// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"net/http"
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
	path := "/" + s.names.write(dependencies, day) + "/_doc/" + day.UTC().Format(time.DateOnly)
	_, err = s.client.call(ctx, request{method: http.MethodPut, path: path, query: s.aliasOnly(), body: b})
	return s.failed(err)
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
	sum, seen := store.Links{}, map[string]bool{}
	for i := range f.Hits.Hits {
		h := &f.Hits.Hits[i]
		var doc linked
		if err := json.Unmarshal(h.Source, &doc); err != nil {
			s.counters.unreadable.Inc()
			s.log.Debug("a document has no links", "index", h.Index, "error", err)
			continue
		}
		if seen[h.ID] || !in(w, doc.Timestamp) { // an alias may have two indices with a day
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
