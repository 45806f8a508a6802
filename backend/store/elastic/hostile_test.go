// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
	"github.com/go-spur/spur/backend/trace"
)

// root is what a server says of itself.
const root = `{"version":{"number":"8.17.4"},"tagline":"You Know, for Search"}`

// behave starts a server that says what it is and takes templates, and otherwise does as f.
func behave(t *testing.T, f http.HandlerFunc) elastic.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			_, _ = io.WriteString(w, root)
		case strings.HasPrefix(r.URL.Path, "/_index_template/"):
			_, _ = io.WriteString(w, `{"acknowledged":true}`)
		default:
			f(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return elastic.Config{URLs: []string{server.URL}, Timeout: time.Second}
}

func open(t *testing.T, c elastic.Config) *elastic.Store {
	t.Helper()
	s, err := elastic.Open(t.Context(), c, nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// calls calls what reads and writes.
func calls(ctx context.Context, s *elastic.Store) map[string]error {
	errs := map[string]error{"Write": s.Write(ctx, spansOf(1))}
	_, errs["Trace"] = s.Trace(ctx, pcommon.TraceID{1}, trace.Window{})
	_, errs["Search"] = s.Search(ctx, trace.Query{Limit: 2})
	_, errs["Services"] = s.Services(ctx)
	_, errs["Keys"] = s.Keys(ctx, "a", 3)
	_, errs["Links"] = s.Links(ctx, trace.Window{})
	_, errs["RED"] = s.RED(ctx, trace.REDQuery{Step: time.Minute})
	_, errs["Throughput"] = s.Throughput(ctx, sample, sample)
	_, errs["Status"] = s.Status(ctx)
	w := s.Walk(trace.Window{}, 4)
	defer w.Close()
	_, _, errs["Walk"] = w.Next(ctx)
	return errs
}

// TestHostile: whatever a server answers is an error that can pass, within the time of a
// request.
func TestHostile(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	for name, f := range map[string]http.HandlerFunc{
		"garbage": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "\x00\xff<html>") },
		"nothing": func(http.ResponseWriter, *http.Request) {},
		"other JSON": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"items":7,"hits":[],"_all":3,"aggregations":{"tags":9,"names":9}}`)
		},
		"hangs": func(http.ResponseWriter, *http.Request) { <-hang },
		"drips": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"hits":{"hits":[`)
			_ = http.NewResponseController(w).Flush()
			<-hang
		},
		"resets":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"is full": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"fails":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"parts": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"timed_out":true,"_shards":{"failed":1}}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := behave(t, f)
			c.Timeout = 200 * time.Millisecond
			for call, err := range calls(t.Context(), open(t, c)) {
				if !errors.Is(err, store.ErrUnavailable) {
					t.Errorf("%s: %v, want ErrUnavailable", call, err)
				}
			}
		})
	}
}

// TestNoOrder: documents that come without their place in the order that was asked for are an error
// that can pass, whether they are of the index or of spans.
func TestNoOrder(t *testing.T) {
	for _, index := range []string{`{"sort":[1,"1","1"]}`, `{"sort":[1]}`, `{}`} {
		for _, sort := range []string{`[]`, `["1"]`, `null`} {
			t.Run(index+" "+sort, func(t *testing.T) {
				t.Parallel()
				s := open(t, behave(t, func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					hit := `{"_source":{"traceID":"1","spanID":"1","operationName":"o","startTime":1},"sort":` + sort + `}`
					if bytes.Contains(body, []byte(`"_source":false`)) {
						hit = index
					}
					_, _ = fmt.Fprintf(w, `{"hits":{"hits":[%s]}}`, hit)
				}))
				errs := calls(t.Context(), s)
				for _, call := range []string{"Trace", "Search", "RED", "Walk"} {
					if err := errs[call]; !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "without its place in the order") {
						t.Errorf("%s: %v, want ErrUnavailable, and that the order is missing", call, err)
					}
				}
			})
		}
	}
}

