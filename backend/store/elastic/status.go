// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// statusAge is how old an answer of Status may be. Servers count all documents for it, and
// each page that shows it asks every other second.
const statusAge = 30 * time.Second

// status is what Status answered at a time.
type status struct {
	store.Status
	at time.Time
}

// Status implements store.Store, with numbers of the last half minute. They are those of
// documents: what is archived counts twice.
func (s *Store) Status(ctx context.Context) (store.Status, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return store.Status{}, err
	}
	defer done()
	now := s.now()
	if last := s.status.Load(); last != nil && now.Sub(last.at).Abs() < statusAge {
		return last.Status, nil
	}
	st, err := s.count(ctx)
	if err == nil {
		s.status.Store(&status{st, now})
	}
	return st, err
}

// count asks the server for what Status says.
func (s *Store) count(ctx context.Context) (store.Status, error) {
	st := store.Status{Engine: "elasticsearch", MaxAge: s.config.MaxAge}
	if v := s.link.version.Load(); v != nil && v.opensearch {
		st.Engine = "opensearch"
	}
	f, err := s.search(ctx, s.spanIndices(trace.Window{}), object{
		"size": 0, "track_total_hits": true,
		"aggs": object{
			"traces": object{"cardinality": object{"field": "traceID"}},
			"oldest": object{"min": object{"field": "startTime"}},
		},
	})
	if err != nil {
		return st, err
	}
	st.Spans = f.Hits.Total.Value
	st.Traces = int64(number(f.Aggregations["traces"]))
	if us := number(f.Aggregations["oldest"]); st.Spans > 0 && us > 0 {
		st.Oldest = time.UnixMicro(int64(us)).UTC()
	}
	b, err := s.client.call(ctx, request{method: http.MethodGet, path: "/" + s.names.prefix + string(spans) + "-*/_stats/store", query: "filter_path=_all.primaries.store.size_in_bytes"})
	if err != nil {
		return st, s.failed(err)
	}
	var stats struct {
		All struct {
			Primaries struct {
				Store struct {
					Size int64 `json:"size_in_bytes"`
				} `json:"store"`
			} `json:"primaries"`
		} `json:"_all"`
	}
	if err := json.Unmarshal(b, &stats); err != nil {
		return st, fmt.Errorf("%w: the answer about sizes cannot be read: %w", store.ErrUnavailable, err)
	}
	st.Bytes = stats.All.Primaries.Store.Size
	return st, nil
}
