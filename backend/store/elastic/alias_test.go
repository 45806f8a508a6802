// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
	"github.com/go-spur/spur/backend/trace"
)

// TestNoAlias: where no index has the alias to read, searches are errors that name it, and do not
// find nothing. There may be no links.
func TestNoAlias(t *testing.T) {
	c := behave(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"_shards":{"total":0}}`)
	})
	c.Prefix = "prod"
	find := func() error {
		_, err := open(t, c).Search(t.Context(), trace.Query{Limit: 1})
		return err
	}
	if err := find(); err != nil {
		t.Errorf("with an index for each day: %v, want none, since there may be no spans yet", err)
	}
	c.Aliases = true
	if err := find(); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "the alias prod-jaeger-span-read,") {
		t.Errorf("Search: %v, want ErrUnavailable with the name of the alias", err)
	}
	s := open(t, c)
	if _, err := s.Services(t.Context()); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "the alias prod-jaeger-service-read,") {
		t.Errorf("Services: %v, want ErrUnavailable with the name of the alias", err)
	}
	if links, err := s.Links(t.Context(), trace.Window{}); err != nil || len(links) != 0 {
		t.Errorf("Links: %v, %v, want none", links, err)
	}
}

// searches asks for spans, in each way that there is.
func searches(ctx context.Context, s *elastic.Store) map[string]error {
	errs := map[string]error{}
	_, errs["Search"] = s.Search(ctx, trace.Query{Limit: 1})
	_, errs["Trace"] = s.Trace(ctx, pcommon.TraceID{1}, trace.Window{})
	_, errs["Keys"] = s.Keys(ctx, "", 1)
	_, errs["Values"] = s.Values(ctx, "a", "", 1)
	return errs
}

// TestArchiveAlias: where the archive has its alias, and spans have none, searches do not answer from
// the archive alone: they are errors, and the health check says why, until spans have theirs. The rest
// goes on. A server that does not say who has an alias is believed to have it.
func TestArchiveAlias(t *testing.T) {
	const none, some = `{"indices":[],"fields":{}}`, `{"indices":["one"],"fields":{}}`
	var answer atomic.Value // about the alias of spans
	answer.Store(none)
	c := behave(t, func(w http.ResponseWriter, r *http.Request) {
		switch text := answer.Load().(string); {
		case r.URL.Path == "/jaeger-span-read/_field_caps" && text == "":
			w.WriteHeader(http.StatusForbidden)
		case r.URL.Path == "/jaeger-span-read/_field_caps":
			_, _ = io.WriteString(w, text)
		case strings.HasSuffix(r.URL.Path, "/_field_caps"):
			_, _ = io.WriteString(w, some)
		default:
			_, _ = io.WriteString(w, `{"_shards":{"total":1}}`)
		}
	})
	c.Aliases = true
	s := open(t, c)
	const want = "no index has the alias jaeger-span-read,"
	for name, err := range searches(t.Context(), s) {
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want ErrUnavailable and %q", name, err, want)
		}
	}
	if err := s.Ready(); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("ready: %v, want %q", err, want)
	}
	if _, err := s.Services(t.Context()); err != nil {
		t.Errorf("Services: %v, want none, since their alias is there", err)
	}
	for _, text := range []string{some, "", `{"fields":{}}`} {
		answer.Store(none)
		s.Probe(t.Context())
		if s.Ready() == nil {
			t.Errorf("before %q: ready, want %q", text, want)
		}
		answer.Store(text)
		s.Probe(t.Context())
		if err := s.Ready(); err != nil {
			t.Errorf("with the answer %q: %v, want ready", text, err)
		}
		for name, err := range searches(t.Context(), s) {
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				t.Errorf("with the answer %q: %s: %v", text, name, err)
			}
		}
	}
}

// TestOldLinks: links of a day that an index of before a rollover has, too, are removed from there.
// Where that may not be written to they do not count.
func TestOldLinks(t *testing.T) {
	removed := ""
	c := behave(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPut:
			_, _ = io.WriteString(w, `{"_index":"jaeger-dependencies-000002"}`)
		case http.MethodDelete:
			removed += r.URL.Path
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"error":{"type":"cluster_block_exception","reason":"read-only"}}`)
		default:
			text := ""
			for _, n := range []int{1, 2} {
				text += fmt.Sprintf(`,{"_index":"jaeger-dependencies-00000%d","_id":"2026-01-02","_source":{"timestamp":"2026-01-02T00:00:00Z","dependencies":[{"parent":"a","child":"b","callCount":%d}]}}`, n, n)
			}
			_, _ = fmt.Fprintf(w, `{"hits":{"hits":[%s]}}`, text[1:])
		}
	})
	c.Aliases = true
	s := open(t, c)
	if err := s.WriteLinks(t.Context(), sample.Truncate(day), []trace.Link{{Parent: "a", Child: "b", Calls: 2}}); err != nil {
		t.Errorf("%v, want none, since the links were written", err)
	}
	if want := "/jaeger-dependencies-000001/_doc/2026-01-02"; removed != want {
		t.Errorf("removed %q, want %q", removed, want)
	}
	if links, err := s.Links(t.Context(), trace.Window{}); err != nil || fmt.Sprint(links) != "[{a b 2 0}]" {
		t.Errorf("links %v, %v, want those of the last index", links, err)
	}
}
