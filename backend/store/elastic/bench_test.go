// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/store/elastic"
)

// BenchmarkWrite is a request of 1,000 spans to a server that takes all, in this process,
// too. bytes/span is what is sent.
func BenchmarkWrite(b *testing.B) {
	sent := 0
	taken := `{"items":[` + strings.Repeat(`{"create":{"status":201}},`, 999) + `{"create":{"status":201}}]}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/_bulk" {
			_, _ = io.WriteString(w, root)
			return
		}
		n, _ := io.Copy(io.Discard, r.Body)
		if sent += int(n); r.ContentLength < 10_000 { // the two operations
			_, _ = io.WriteString(w, `{"items":[{"create":{"status":201}},{"create":{"status":201}}]}`)
			return
		}
		_, _ = io.WriteString(w, taken)
	}))
	defer server.Close()
	s, err := elastic.Open(b.Context(), elastic.Config{URLs: []string{server.URL}}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	td := spansOf(500)
	if err := s.Write(b.Context(), td); err != nil { // with the documents of operations
		b.Fatal(err)
	}
	sent = 0
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Write(b.Context(), td); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(sent)/float64(b.N)/1000, "bytes/span")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/span")
}
