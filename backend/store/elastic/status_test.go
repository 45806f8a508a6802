// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
)

// TestStatusSeldom: however often somebody asks, the server counts once in half a minute, and
// an error is not kept.
func TestStatusSeldom(t *testing.T) {
	var counts, fails atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			_, _ = io.WriteString(w, root)
		case strings.HasSuffix(r.URL.Path, "/_search"):
			counts.Add(1)
			if fails.Load() > 0 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			_, _ = io.WriteString(w, `{"hits":{"total":{"value":7,"relation":"eq"}},"aggregations":{"traces":{"value":2},"oldest":{"value":1000000}}}`)
		default:
			_, _ = io.WriteString(w, `{"_all":{"primaries":{"store":{"size_in_bytes":5}}}}`)
		}
	}))
	t.Cleanup(server.Close)
	s := open(t, elastic.Config{URLs: []string{server.URL}, Timeout: time.Second})
	now := time.Unix(1_800_000_000, 0)
	status := func(at time.Duration, spans int64, asked bool) {
		t.Helper()
		before := counts.Load()
		s.SetClock(now.Add(at))
		st, err := s.Status(t.Context())
		if (err == nil) != (fails.Load() == 0) || st.Spans != spans || (counts.Load() > before) != asked {
			t.Errorf("after %v: %d spans, %v, asked: %t; want %d, %t", at, st.Spans, err, counts.Load() > before, spans, asked)
		}
	}
	status(0, 7, true)
	status(29*time.Second, 7, false)
	fails.Store(1)
	status(31*time.Second, 0, true)
	status(32*time.Second, 0, true)
	fails.Store(0)
	status(33*time.Second, 7, true)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Status(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
