// SPDX-License-Identifier: Apache-2.0

//go:build engines

package elastic_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// TestRealProbabilities: two stores that write at once leave what one of them has written, and
// each write is of one that had seen the one before.
func TestRealProbabilities(t *testing.T) {
	url := server(t)
	c := settings(url, prefix(t.TempDir()))
	stores := []fresh{openReal(t, c), openReal(t, c)}
	const rounds = 30
	for range rounds {
		var done sync.WaitGroup
		for i, s := range stores {
			done.Go(func() {
				list := []store.Probability{{Service: fmt.Sprint("of ", i), Operation: "a", Probability: 0.25}, {Service: fmt.Sprint("of ", i), Operation: "b", Probability: 0.5}}
				if err := s.Store.InsertProbabilities(t.Context(), list); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
	}
	mustAsk(t, url, "POST", "/_refresh", "")
	got, err := stores[0].LatestProbabilities(t.Context())
	if err != nil || len(got) != 2 || got[0].Service != got[1].Service {
		t.Errorf("%+v, %v, want the two that one store wrote together", got, err)
	}
	var doc struct {
		Version int `json:"_version"`
	}
	answer := mustAsk(t, url, "GET", "/"+c.Prefix+"-jaeger-sampling-"+time.Now().UTC().Format(time.DateOnly)+"/_doc/probabilities", "")
	if err := json.Unmarshal([]byte(answer), &doc); err != nil || doc.Version < rounds || doc.Version >= 2*rounds {
		t.Errorf("%d writes, %v, want one a round, and now and then two", doc.Version, err)
	}
}
