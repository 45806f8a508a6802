// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
)

// TestAnswers: only the server's own word about a document is a reason to give it up, however
// many are sent together, and only its word that it has it is one to forget it.
func TestAnswers(t *testing.T) {
	const parse = `{"error":{"type":"x_content_parse_exception","reason":"no"},"status":400}`
	for name, test := range map[string]struct {
		status  int
		body    string
		refused bool
	}{
		"a redirect":        {302, "", false},
		"no such page":      {404, "<html>", false},
		"no such method":    {405, "", false},
		"a proxy's 400":     {400, "<html>The plain HTTP request was sent to HTTPS port", false},
		"the server's":      {400, parse, true},
		"too large":         {413, "", true},
		"no action":         {200, `{"items":[%{}%]}`, false},
		"two actions":       {200, `{"items":[%{"create":{"status":201},"index":{"status":201}}%]}`, false},
		"no status":         {200, `{"items":[%{"create":{}}%]}`, false},
		"nothing":           {200, `{"items":[]}`, false},
		"no shards":         {400, `{"error":{"type":"illegal_argument_exception","reason":"Validation Failed: 1: this action would add [2] total shards, but this cluster currently has [3]/[3] maximum shards open;"}}`, false},
		"words of a sender": {400, `{"error":{"type":"mapper_parsing_exception","reason":"failed to parse field [x: this action would add [2] shards]"}}`, true},
		"a whole refused":   {200, `{"items":[%{"create":{"status":400,"error":{"type":"x"}}}%]}`, true},
	} {
		for _, together := range []int{1, 1000} {
			t.Run(fmt.Sprint(name, " ", together), func(t *testing.T) {
				t.Parallel()
				c := behave(t, func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					answer := test.body
					if parts := strings.Split(answer, "%"); len(parts) == 3 {
						n := strings.Count(string(body), `{"create":`)
						answer = parts[0] + strings.TrimSuffix(strings.Repeat(parts[1]+",", n), ",") + parts[2]
					}
					w.WriteHeader(test.status)
					_, _ = io.WriteString(w, answer)
				})
				c.BulkActions = together
				err := open(t, c).Write(t.Context(), spansOf(1))
				var refused *store.RefusedError
				if test.refused != errors.As(err, &refused) || !test.refused && !errors.Is(err, store.ErrUnavailable) || test.refused && refused.Spans != 2 {
					t.Errorf("%v, want two spans refused: %t", err, test.refused)
				}
			})
		}
	}
}

// TestOthersRefused: documents that are no spans are counted when the server refuses them, and
// throughput is an error.
func TestOthersRefused(t *testing.T) {
	c := behave(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		items := []string{}
		for line := range strings.Lines(string(body)) {
			switch {
			case strings.HasPrefix(line, `{"serviceName"`), strings.HasPrefix(line, `{"timestamp"`):
				items = append(items, `{"create":{"status":400,"error":{"type":"strict","reason":"no place"}}}`)
			case !strings.HasPrefix(line, `{"create"`):
				items = append(items, `{"create":{"status":201}}`)
			}
		}
		_, _ = fmt.Fprintf(w, `{"items":[%s]}`, strings.Join(items, ","))
	})
	reg := prometheus.NewRegistry()
	s, err := elastic.Open(t.Context(), c, reg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	counts := func(want int) {
		t.Helper()
		text := fmt.Sprintf("# HELP spur_elastic_documents_total Documents by what the server did: stored, known (there already), refused (that it will never take).\n"+
			"# TYPE spur_elastic_documents_total counter\nspur_elastic_documents_total{result=\"known\"} 0\nspur_elastic_documents_total{result=\"refused\"} %d\nspur_elastic_documents_total{result=\"stored\"} 2\n", want)
		if err := testutil.GatherAndCompare(reg, strings.NewReader(text), "spur_elastic_documents_total"); err != nil {
			t.Error(err)
		}
	}
	if err := s.Write(t.Context(), spansOf(1)); err != nil {
		t.Errorf("the spans were stored: %v", err)
	}
	counts(2)
	err = s.InsertThroughput(t.Context(), sample, []store.Throughput{{Service: "a"}, {Service: "b"}, {Service: "c"}}, sample)
	if err == nil || errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "refuses 3 documents of throughput: strict: no place") {
		t.Errorf("throughput: %v, want an error that names three documents", err)
	}
	counts(5)
}

// TestThroughputOnce: what is sent again is the same document, and what another process
// sends is another.
func TestThroughputOnce(t *testing.T) {
	var ids atomic.Value
	ids.Store([]string(nil))
	c := behave(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet { // for who has the aliases
			return
		}
		body, _ := io.ReadAll(r.Body)
		line, _, _ := strings.Cut(string(body), "\n")
		if r.URL.Query().Has("require_alias") {
			t.Error("an alias is required, and the index has none")
		}
		list := append(ids.Load().([]string), line)
		ids.Store(list)
		if len(list)%2 == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"items":[{"create":{"status":201}}]}`)
	})
	for i := range 2 {
		c.Aliases = i > 0
		if err := open(t, c).InsertThroughput(t.Context(), sample, []store.Throughput{{Service: "a"}}, sample); err != nil {
			t.Fatal(err)
		}
	}
	got := ids.Load().([]string)
	if len(got) != 4 || got[0] != got[1] || got[2] != got[3] || got[0] == got[2] || !strings.Contains(got[0], `"_id":`) {
		t.Errorf("actions %q, want two of each of two ids", got)
	}
}
