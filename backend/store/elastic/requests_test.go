// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
	"github.com/go-spur/spur/backend/trace"
)

var record = flag.String("record", "", "URL of a real server, whose answers are recorded in testdata/requests")

var quiet = slog.New(slog.DiscardHandler)

// exchange is a request of the engine's, and the answer of a server.
type exchange struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Query  string          `json:"query,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
	Lines  []string        `json:"lines,omitempty"` // of a bulk request, instead of Body
	Status int             `json:"status"`
	Answer json.RawMessage `json:"answer"`
}

// requests are the exchanges of the steps of a test.
type requests struct {
	t       *testing.T
	mu      sync.Mutex
	step    string
	made    []exchange // in this step
	want    []exchange // and what they are to be, or nil when they are recorded
	forward string
}

func (r *requests) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, _ := io.ReadAll(req.Body)
	e := exchange{Method: req.Method, Path: req.URL.Path, Query: req.URL.RawQuery}
	if req.Header.Get("Content-Type") == "application/x-ndjson" {
		e.Lines = strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
	} else if len(body) > 0 {
		e.Body = body
	}
	if r.forward != "" {
		r.real(&e, body, req.Header.Get("Content-Type"))
	} else {
		n := len(r.made)
		if n >= len(r.want) || !same(r.want[n], e) {
			r.t.Errorf("%s: request %d is\n%s, want\n%s", r.step, n, show(e), show(r.want[min(n, len(r.want)-1)]))
			http.Error(w, "{}", http.StatusTeapot)
			return
		}
		e.Status, e.Answer = r.want[n].Status, r.want[n].Answer
	}
	r.made = append(r.made, e)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	w.WriteHeader(e.Status)
	_, _ = w.Write(e.Answer)
}

// real asks the real server.
func (r *requests) real(e *exchange, body []byte, contentType string) {
	req, err := http.NewRequest(e.Method, r.forward+e.Path+"?"+e.Query, bytes.NewReader(body))
	if err != nil {
		r.t.Error(err)
		return
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Error(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	e.Status = resp.StatusCode
	b, _ := io.ReadAll(resp.Body)
	e.Answer = b
	// As if it had happened at once: what is stored is seen by the next request.
	if again, err := http.Post(r.forward+"/_refresh", "application/json", nil); err == nil {
		_ = again.Body.Close()
	}
}

func same(a, b exchange) bool {
	a.Status, a.Answer, b.Status, b.Answer = 0, nil, 0, nil
	return show(a) == show(b)
}

func show(e exchange) string {
	e.Answer = nil
	b, _ := json.MarshalIndent(e, "", " ")
	return string(b)
}

// do runs a step and compares, or records, its requests.
func (r *requests) do(dir, name string, f func() error) {
	r.t.Helper()
	file := filepath.Join(dir, name+".json")
	r.step, r.made, r.want = name, nil, nil
	if r.forward == "" {
		b, err := os.ReadFile(file)
		if err != nil {
			r.t.Fatal(err)
		}
		if err := json.Unmarshal(b, &r.want); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := f(); err != nil {
		r.t.Errorf("%s: %v", name, err)
		return
	}
	if r.forward == "" {
		if len(r.made) != len(r.want) {
			r.t.Errorf("%s: %d requests, want %d", name, len(r.made), len(r.want))
		}
		return
	}
	b, err := json.MarshalIndent(r.made, "", "  ")
	if err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, append(b, '\n'), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// TestRequests: each request is what a server of each version was sent when its
// answers were recorded, and the answers are understood. To record them:
//
//	go test ./store/elastic -run TestRequests -record http://127.0.0.1:19200
func TestRequests(t *testing.T) {
	dirs, err := filepath.Glob("testdata/requests/*")
	if err != nil {
		t.Fatal(err)
	}
	if *record != "" {
		dirs = []string{recordTo(t, *record)}
	}
	if len(dirs) == 0 {
		t.Fatal("nothing is recorded")
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			r := &requests{t: t, forward: *record}
			server := httptest.NewServer(r)
			defer server.Close()
			steps(t, r, dir, server.URL)
		})
	}
}

func steps(t *testing.T, r *requests, dir, url string) {
	ctx := t.Context()
	var s *elastic.Store
	r.do(dir, "open", func() (err error) {
		s, err = elastic.Open(ctx, elastic.Config{URLs: []string{url}, Prefix: "golden", Shards: 1, Replicas: 0, TagsAsFields: []string{"host"}}, nil, quiet)
		return err
	})
	if s == nil {
		return
	}
	defer func() { _ = s.Close() }()
	s.SetClock(sample)
	td := spansOf(3)
	r.do(dir, "write", func() error { return s.Write(ctx, td) })
	r.do(dir, "write-again", func() error { return s.Write(ctx, td) })
	r.do(dir, "refused", func() error {
		bad := spansOf(1)
		for span := range trace.Spans(bad) {
			span.SetStartTimestamp(pcommon.NewTimestampFromTime(sample.AddDate(0, 0, 1)))
			if span.Name() == "query" {
				span.Attributes().PutStr(trace.AttributeFormat, trace.FormatJaeger)
				span.SetFlags(1 << 31) // more than the index has a number for
			}
		}
		var refused *store.RefusedError
		if err := s.Write(ctx, bad); !errors.As(err, &refused) || refused.Spans != 1 || !strings.Contains(err.Error(), "flags") {
			return fmt.Errorf("got %v, want that one span was refused for its flags", err)
		}
		return nil
	})
	r.do(dir, "archive", func() error { return s.Archive(ctx, spansOf(1)) })
	r.do(dir, "trace", func() error {
		got, err := s.Trace(ctx, pcommon.TraceID{15: 1}, trace.Window{Start: sample, End: sample.Add(time.Hour)})
		return expect(err, got.SpanCount(), 2)
	})
	r.do(dir, "trace-missing", func() error {
		if _, err := s.Trace(ctx, pcommon.TraceID{9}, trace.Window{}); !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("got %v, want ErrNotFound", err)
		}
		return nil
	})
	for name, text := range map[string]string{
		"search-all": "", "search-service": "service:shop", "search-tag": "n=1", "search-tag-field": "host=a", "search-both": "kind:server dur>1ms op:\"GET /\"",
		"search-error": "status:error", "search-two-spans": "{service:shop} {service:db} -{n=7}", "search-text": `"query"`, "search-regexp": "n~^1", "search-link": "link:abc",
	} {
		r.do(dir, name, func() error {
			q, err := trace.Parse(text, sample)
			if err != nil {
				return err
			}
			q.Limit = 2
			page, err := s.Search(ctx, q)
			want := map[string]int{"search-tag": 1, "search-error": 1, "search-regexp": 1, "search-link": 0}
			n, ok := want[name]
			if !ok {
				n = 2
			}
			return expect(err, len(page.Traces), n)
		})
	}
	r.do(dir, "services", func() error {
		got, err := s.Services(ctx)
		return expect(err, len(got), 2)
	})
	r.do(dir, "operations", func() error {
		got, err := s.Operations(ctx, "shop")
		return expect(err, len(got), 1)
	})
	r.do(dir, "keys", func() error {
		got, err := s.Keys(ctx, "", 3)
		return expect(err, fmt.Sprint(got), "[error host n]")
	})
	r.do(dir, "values", func() error {
		got, err := s.Values(ctx, "n", "", 100)
		return expect(err, fmt.Sprint(got), "[0 1 2]")
	})
	r.do(dir, "rates", func() error {
		got, err := s.RED(ctx, trace.REDQuery{Service: "shop", Step: time.Minute, Window: trace.Window{Start: sample, End: sample.Add(time.Minute)}})
		return expect(err, len(got), 1)
	})
	r.do(dir, "links", func() error {
		day := sample.Truncate(24 * time.Hour)
		if err := s.WriteLinks(ctx, day, []trace.Link{{Parent: "shop", Child: "db", Calls: 3}}); err != nil {
			return err
		}
		got, err := s.Links(ctx, trace.Window{Start: day, End: day.Add(time.Hour)})
		return expect(err, fmt.Sprint(got), "[{shop db 3 0}]")
	})
	r.do(dir, "throughput", func() error {
		if err := s.InsertThroughput(ctx, sample, []store.Throughput{{Service: "shop", Operation: "GET /", Count: 2, Probabilities: []float64{0.5}}}, sample); err != nil {
			return err
		}
		got, err := s.Throughput(ctx, sample.Add(-time.Hour), sample)
		return expect(err, fmt.Sprint(got), "[{shop GET / 2 [0.5]}]")
	})
	r.do(dir, "status", func() error {
		got, err := s.Status(ctx)
		if err == nil && (got.Spans != 9 || got.Traces != 3 || got.Bytes == 0 || !got.Oldest.Equal(sample)) {
			err = fmt.Errorf("status %+v", got)
		}
		return err
	})
}

func expect[T comparable](err error, got, want T) error {
	if err == nil && got != want {
		err = fmt.Errorf("got %v, want %v", got, want)
	}
	return err
}

// recordTo is the folder for what this server answers.
func recordTo(t *testing.T, url string) string {
	t.Helper()
	for _, path := range []string{"/golden-jaeger-span-2026-01-02", "/golden-jaeger-span-2026-01-03", "/golden-jaeger-span-archive", "/golden-jaeger-service-2026-01-02", "/golden-jaeger-service-2026-01-03", "/golden-jaeger-dependencies-2026-01-02", "/golden-jaeger-sampling-2026-01-02"} {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodDelete, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, _ := io.ReadAll(resp.Body)
	var root struct {
		Version struct{ Number, Distribution string }
	}
	if err := json.Unmarshal(b, &root); err != nil {
		t.Fatal(err)
	}
	name := "es"
	if root.Version.Distribution == "opensearch" {
		name = "os"
	}
	major, _, _ := strings.Cut(root.Version.Number, ".")
	dir := filepath.Join("testdata", "requests", name+major)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
