// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/store/memory"
)

// TestJaegerAnswers: what Jaeger 1.62 answered about the recorded spans we
// answer too, but for what the table of differences names.
func TestJaegerAnswers(t *testing.T) {
	index, err := golden.Load("../testdata", "jaeger-1.62")
	if err != nil {
		t.Fatal(err)
	}
	db := memory.Open(memory.Config{MaxBytes: 64 << 20})
	defer db.Close()
	for _, d := range index.Sent {
		if d.Status != http.StatusOK && d.Status != 0 || !strings.HasSuffix(d.File, ".pb") {
			continue
		}
		body, err := index.Bytes(d.File)
		if err != nil {
			t.Fatal(err)
		}
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(body)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
	}
	h := New(Config{Store: db})
	table := golden.NewTable()
	for _, r := range index.Requests {
		body, err := index.Bytes(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		want, err := index.Facts(r)
		if err != nil {
			t.Fatal(err)
		}
		req := httptest.NewRequest(r.Method, r.Path, bytes.NewReader(body))
		req.Host = "localhost"
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		got := golden.FactsOf(rec.Code, rec.Header().Get("Content-Type"), rec.Body.Bytes())
		for _, d := range golden.Compare(r.Name, want, got) {
			if !table.Explains(golden.Ours, d) {
				t.Error(d)
			}
		}
	}
	for _, k := range table.Unused(golden.Ours) {
		t.Errorf("not met: %+v", k)
	}
}
