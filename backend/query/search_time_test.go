// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// slowSearch is a store that finds nothing until it no longer matters.
type slowSearch struct {
	store.Store
	begun atomic.Int32
}

func (s *slowSearch) wait(ctx context.Context) error {
	s.begun.Add(1)
	<-ctx.Done()
	return ctx.Err()
}

func (s *slowSearch) Search(ctx context.Context, _ trace.Query) (trace.Page, error) {
	return trace.Page{}, s.wait(ctx)
}

func (s *slowSearch) RED(ctx context.Context, _ trace.REDQuery) ([]trace.REDSeries, error) {
	return nil, s.wait(ctx)
}

func (s *slowSearch) Links(ctx context.Context, _ trace.Window) ([]trace.Link, error) {
	return nil, s.wait(ctx)
}

// slowPaths are of requests that take a turn.
var slowPaths = []string{
	"/api/search", "/api/trace/1/match?q=a", "/api/traces?service=s", "/api/red?service=s", "/api/usual?service=s",
	"/api/map", "/api/dependencies", "/api/metrics/calls?service=s",
}

// TestSearchesTakeTurns: not more than maxSearching of them at once, and who
// gives up waiting is gone.
func TestSearchesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &slowSearch{}
		h := New(Config{Store: f})
		ctx, cancel := context.WithCancel(t.Context())
		var requests sync.WaitGroup
		for i := range 3 * maxSearching {
			requests.Go(func() {
				target := "http://localhost" + slowPaths[i%len(slowPaths)]
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, target, nil))
			})
		}
		synctest.Wait()
		if n := f.begun.Load(); n != maxSearching {
			t.Errorf("%d searches at once", n)
		}
		cancel()
		requests.Wait()
		if n := f.begun.Load(); n > maxSearching {
			t.Errorf("%d searches for nobody", n-maxSearching)
		}
	})
}

// TestSearchTime: a search that takes too long ends, and says so.
func TestSearchTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Config{Store: &slowSearch{}})
		for _, path := range slowPaths {
			start := time.Now()
			rec := get(h, "http://localhost"+path)
			if took := time.Since(start); rec.Code != http.StatusGatewayTimeout || took != maxSearchTime ||
				!strings.Contains(rec.Body.String(), "the answer took longer than 30s: ask for less") {
				t.Errorf("%s, after %v: %d %s", path, took, rec.Code, rec.Body)
			}
		}
	})
}
