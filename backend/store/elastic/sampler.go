// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// throughput is a document of what a collector has counted.
type throughput struct {
	Timestamp  time.Time `json:"timestamp"`
	Throughput counted   `json:"throughputs"`
}

type counted struct {
	Service       string
	Operation     string
	Count         int64
	Probabilities map[string]struct{}
}

// computed is a document of probabilities. Jaeger uses the one with the latest time.
type computed struct {
	Timestamp time.Time `json:"timestamp"`
	Values    values    `json:"probabilitiesandqps"`
}

type values struct {
	Hostname      string
	Probabilities map[string]map[string]float64
	QPS           map[string]map[string]float64
}

// computedID is the id of our document of probabilities, of which there is one in an index.
const computedID = "probabilities"

// samplingAge is how far back probabilities are looked for.
const samplingAge = 72 * time.Hour

// InsertThroughput implements store.Sampler. The server removes what is old.
func (s *Store) InsertThroughput(ctx context.Context, at time.Time, list []store.Throughput, _ time.Time) error {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	index := s.samplingIndex(at)
	items := make([]item, 0, len(list))
	for _, t := range list {
		c := counted{t.Service, t.Operation, t.Count, map[string]struct{}{}}
		for _, p := range t.Probabilities {
			c.Probabilities[strconv.FormatFloat(p, 'f', 6, 64)] = struct{}{}
		}
		b, err := json.Marshal(throughput{at.UTC(), c})
		if err != nil {
			return err
		}
		line := fmt.Appendf(nil, `{"create":{"_index":%q,"_id":%q}}`+"\n%s\n", index, s.throughputID(), b)
		items = append(items, item{line: line, own: true})
	}
	if len(items) == 0 {
		return nil
	}
	refused, err := s.send(ctx, items)
	if err == nil && refused.others > 0 {
		return fmt.Errorf("the server refuses %d documents of throughput: %w", refused.others, refused.why)
	}
	return s.failed(err)
}

// throughputID is the id of a document, which no other has, so that one that is sent again
// counts once.
func (s *Store) throughputID() string {
	return s.instance + "-" + strconv.FormatInt(s.throughputs.Add(1), 10)
}

// samplingIndex has a date in its name also where others are aliases: so Jaeger reads it.
func (s *Store) samplingIndex(at time.Time) string { return s.names.dated(samplings, at) }

// Throughput implements store.Sampler.
func (s *Store) Throughput(ctx context.Context, from, to time.Time) ([]store.Throughput, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	n := s.names
	n.aliases = false
	f, err := s.search(ctx, n.read(samplings, from, to), object{
		"size": s.config.PageSize, "query": all(
			object{"exists": object{"field": "throughputs.Count"}},
			object{"range": object{"timestamp": object{"gte": from.UTC().Format(time.RFC3339Nano), "lte": to.UTC().Format(time.RFC3339Nano)}}},
		),
	})
	if err != nil {
		return nil, err
	}
	var out []store.Throughput
	for i := range f.Hits.Hits {
		var doc throughput
		if err := json.Unmarshal(f.Hits.Hits[i].Source, &doc); err != nil {
			s.counters.unreadable.Inc()
			continue
		}
		if !doc.Timestamp.After(from) || doc.Timestamp.After(to) {
			continue
		}
		c := doc.Throughput
		t := store.Throughput{Service: c.Service, Operation: c.Operation, Count: c.Count}
		for text := range c.Probabilities {
			if p, err := strconv.ParseFloat(text, 64); err == nil {
				t.Probabilities = append(t.Probabilities, p)
			}
		}
		slices.Sort(t.Probabilities)
		out = append(out, t)
	}
	return out, nil
}

// InsertProbabilities implements store.Sampler. Of several collectors that write at the same
// time one succeeds, and the others leave it at that: they have computed the same.
func (s *Store) InsertProbabilities(ctx context.Context, list []store.Probability) error {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	now := s.now().UTC()
	doc := computed{now, values{"spur", map[string]map[string]float64{}, map[string]map[string]float64{}}}
	put := func(m map[string]map[string]float64, service, operation string, f float64) {
		if m[service] == nil {
			m[service] = map[string]float64{}
		}
		m[service][operation] = f
	}
	for _, p := range list {
		put(doc.Values.Probabilities, p.Service, p.Operation, p.Probability)
		put(doc.Values.QPS, p.Service, p.Operation, p.QPS)
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	path := "/" + s.samplingIndex(now) + "/_doc/" + computedID
	query, err := s.unchanged(ctx, path)
	if err != nil {
		return err
	}
	_, err = s.client.call(ctx, request{method: http.MethodPut, path: path, query: query, body: b})
	var e *serverError
	if errors.As(err, &e) && e.status == http.StatusConflict {
		return nil
	}
	return s.failed(err)
}

// unchanged is the query of a write that succeeds only if the document at path is what it
// is now.
func (s *Store) unchanged(ctx context.Context, path string) (string, error) {
	b, err := s.askShards(ctx, request{method: http.MethodGet, path: path, query: "_source=false"})
	var e *serverError
	if errors.As(err, &e) && e.status == http.StatusNotFound {
		return "op_type=create", nil
	}
	if err != nil {
		return "", s.failed(err)
	}
	var h hit
	if err := json.Unmarshal(b, &h); err != nil {
		return "", fmt.Errorf("%w: a document cannot be read: %w", store.ErrUnavailable, err)
	}
	return fmt.Sprintf("if_seq_no=%d&if_primary_term=%d", h.SeqNo, h.Term), nil
}

// LatestProbabilities implements store.Sampler.
func (s *Store) LatestProbabilities(ctx context.Context) ([]store.Probability, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	n, now := s.names, s.now()
	n.aliases = false
	f, err := s.search(ctx, n.read(samplings, now.Add(-samplingAge), now), object{
		"size": 1, "query": all(object{"exists": object{"field": "probabilitiesandqps.Hostname"}}),
		"sort": []object{{"timestamp": object{"order": "desc", "unmapped_type": "date"}}},
	})
	if err != nil || len(f.Hits.Hits) == 0 {
		return nil, err
	}
	var doc computed
	if err := json.Unmarshal(f.Hits.Hits[0].Source, &doc); err != nil {
		return nil, fmt.Errorf("the probabilities in the store: %w", err)
	}
	var out []store.Probability
	for service, operations := range doc.Values.Probabilities {
		for operation, p := range operations {
			out = append(out, store.Probability{Service: service, Operation: operation, Probability: p, QPS: doc.Values.QPS[service][operation]})
		}
	}
	return out, nil
}
