// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

const (
	// spanPage is the number of spans that are asked for at a time, fewer when they are
	// large. maxTie is how many of them may have the same trace, start and id.
	spanPage = 2000
	maxTie   = 10_000
	// maxTraceSpans is the number of spans of a trace that are read.
	maxTraceSpans = 1_000_000
)

// hit is a document that a search found.
type hit struct {
	ID     string            `json:"_id"`
	Index  string            `json:"_index"`
	Source json.RawMessage   `json:"_source"`
	Sort   []json.RawMessage `json:"sort"`
	SeqNo  int64             `json:"_seq_no"`
	Term   int64             `json:"_primary_term"`
}

// found is the answer to a search.
type found struct {
	TimedOut bool `json:"timed_out"`
	Shards   struct {
		Failed   int `json:"failed"`
		Failures []struct {
			Reason itemError `json:"reason"`
		} `json:"failures"`
	} `json:"_shards"`
	Hits struct {
		Total struct {
			Value int64 `json:"value"`
		} `json:"total"`
		Hits []hit `json:"hits"`
	} `json:"hits"`
	Aggregations map[string]json.RawMessage `json:"aggregations"`
}

// search asks for documents in these indices. A part of an answer is none.
func (s *Store) search(ctx context.Context, indices string, body object) (*found, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	query := url.Values{"ignore_unavailable": {"true"}, "allow_no_indices": {"true"}, "allow_partial_search_results": {"false"}}
	answer, err := s.askShards(ctx, request{method: http.MethodPost, path: "/" + indices + "/_search", query: query.Encode(), body: b})
	if err != nil {
		return nil, s.failed(err)
	}
	var f found
	if err := unmarshal(answer, &f); err != nil {
		return nil, fmt.Errorf("%w: the answer to a search cannot be read: %w", store.ErrUnavailable, err)
	}
	if f.TimedOut || f.Shards.Failed > 0 {
		why := "timed out"
		if len(f.Shards.Failures) > 0 {
			why = f.Shards.Failures[0].Reason.String()
		}
		return nil, fmt.Errorf("%w: a search was not answered by all shards: %s", store.ErrUnavailable, why)
	}
	return &f, nil
}

// shardTries is how often shards that are not there are asked, with pauses that double from
// shardPause: those of an index that has just been made are there soon.
const (
	shardTries = 5
	shardPause = 50 * time.Millisecond
)

// askShards is client.call for what shards answer.
func (s *Store) askShards(ctx context.Context, r request) (answer []byte, err error) {
	pause := shardPause
	for try := 1; ; try++ {
		answer, err = s.client.call(ctx, r)
		var e *serverError
		if err == nil || try == shardTries || !errors.As(err, &e) || e.status != http.StatusServiceUnavailable {
			return answer, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		pause *= 2
	}
}

// idTexts are the spellings of a trace id in documents: of 64 bits there are some with 16
// digits and some with 32, and old ones are without leading zeros.
func idTexts(id pcommon.TraceID) []string {
	short, long := trace.FormatTraceID(id), id.String()
	list := []string{short, long, strings.TrimLeft(long, "0")}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
}

// inWindow is the condition that a span starts in w, as far as microseconds say.
func inWindow(w trace.Window) []object {
	start, end := w.Nanos()
	if w.Start.IsZero() && w.End.IsZero() {
		return nil
	}
	between := func(unit uint64) object {
		r := object{"gte": start / unit}
		if !w.End.IsZero() {
			r["lte"] = end / unit
		}
		return r
	}
	// The first lets the server leave out whole indices.
	return []object{
		{"range": object{"startTimeMillis": between(1_000_000)}},
		{"range": object{"startTime": between(1000)}},
	}
}

func all(conditions ...object) object { return object{"bool": object{"filter": conditions}} }

// byTrace is the order in which spans of traces are read.
var byTrace = []object{
	{"traceID": object{"order": "asc", "unmapped_type": "keyword"}},
	{"startTime": object{"order": "asc", "unmapped_type": "long"}},
	{"spanID": object{"order": "asc", "unmapped_type": "keyword"}},
}

// spansOf calls each with the documents of traces, which start in w, page by page.
func (s *Store) spansOf(ctx context.Context, indices string, ids []pcommon.TraceID, w trace.Window, each func(source []byte) error) error {
	var texts []string
	for _, id := range ids {
		texts = append(texts, idTexts(id)...)
	}
	return s.pages(ctx, indices, all(append(inWindow(w), object{"terms": object{"traceID": texts}})...), each)
}

// pages calls each with all documents that meet a condition.
func (s *Store) pages(ctx context.Context, indices string, condition object, each func(source []byte) error) error {
	size, read := min(spanPage, s.config.PageSize), 0
	var after []json.RawMessage
	for {
		body := object{"query": condition, "size": size, "sort": byTrace, "track_total_hits": false}
		if after != nil {
			body["search_after"] = after
		}
		f, err := s.search(ctx, indices, body)
		if errors.Is(err, errAnswer) && size > 1 {
			size = max(size/8, 1)
			continue
		}
		if err != nil {
			return err
		}
		hits := f.Hits.Hits
		last := len(hits) < size
		if !last {
			// The next page begins behind a key: what shares the last one comes again, whole.
			if hits = beforeLast(hits); len(hits) == 0 {
				if size *= 4; size > maxTie {
					return fmt.Errorf("%w: more than %d spans of a trace have the same start and id", store.ErrTooMuch, maxTie)
				}
				continue
			}
		}
		for i := range hits {
			if err := each(hits[i].Source); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
		if read += len(hits); read > maxTraceSpans {
			return fmt.Errorf("%w: more than %d spans", store.ErrTooMuch, maxTraceSpans)
		}
		after = hits[len(hits)-1].Sort
	}
}

// beforeLast are the hits before those that stand where the last does.
func beforeLast(hits []hit) []hit {
	n := len(hits) - 1
	same := func(a, b json.RawMessage) bool { return string(a) == string(b) }
	for n > 0 && slices.EqualFunc(hits[n-1].Sort, hits[len(hits)-1].Sort, same) {
		n--
	}
	return hits[:n]
}

// Trace implements store.Store.
func (s *Store) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return ptrace.Traces{}, err
	}
	defer done()
	td, err := s.trace(ctx, s.spanIndices(w), id, w)
	if err == nil && td.SpanCount() == 0 && w.Start.IsZero() && s.config.MaxAge > 0 {
		td, err = s.trace(ctx, s.spanIndices(anyTime), id, w) // a search has found an old one
	}
	if err == nil && td.SpanCount() == 0 {
		err = fmt.Errorf("%w: %s", store.ErrNotFound, trace.FormatTraceID(id))
	}
	return td, err
}

func (s *Store) trace(ctx context.Context, indices string, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	b := newBuilder(&s.decoder)
	err := s.spansOf(ctx, indices, []pcommon.TraceID{id}, w, func(source []byte) error {
		s.add(b, source)
		return nil
	})
	if err != nil {
		return ptrace.Traces{}, err
	}
	return b.within(w), nil
}

// add adds the span of a document. One that is none is counted, and left out.
func (s *Store) add(b *builder, source []byte) {
	if err := b.add(source); err != nil {
		s.counters.unreadable.Inc()
		s.log.Debug("a document is no span", "error", err)
	}
}

// textID is the id of a trace that stands in a document.
func textID(text json.RawMessage) (id pcommon.TraceID, err error) {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return id, err
	}
	n, err := parseTraceID(s)
	return jaeger.TraceID(n), err
}
