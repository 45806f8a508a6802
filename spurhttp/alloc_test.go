// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurhttp"
)

// sink is a ResponseWriter like that of an HTTP/1.1 connection, which costs nothing.
type sink struct {
	http.ResponseWriter
	http.Flusher
	http.Hijacker
	io.ReaderFrom
	http.CloseNotifier
	header http.Header
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

var handlerCases = []struct {
	name    string
	sampled bool
	headers bool // the request has a caller
}{
	{"unsampled", false, false},
	{"unsampled, with a caller", false, true},
	{"sampled", true, false},
	{"sampled, with a caller", true, true},
}

// serving returns a function that has a route serve one request, traced or not.
func serving(tb testing.TB, traced, sampled, headers bool) func() {
	tb.Helper()
	tracer, err := spur.New("bench", spur.WithSampler(sampler.NewParentBased(sampler.NewConst(sampled))), spur.WithReporter(reporter.Null{}))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { tracer.Close() })
	mux := http.NewServeMux()
	body := []byte("ok")
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	var h http.Handler = mux
	if traced {
		h = spurhttp.Handler(tracer, mux)
	}
	r := httptest.NewRequest(http.MethodGet, "/orders", nil)
	if headers {
		flags := "0"
		if sampled {
			flags = "1"
		}
		r.Header.Set("Uber-Trace-Id", "abc:def:0:"+flags)
	}
	w := &sink{header: http.Header{}}
	return func() { h.ServeHTTP(w, r) }
}

// What a traced request allocates more than an untraced one.
func TestHandlerAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	want := map[string]float64{"unsampled": 2, "unsampled, with a caller": 4, "sampled": 2, "sampled, with a caller": 4}
	for _, c := range handlerCases {
		plain := testing.AllocsPerRun(1000, serving(t, false, c.sampled, c.headers))
		traced := testing.AllocsPerRun(1000, serving(t, true, c.sampled, c.headers))
		if got := traced - plain; got != want[c.name] {
			t.Errorf("%s: %v allocations, want %v", c.name, got, want[c.name])
		}
	}
}

func BenchmarkHandler(b *testing.B) {
	for _, c := range handlerCases {
		for _, traced := range []bool{false, true} {
			name := c.name + "/plain"
			if traced {
				name = c.name + "/traced"
			}
			b.Run(name, func(b *testing.B) {
				serve := serving(b, traced, c.sampled, c.headers)
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					serve()
				}
			})
		}
	}
}
