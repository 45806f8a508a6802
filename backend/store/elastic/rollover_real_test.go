// SPDX-License-Identifier: Apache-2.0

//go:build engines

package elastic_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// rolled are the kinds of indices that a policy rolls over.
var rolled = []string{"span", "service", "dependencies", "span-archive"}

// makeAliases makes what a lifecycle policy wants, but for the policy: templates that give each
// new index the alias to read, and first indices with the alias to write.
func makeAliases(t *testing.T, url, prefix string) {
	t.Helper()
	var old map[string]map[string]any
	for _, kind := range rolled[:3] {
		name := "/" + prefix + "-jaeger-" + kind
		alias := map[string]any{name[1:] + "-read": map[string]any{}}
		var body map[string]any
		path := "/_template" + name
		if answer, err := ask(url, http.MethodGet, path, ""); err == nil {
			if err := json.Unmarshal([]byte(answer), &old); err != nil {
				t.Fatal(err)
			}
			body = old[name[1:]]
			body["aliases"] = alias
		} else {
			var list struct {
				Templates []struct {
					Template map[string]any `json:"index_template"`
				} `json:"index_templates"`
			}
			path = "/_index_template" + name
			if err := json.Unmarshal([]byte(mustAsk(t, url, http.MethodGet, path, "")), &list); err != nil {
				t.Fatal(err)
			}
			body = list.Templates[0].Template
			body["template"].(map[string]any)["aliases"] = alias
		}
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		mustAsk(t, url, http.MethodPut, path, string(b))
	}
	for _, kind := range rolled {
		name := prefix + "-jaeger-" + kind
		aliases := fmt.Sprintf(`{"aliases":{%q:{"is_write_index":true},%q:{}}}`, name+"-write", name+"-read")
		mustAsk(t, url, http.MethodPut, "/"+name+"-000001", aliases)
	}
}

// roll rolls indices of a kind over. Where no template has the alias to read, which is so for the
// archive, the new one gets it as jaeger-es-rollover gives it.
func roll(t *testing.T, url, prefix, kind string) {
	t.Helper()
	name := prefix + "-jaeger-" + kind
	var done struct {
		Index string `json:"new_index"`
	}
	if err := json.Unmarshal([]byte(mustAsk(t, url, http.MethodPost, "/"+name+"-write/_rollover", "")), &done); err != nil {
		t.Fatal(err)
	}
	mustAsk(t, url, http.MethodPost, "/_aliases", fmt.Sprintf(`{"actions":[{"add":{"index":%q,"alias":%q}}]}`, done.Index, name+"-read"))
}

// TestRealAlias: as long as there are no aliases, calls say which is missing, the server makes no index of that
// name, and templates that are to be kept are kept.
func TestRealAlias(t *testing.T) {
	url := server(t)
	c := settings(url, prefix(t.TempDir()))
	c.Aliases, c.KeepTemplates = true, true
	s := openReal(t, c)
	says := func(what string, err error, alias string) {
		t.Helper()
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(fmt.Sprint(err), c.Prefix+"-jaeger-"+alias) {
			t.Errorf("%s: %v, want ErrUnavailable with the name of %s", what, err, alias)
		}
	}
	_, err := s.Search(t.Context(), trace.Query{Limit: 1})
	says("Search", err, "span-read")
	_, err = s.Trace(t.Context(), pcommon.TraceID{1}, trace.Window{})
	says("Trace", err, "span-read")
	_, err = s.Services(t.Context())
	says("Services", err, "service-read")
	says("Write", s.Store.Write(t.Context(), spansOf(1)), "span-write")
	says("Archive", s.Store.Archive(t.Context(), spansOf(1)), "span-archive-write")
	says("WriteLinks", s.Store.WriteLinks(t.Context(), time.Now(), nil), "dependencies-write")
	if links, err := s.Links(t.Context(), trace.Window{}); err != nil || len(links) != 0 {
		t.Errorf("Links: %v, %v, want none: nobody has to have any", links, err)
	}
	if made := mustAsk(t, url, http.MethodGet, "/_cat/indices/"+c.Prefix+"-*?h=index", ""); strings.TrimSpace(made) != "" {
		t.Errorf("the server has made %s", made)
	}
	for _, kind := range []string{"_template", "_index_template"} {
		if answer, err := ask(url, http.MethodGet, "/"+kind+"/"+c.Prefix+"-*", ""); err == nil && strings.Contains(answer, c.Prefix) {
			t.Errorf("templates: %s", answer)
		}
	}
}

