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
	// maxTraceSpans and maxTraceBytes are the number of spans of a trace that are read, and
	// how large their documents are together.
	maxTraceSpans = 1_000_000
	maxTraceBytes = 512 << 20
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
		Total    int `json:"total"`
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

// inOrder returns the documents of a search that asked for this order, each of which has its
// place in it.
func (f *found) inOrder(order []object) ([]hit, error) {
	for i := range f.Hits.Hits {
		if len(f.Hits.Hits[i].Sort) != len(order) {
			return nil, unavailable(errors.New("a document came without its place in the order"))
		}
	}
	return f.Hits.Hits, nil
}

// search asks for documents in these indices. A part of an answer is none.
func (s *Store) search(ctx context.Context, indices string, body object) (*found, error) {
	return s.searchUpTo(ctx, indices, body, maxAnswer)
}

// searchUpTo is search, of which the answer may have that many bytes.
func (s *Store) searchUpTo(ctx context.Context, indices string, body object, most int) (*found, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	query := url.Values{"ignore_unavailable": {"true"}, "allow_no_indices": {"true"}, "allow_partial_search_results": {"false"}}
	answer, err := s.askShards(ctx, request{method: http.MethodPost, path: "/" + indices + "/_search", query: query.Encode(), body: b, most: most})
	if err != nil {
		return nil, s.failed(err)
	}
	var f found
	if err := json.Unmarshal(answer, &f); err != nil { // a Decoder would hold the answer once more
		return nil, fmt.Errorf("%w: the answer to a search cannot be read: %w", store.ErrUnavailable, err)
	}
	if f.TimedOut || f.Shards.Failed > 0 {
		why := "timed out"
		if len(f.Shards.Failures) > 0 {
			why = f.Shards.Failures[0].Reason.String()
		}
		return nil, fmt.Errorf("%w: a search was not answered by all shards: %s", store.ErrUnavailable, why)
	}
	if err := s.lacks(indices, f.Shards.Total); err != nil {
		return nil, err
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
	err := s.spansOf(ctx, indices, []pcommon.TraceID{id}, w, limit{maxTraceSpans, s.mostBytes, maxAnswer}, func(h *hit) error {
		s.add(b, h.Source)
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

// leaveOut counts a trace that is too large, and logs one a minute.
func (s *Store) leaveOut(id pcommon.TraceID, err error) {
	s.counters.tooLarge.Inc()
	if worse, _ := s.large.Note(err); worse {
		s.log.Warn("a trace is too large to be read, and left out", "trace", trace.FormatTraceID(id), "error", err)
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
