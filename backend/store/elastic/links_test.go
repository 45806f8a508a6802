// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/go-spur/spur/backend/trace"
)

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