// TestRealArchiveAlias: where only the archive has its alias, searches do not answer from it alone, and
// the health check of who reads says which alias is missing.
func TestRealArchiveAlias(t *testing.T) {
	url := server(t)
	c := settings(url, prefix(t.TempDir()))
	c.Aliases = true
	s := openReal(t, c)
	makeIndex := func(kind string) {
		name := c.Prefix + "-jaeger-" + kind
		mustAsk(t, url, http.MethodPut, "/"+name+"-000001", fmt.Sprintf(`{"aliases":{%q:{}}}`, name+"-read"))
		s.Probe(t.Context())
	}
	lacks := func(what string, err error, alias string) {
		t.Helper()
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "the alias "+c.Prefix+"-jaeger-"+alias+",") {
			t.Errorf("%s: %v, want ErrUnavailable with the name of %s", what, err, alias)
		}
	}
	makeIndex("span-archive")
	lacks("ReadyToRead", s.ReadyToRead(), "span-read")
	for what, err := range searches(t.Context(), s.Store) {
		lacks(what, err, "span-read")
	}
	makeIndex("span")
	lacks("ReadyToRead with spans", s.ReadyToRead(), "service-read")
	for what, err := range searches(t.Context(), s.Store) {
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s with spans: %v", what, err)
		}
	}
	makeIndex("service")
	if err := s.ReadyToRead(); err != nil {
		t.Errorf("ReadyToRead with all: %v", err)
	}
}

// TestRealRollover: indices are rolled over, as a lifecycle policy does it, while spans are written.
// All are found, those that were sent again once.
func TestRealRollover(t *testing.T) {
	url := server(t)
	c := settings(url, prefix(t.TempDir()))
	c.Aliases = true
	openReal(t, c) // which writes the templates
	makeAliases(t, url, c.Prefix)
	c.KeepTemplates = true
	s := openReal(t, c)

	// Each batch is a trace, and has a span of one that all have in common.
	shared := pcommon.TraceID{0: 9}
	write := func(n int) {
		td := spansOf(1)
		i := 0
		for span := range trace.Spans(td) {
			span.SetTraceID(pcommon.TraceID{0: 1, 14: byte(n >> 8), 15: byte(n)})
			if i++; i == 2 {
				span.SetTraceID(shared)
				span.SetSpanID(pcommon.SpanID{6: byte(n >> 8), 7: byte(n + 1)})
			}
		}
		if err := s.Store.Write(t.Context(), td); err != nil {
			t.Error(err)
		}
	}
	n, stop, stopped := 0, make(chan bool), make(chan bool)
	write(n)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				n++
				write(n)
			}
		}
	}()
	for range 3 {
		roll(t, url, c.Prefix, "span")
		roll(t, url, c.Prefix, "service")
	}
	close(stop)
	<-stopped
	write(0) // again, to another index than before
	mustAsk(t, url, http.MethodPost, "/_refresh", "")
	for i := range n + 1 {
		if td, err := s.Trace(t.Context(), pcommon.TraceID{0: 1, 14: byte(i >> 8), 15: byte(i)}, trace.Window{}); err != nil || td.SpanCount() != 1 {
			t.Errorf("trace %d: %d spans, %v, want 1", i, td.SpanCount(), err)
		}
	}
	if td, err := s.Trace(t.Context(), shared, trace.Window{}); err != nil || td.SpanCount() != n+1 {
		t.Errorf("the trace of all: %d spans, %v, want %d", td.SpanCount(), err, n+1)
	}
	if page, err := s.Search(t.Context(), trace.Query{Limit: n + 10}); err != nil || len(page.Traces) != n+2 {
		t.Errorf("found %d traces, %v, want %d", len(page.Traces), err, n+2)
	}
	if names, err := s.Services(t.Context()); err != nil || len(names) != 2 {
		t.Errorf("services %v, %v, want two", names, err)
	}

	day := sample.Truncate(24 * time.Hour)
	for calls := range int64(2) {
		if err := s.WriteLinks(t.Context(), day, []trace.Link{{Parent: "a", Child: "b", Calls: 1 + calls}}); err != nil {
			t.Fatal(err)
		}
		roll(t, url, c.Prefix, "dependencies")
	}
	if links, err := s.Links(t.Context(), trace.Window{}); err != nil || fmt.Sprint(links) != "[{a b 2 0}]" {
		t.Errorf("links %v, %v, want the second", links, err)
	}
	if got := mustAsk(t, url, http.MethodGet, "/"+c.Prefix+"-jaeger-dependencies-read/_count?filter_path=count", ""); got != `{"count":1}` {
		t.Errorf("documents of links: %s, want one, since a Jaeger counts all", got)
	}

	kept := spansOf(1)
	if err := s.Archive(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	roll(t, url, c.Prefix, "span-archive")
	if td, err := s.Trace(t.Context(), pcommon.TraceID{15: 1}, trace.Window{}); err != nil || td.SpanCount() != kept.SpanCount() {
		t.Errorf("from the archive: %d spans, %v, want %d", td.SpanCount(), err, kept.SpanCount())
	}

	now := time.Now()
	if err := s.InsertThroughput(t.Context(), now, []store.Throughput{{Service: "a", Count: 3}}, now); err != nil {
		t.Error(err)
	}
	if list, err := s.Throughput(t.Context(), now.Add(-time.Minute), now); err != nil || len(list) != 1 || list[0].Count != 3 {
		t.Errorf("throughput %v, %v", list, err)
	}
	if err := s.InsertProbabilities(t.Context(), []store.Probability{{Service: "a", Operation: "b", Probability: 0.5}}); err != nil {
		t.Error(err)
	}
	if list, err := s.LatestProbabilities(t.Context()); err != nil || len(list) != 1 || list[0].Probability != 0.5 {
		t.Errorf("probabilities %v, %v", list, err)
	}
}
