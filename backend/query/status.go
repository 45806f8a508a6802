// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"

	"github.com/go-spur/spur/backend/trace"
)

// books are what became of received spans, and what they do not account for.
type books struct {
	Received int64                  `json:"received"`
	Stored   int64                  `json:"stored"`
	Waiting  int64                  `json:"waiting"`
	Refused  map[trace.Reason]int64 `json:"refused"`
	Unread   map[trace.Reason]int64 `json:"unread"`
	Mended   int64                  `json:"mended"`
	Balance  int64                  `json:"balance"`
}

// storeStatus is what the store holds.
type storeStatus struct {
	Engine   string `json:"engine"`
	Path     string `json:"path,omitempty"`
	Spans    int64  `json:"spans"`
	Traces   int64  `json:"traces"`
	Bytes    int64  `json:"bytes"`
	MaxBytes int64  `json:"maxBytes"`
	MaxAge   int64  `json:"maxAge,string"` // ns; 0 when no age removes spans
	Oldest   *int64 `json:"oldest,string"` // start of the oldest span, ns since 1970; null when there is none
	Evicted  int64  `json:"evicted"`
	Volatile bool   `json:"volatile"` // nothing survives the process

	// store.Caps: what the numbers above, and other answers, do not say.
	Shared      bool `json:"shared"`
	Uncounted   bool `json:"uncounted"`
	NoRates     bool `json:"noRates"`
	StoredLinks bool `json:"storedLinks"`
}

// statusAnswer is what /api/status answers.
type statusAnswer struct {
	Version string      `json:"version"`
	Started int64       `json:"started,string"` // ns since 1970
	Ports   []Port      `json:"ports"`
	Books   books       `json:"books"`
	Store   storeStatus `json:"store"`
	Others  []otherJSON `json:"others,omitempty"` // stores that are given the same spans, and not read
}

// otherJSON is one of them.
type otherJSON struct {
	Name  string `json:"name"`
	Where string `json:"where"`
	Books books  `json:"books"`
}

func booksJSON(b trace.Books) books {
	return books{b.Received, b.Stored, b.Waiting, b.Refused, b.Unread, b.Mended, b.Balance()}
}

// status answers GET /api/status: what the process does, what became of the
// spans it got, and what is stored.
func (s *server) status(r *http.Request) (any, error) {
	st, err := s.Store.Status(r.Context())
	if err != nil {
		return nil, err
	}
	caps := s.Store.Caps()
	out := statusAnswer{Store: storeStatus{
		Engine: st.Engine, Path: st.Path, Spans: st.Spans, Traces: st.Traces, Bytes: st.Bytes,
		MaxBytes: st.MaxBytes, MaxAge: st.MaxAge.Nanoseconds(), Evicted: st.Evicted,
		Volatile: caps.Volatile, Shared: caps.Shared, Uncounted: caps.Uncounted, NoRates: caps.NoRates, StoredLinks: caps.StoredLinks,
	}}
	if !st.Oldest.IsZero() {
		out.Store.Oldest = new(st.Oldest.UnixNano())
	}
	if s.Status == nil {
		return out, nil
	}
	backend := s.Status()
	out.Version, out.Ports = backend.Version, backend.Ports
	out.Started = backend.Started.UnixNano()
	out.Books = booksJSON(backend.Books)
	for _, o := range backend.Others {
		out.Others = append(out.Others, otherJSON{o.Name, o.Where, booksJSON(o.Books)})
	}
	return out, nil
}
