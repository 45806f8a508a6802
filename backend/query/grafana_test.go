// SPDX-License-Identifier: Apache-2.0

package query

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-spur/spur/backend/internal/grafana"
	"github.com/go-spur/spur/backend/store/memory"
)

// TestGrafana: whatever Grafana's Jaeger data source asks, it can read the answer and
// finds in it what it must.
func TestGrafana(t *testing.T) {
	calls, spans, err := grafana.Load("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	db := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Write(t.Context(), spans); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(New(Config{Store: db, BasePath: "/jaeger"}))
	t.Cleanup(srv.Close)
	for _, c := range calls {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/jaeger"+c.Path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Check(answer.StatusCode, body); err != nil {
			t.Error(err)
		}
	}
}