// TestHuge: an answer without end is read no further than the limit.
func TestHuge(t *testing.T) {
	if testing.Short() {
		t.Skip("reads answers of 128 MiB")
	}
	chunk := []byte(strings.Repeat(" ", 1<<20))
	c := behave(t, func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	c.Timeout = 30 * time.Second
	if _, err := open(t, c).Services(t.Context()); err == nil || !strings.Contains(err.Error(), "more than 128 MiB") {
		t.Errorf("got %v, want an error about 128 MiB", err)
	}
}

// TestBulk: what the server says of each document is done to that one.
func TestBulk(t *testing.T) {
	var requests atomic.Int64
	for name, test := range map[string]struct {
		items   []string // the answers to four documents, of two spans and two operations
		refused int
		err     error
		text    string
		tries   int64
	}{
		"stored":        {[]string{`"status":201`, `"status":201`, `"status":201`, `"status":201`}, 0, nil, "", 1},
		"there already": {[]string{`"status":409,"error":{"type":"version_conflict_engine_exception"}`, `"status":201`, `"status":201`, `"status":409`}, 0, nil, "", 1},
		"one refused": {[]string{
			`"status":400,"error":{"type":"mapper_parsing_exception","reason":"no flags","caused_by":{"type":"x","reason":"out of range"}}`,
			`"status":201`, `"status":201`, `"status":201`,
		}, 1, nil, "no flags: out of range", 1},
		"an operation refused": {[]string{`"status":201`, `"status":201`, `"status":400,"error":{"type":"x"}`, `"status":201`}, 0, nil, "", 1},
		"no room": {
			[]string{`"status":429,"error":{"type":"es_rejected_execution_exception","reason":"queue"}`, `"status":201`, `"status":201`, `"status":201`},
			0, store.ErrUnavailable, "es_rejected_execution_exception", 3,
		},
		"read only": {
			[]string{`"status":403,"error":{"type":"cluster_block_exception","reason":"read-only / allow delete (api)"}`, `"status":201`, `"status":201`, `"status":201`},
			0, store.ErrFull, "read-only", 3,
		},
	} {
		requests.Store(0)
		c := behave(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			requests.Add(1)
			n := strings.Count(string(body), `{"create":`)
			items := test.items
			if n < len(items) { // what is sent again
				items = items[:n]
			}
			_, _ = fmt.Fprintf(w, `{"errors":true,"items":[{"create":{%s}}]}`, strings.Join(items, `}},{"create":{`))
		})
		err := open(t, c).Write(t.Context(), spansOf(1))
		var refused *store.RefusedError
		n := 0
		if errors.As(err, &refused) {
			n = refused.Spans
		}
		if n != test.refused || test.err != nil && !errors.Is(err, test.err) || (err == nil) != (test.text == "") || err != nil && !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %d refused, %v; want %d, %v with %q", name, n, err, test.refused, test.err, test.text)
		}
		if got := requests.Load(); got != test.tries {
			t.Errorf("%s: %d requests, want %d", name, got, test.tries)
		}
	}
}

// TestParts: requests are no larger than they may be, and what is too large for the
// server is sent in halves.
func TestParts(t *testing.T) {
	var sizes []int
	c := behave(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n := strings.Count(string(body), `{"create":`)
		if sizes = append(sizes, n); n > 5 {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		_, _ = fmt.Fprintf(w, `{"items":[%s]}`, strings.TrimSuffix(strings.Repeat(`{"create":{"status":201}},`, n), ","))
	})
	c.BulkActions = 10
	if err := open(t, c).Write(t.Context(), spansOf(6)); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(sizes); got != "[10 5 5 4]" { // 12 spans, 2 operations
		t.Errorf("documents of requests: %s, want [10 5 5 4]", got)
	}
}

