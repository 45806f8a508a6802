// SPDX-License-Identifier: Apache-2.0

//go:build engines

package elastic_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// room lets the server have so many shards more than it has, until the test ends.
func room(t *testing.T, url string, more int) {
	t.Helper()
	all := strings.Fields(mustAsk(t, url, "GET", "/_cat/shards?h=shard", ""))
	mustAsk(t, url, "PUT", "/_cluster/settings", fmt.Sprintf(`{"persistent":{"cluster.max_shards_per_node":%d}}`, len(all)+more))
	t.Cleanup(func() { enough(t, url) })
}

func enough(t *testing.T, url string) {
	t.Helper()
	mustAsk(t, url, "PUT", "/_cluster/settings", `{"persistent":{"cluster.max_shards_per_node":null}}`)
}

// TestRealNoShards: while the server may have no more shards spans wait, and are stored
// when it may.
func TestRealNoShards(t *testing.T) {
	url := server(t)
	s := openReal(t, settings(url, prefix(t.TempDir())))
	mustAsk(t, url, "PUT", "/"+prefix(t.TempDir()), `{"settings":{"number_of_shards":1,"number_of_replicas":0}}`) // one, that the limit is not 0
	t.Cleanup(func() { remove(url, "test") })
	room(t, url, 0)
	err := s.Store.Write(t.Context(), spansOf(1))
	var refused *store.RefusedError
	if !errors.Is(err, store.ErrUnavailable) || errors.As(err, &refused) || !strings.Contains(err.Error(), "shards") {
		t.Errorf("got %v, want ErrUnavailable that names the shards", err)
	}
	enough(t, url)
	if err := s.Write(t.Context(), spansOf(1)); err != nil {
		t.Errorf("with room: %v", err)
	}
}

// TestRealPlace: spans of all times make a few indices, and are found.
func TestRealPlace(t *testing.T) {
	url := server(t)
	c := settings(url, prefix(t.TempDir()))
	c.MaxAge = 72 * time.Hour
	s := openReal(t, c)
	mustAsk(t, url, "PUT", "/"+prefix(t.TempDir()), `{"settings":{"number_of_shards":1,"number_of_replicas":0}}`)
	t.Cleanup(func() { remove(url, "test") })
	room(t, url, 10) // of spans and services, for five days
	now := time.Now().Truncate(time.Millisecond)
	starts := []time.Time{time.Unix(0, 0)}
	for n := -600; n <= 600; n += 20 {
		starts = append(starts, now.Add(time.Duration(n)*day))
	}
	for n := -3; n <= 0; n++ {
		starts = append(starts, now.Add(time.Duration(n)*day+time.Hour))
	}
	id := func(i int) pcommon.TraceID { return pcommon.TraceID{0: 3, 14: byte(i >> 8), 15: byte(i)} }
	for i, start := range starts {
		if err := s.Store.Write(t.Context(), at(id(i), start)); err != nil {
			t.Fatalf("%v: %v", start, err)
		}
	}
	mustAsk(t, url, "POST", "/_refresh", "")
	for i, start := range starts {
		p, err := s.Search(t.Context(), trace.Query{Limit: 5, Window: trace.Window{Start: start.Add(-time.Second), End: start.Add(time.Second)}})
		if err != nil || len(p.Traces) != 1 || p.Traces[0].TraceID != id(i) || p.Traces[0].Spans != 2 {
			t.Errorf("%v: found %+v, %v, want the trace", start, p, err)
		}
		if td, err := s.Trace(t.Context(), id(i), trace.Window{}); err != nil || td.SpanCount() != 2 {
			t.Errorf("%v: %d spans, %v, want 2", start, td.SpanCount(), err)
		}
	}
}

// TestRealOld: what was written when it was young is found long after.
func TestRealOld(t *testing.T) {
	url := server(t)
	c := settings(url, prefix(t.TempDir()))
	c.MaxAge = 72 * time.Hour
	s := openReal(t, c)
	start := time.Now().Add(-30 * day).Truncate(time.Millisecond)
	id := pcommon.TraceID{15: 3}
	s.SetClock(start)
	if err := s.Write(t.Context(), at(id, start)); err != nil {
		t.Fatal(err)
	}
	s.SetClock(time.Now())
	mustAsk(t, url, "GET", "/"+c.Prefix+"-jaeger-span-"+start.UTC().Format(time.DateOnly), "") // that it is where it was
	p, err := s.Search(t.Context(), trace.Query{Limit: 5, Window: trace.Window{Start: start.Add(-time.Second), End: start.Add(time.Second)}})
	if err != nil || len(p.Traces) != 1 || p.Traces[0].Spans != 2 {
		t.Errorf("found %+v, %v, want the trace", p, err)
	}
	if td, err := s.Trace(t.Context(), id, trace.Window{}); err != nil || td.SpanCount() != 2 {
		t.Errorf("%d spans, %v, want 2", td.SpanCount(), err)
	}
}
