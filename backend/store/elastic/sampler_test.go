// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/go-spur/spur/backend/store"
)

// TestProbabilitiesTogether: of two collectors that have seen the same probabilities and write at
// once one does so, and the other leaves it at that; who has not seen them looks again.
func TestProbabilitiesTogether(t *testing.T) {
	var mu sync.Mutex
	seq, writes := -1, []string{}
	var seen sync.WaitGroup
	c := behave(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/_doc/probabilities") {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		if r.Method == http.MethodGet {
			mu.Lock()
			now := seq
			mu.Unlock()
			seen.Done()
			seen.Wait() // both have, before one writes
			if now < 0 {
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, `{"found":false}`)
				return
			}
			_, _ = fmt.Fprintf(w, `{"found":true,"_seq_no":%d,"_primary_term":3}`, now)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		want := "op_type=create"
		if seq >= 0 {
			want = fmt.Sprintf("if_seq_no=%d&if_primary_term=3", seq)
		}
		if r.URL.RawQuery != want {
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, `{"error":{"type":"version_conflict_engine_exception"}}`)
			return
		}
		body, _ := io.ReadAll(r.Body)
		seq, writes = seq+1, append(writes, string(body))
		_, _ = io.WriteString(w, `{}`)
	})
	stores := []store.Sampler{open(t, c), open(t, c)}
	for round := range 3 {
		seen.Add(len(stores))
		var done sync.WaitGroup
		for i, s := range stores {
			done.Go(func() {
				list := []store.Probability{{Service: fmt.Sprintf("of %d", i), Operation: "o", Probability: 0.5, QPS: 1}}
				if err := s.InsertProbabilities(t.Context(), list); err != nil {
					t.Errorf("round %d, store %d: %v", round, i, err)
				}
			})
		}
		done.Wait()
		if len(writes) != round+1 {
			t.Fatalf("round %d: %d writes, want one a round", round, len(writes))
		}
	}
	seen.Add(1) // alone
	if err := stores[0].InsertProbabilities(t.Context(), nil); err != nil || len(writes) != 4 {
		t.Errorf("alone: %d writes, %v, want one more", len(writes), err)
	}
}