// TestCredentials: what the settings name is shown, from a file what it holds at the time.
func TestCredentials(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	var want atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != want.Load() {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprint(w, `{"error":{"type":"security_exception","reason":"unable to authenticate"},"status":401}`)
			return
		}
		if r.URL.Path == "/" {
			_, _ = io.WriteString(w, root)
			return
		}
		_, _ = io.WriteString(w, `{"acknowledged":true}`)
	}))
	defer server.Close()
	for name, test := range map[string]struct {
		config         elastic.Config
		secret, header string
	}{
		"none":          {elastic.Config{}, "", ""},
		"password":      {elastic.Config{Username: "u", Password: "p"}, "", "Basic dTpw"},
		"password file": {elastic.Config{Username: "u", PasswordFile: file}, "p\n", "Basic dTpw"},
		"token file":    {elastic.Config{TokenFile: file}, "t\n", "Bearer t"},
		"API key file":  {elastic.Config{APIKeyFile: file}, "a2V5\n", "ApiKey a2V5"},
	} {
		if err := os.WriteFile(file, []byte(test.secret), 0o600); err != nil {
			t.Fatal(err)
		}
		test.config.URLs = []string{server.URL}
		want.Store("wrong")
		if _, err := elastic.Open(t.Context(), test.config, nil, quiet); err == nil || !strings.Contains(err.Error(), "refuses the credentials") {
			t.Errorf("%s: wrong ones: %v", name, err)
		}
		want.Store(test.header)
		s, err := elastic.Open(t.Context(), test.config, nil, quiet)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.HasSuffix(name, "file") { // another one
			if err := os.WriteFile(file, []byte("new"), 0o600); err != nil {
				t.Fatal(err)
			}
			want.Store(map[string]string{"password file": "Basic dTpuZXc=", "token file": "Bearer new", "API key file": "ApiKey new"}[name])
			if _, err := s.Services(t.Context()); err != nil {
				t.Errorf("%s: after it has changed: %v", name, err)
			}
		}
		_ = s.Close()
	}
}

// TestVersions: what the engine does not know is refused.
func TestVersions(t *testing.T) {
	for answer, ok := range map[string]bool{
		root:                               true,
		`{"version":{"number":"7.17.28"}}`: true,
		`{"version":{"number":"9.1.0"}}`:   true,
		`{"version":{"number":"6.8.0"}}`:   false,
		`{"version":{"number":"10.0.0"}}`:  false,
		`{"version":{"number":"2.19.1","distribution":"opensearch"}}`:                        true,
		`{"version":{"number":"7.10.2"},"tagline":"The OpenSearch Project: https://o.org/"}`: true,
		`{"version":{"number":"4.0.0","distribution":"opensearch"}}`:                         false,
		`{"version":{"number":"x"}}`:                                                         false,
		`{"status":"Server available"}`:                                                      false,
		`<html>`:                                                                             false,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
		s, err := elastic.Open(t.Context(), elastic.Config{URLs: []string{server.URL}}, nil, quiet)
		if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "needs Elasticsearch 7 to 9 or OpenSearch 1 to 3") {
			t.Errorf("%s: %v, want it to open: %t", answer, err, ok)
		}
		if s != nil {
			_ = s.Close()
		}
		server.Close()
	}
}

// TestAway: a store opens without its server, says so, and works when it is there.
func TestAway(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			_, _ = io.WriteString(w, root)
		case "/_bulk":
			_, _ = io.WriteString(w, `{"items":[{"create":{"status":201}},{"create":{"status":201}},{"create":{"status":201}},{"create":{"status":201}}]}`)
		}
	}))
	defer server.Close()
	s := open(t, elastic.Config{URLs: []string{"http://" + server.Listener.Addr().String()}, Timeout: 100 * time.Millisecond})
	if err := s.Write(t.Context(), spansOf(1)); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("without the server: %v, want ErrUnavailable", err)
	}
	server.Start()
	for end := time.Now().Add(10 * time.Second); ; {
		err := s.Write(t.Context(), spansOf(1))
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrUnavailable) || time.Now().After(end) {
			t.Fatalf("with the server: %v", err)
		}
		<-time.After(50 * time.Millisecond) // a real server, and a real pause
	}
}
