// SPDX-License-Identifier: Apache-2.0

//go:build engines

package elastic_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
	"github.com/go-spur/spur/backend/store/storetest"
	"github.com/go-spur/spur/backend/trace"
)

// server is the URL of a real server, which backend/e2e/engines starts.
func server(t testing.TB) string {
	t.Helper()
	url := os.Getenv("ELASTIC")
	if url == "" {
		t.Fatal("ELASTIC is not set: run scripts/engines.sh, or set it to what backend/e2e/engines/elasticsearch.sh start prints")
	}
	return url
}

// fresh makes what was written visible to searches at once, and not within a second.
type fresh struct {
	*elastic.Store
	url string
}

func (f fresh) refresh(err error) error {
	if err == nil {
		_, err = ask(f.url, http.MethodPost, "/_refresh", "")
	}
	return err
}

func (f fresh) Write(ctx context.Context, td ptrace.Traces) error {
	return f.refresh(f.Store.Write(ctx, td))
}

func (f fresh) Archive(ctx context.Context, td ptrace.Traces) error {
	return f.refresh(f.Store.Archive(ctx, td))
}

func (f fresh) InsertThroughput(ctx context.Context, at time.Time, list []store.Throughput, forget time.Time) error {
	return f.refresh(f.Store.InsertThroughput(ctx, at, list, forget))
}

func (f fresh) WriteLinks(ctx context.Context, day time.Time, links []trace.Link) error {
	return f.refresh(f.Store.WriteLinks(ctx, day, links))
}

func (f fresh) InsertProbabilities(ctx context.Context, list []store.Probability) error {
	return f.refresh(f.Store.InsertProbabilities(ctx, list))
}

// ask sends a request of a test.
func ask(url, method, path, body string) (string, error) {
	req, err := http.NewRequest(method, url+path, bytes.NewBufferString(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, b)
	}
	return string(b), err
}

func mustAsk(t testing.TB, url, method, path, body string) string {
	t.Helper()
	answer, err := ask(url, method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// prefix is one of indices for what is kept in dir.
func prefix(dir string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(dir))
	return fmt.Sprintf("test-%x", h.Sum32())
}

// settings are those of a small server.
func settings(url, prefix string) elastic.Config {
	return elastic.Config{URLs: []string{url}, Prefix: prefix, Shards: 1}
}

// openReal opens a store whose indices are removed at the end of the test.
func openReal(t testing.TB, c elastic.Config) fresh {
	t.Helper()
	s, err := elastic.Open(t.Context(), c, nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Close()
		remove(c.URLs[0], c.Prefix)
	})
	return fresh{s, c.URLs[0]}
}

// settled waits until the server has answered a store that was opened: on a busy machine its
// templates take longer than Open waits for.
func settled(ctx context.Context, s *elastic.Store) error {
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		_, err := s.Services(limited)
		if !errors.Is(err, store.ErrUnavailable) || limited.Err() != nil {
			return err
		}
		<-time.After(100 * time.Millisecond) // a real server, and a real pause
	}
}

// remove removes indices and templates.
func remove(url, prefix string) {
	names, _ := ask(url, http.MethodGet, "/_cat/indices/"+prefix+"-*?h=index", "")
	for name := range bytes.FieldsSeq([]byte(names)) {
		_, _ = ask(url, http.MethodDelete, "/"+string(name), "")
	}
	for _, kind := range []string{"_index_template", "_template"} {
		_, _ = ask(url, http.MethodDelete, "/"+kind+"/"+prefix+"-*", "")
	}
}

// TestRealStore runs storetest against the server.
func TestRealStore(t *testing.T) {
	url := server(t)
	keep, err := elastic.Open(t.Context(), settings(url, "keep"), nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keep.Close(); remove(url, "keep") })
	storetest.Run(t, storetest.Engine{
		Open: func(ctx context.Context, cfg storetest.Config) (store.Store, error) {
			c := settings(url, prefix(cfg.Dir))
			c.MaxScan = cfg.MaxScan
			s, err := elastic.Open(ctx, c, nil, quiet)
			if err != nil {
				return nil, err
			}
			t.Cleanup(func() { remove(url, c.Prefix) })
			return fresh{s, url}, settled(ctx, s)
		},
		Keeps: keep.Keep,
	}, storetest.Except{
		"Services": "service documents have no kinds, and text of more than 256 characters is not indexed",
		"Purge":    "a server that others use, too, is not emptied",
		"Newer":    "documents have no version",
	})
}
