// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var quiet = slog.New(slog.DiscardHandler)

// fixed is a file that asks for a probability everywhere.
func fixed(probability float64) string {
	return fmt.Sprintf(`{"default_strategy":{"type":"probabilistic","param":%v}}`, probability)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (f *File) wants(t *testing.T, probability float64) {
	t.Helper()
	if s, err := f.Strategy(t.Context(), "any"); err != nil || s.Probability != probability {
		t.Errorf("%v, %v; want %v", s.Probability, err, probability)
	}
}

// counted returns the counter of that name, with that label unless it is "".
func counted(t *testing.T, reg *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && (label == "" || m.GetLabel()[0].GetValue() == label) {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	t.Fatalf("no %s %s", name, label)
	return 0
}

// safeBuffer is a text that one goroutine writes while another reads it.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// TestFileReload: a change holds after the interval, and a wrong one does not.
func TestFileReload(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strategies.json")
	synctest.Test(t, func(t *testing.T) {
		pass := func() { time.Sleep(10 * time.Second); synctest.Wait() }
		var log safeBuffer
		reg := prometheus.NewRegistry()
		write(t, path, fixed(0.1))
		f, err := OpenFile(t.Context(), FileConfig{Location: path, ReloadInterval: 10 * time.Second}, reg, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		time.Sleep(time.Millisecond) // to be behind the ticker
		f.wants(t, 0.1)
		write(t, path, fixed(0.2))
		f.wants(t, 0.1)
		pass()
		f.wants(t, 0.2)
		write(t, path, fixed(2))
		pass()
		pass()
		f.wants(t, 0.2)
		if n := strings.Count(log.String(), "param 2 is not a probability"); n != 1 || !strings.Contains(log.String(), path) {
			t.Errorf("logged %d times: %s", n, &log)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		pass()
		pass()
		f.wants(t, 0.2)
		if n := strings.Count(log.String(), "are kept"); n != 2 {
			t.Errorf("logged %d times: %s", n, &log)
		}
		write(t, path, fixed(0.3))
		pass()
		f.wants(t, 0.3)
		if ok, failed := counted(t, reg, "spur_sampling_strategies_reloads_total", "ok"), counted(t, reg, "spur_sampling_strategies_reloads_total", "err"); ok != 2 || failed != 3 {
			t.Errorf("%v reloads, %v failed", ok, failed)
		}
	})
}

// TestFileURL: the same from a server, whose answers are bounded.
func TestFileURL(t *testing.T) {
	var body atomic.Value
	var status atomic.Int64
	status.Store(200)
	body.Store(fixed(0.1))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "hidden" {
			status.Store(http.StatusUnauthorized)
		}
		w.WriteHeader(int(status.Load()))
		_, _ = w.Write([]byte(body.Load().(string)))
	}))
	t.Cleanup(server.Close)
	url := strings.Replace(server.URL, "http://", "http://user:hidden@", 1) + "/strategies.json"
	var log bytes.Buffer
	f, err := OpenFile(t.Context(), FileConfig{Location: url}, nil, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.wants(t, 0.1)
	for _, bad := range []struct {
		status int64
		body   string
		logged string
	}{
		{200, "[", "unexpected end of JSON input"},
		{200, fixed(0.2) + strings.Repeat(" ", maxFileBytes), "more than 4194304 bytes"},
		{503, fixed(0.2), "the answer is 503 Service Unavailable"},
	} {
		f.failing = false
		log.Reset()
		status.Store(bad.status)
		body.Store(bad.body)
		f.reload(t.Context())
		f.wants(t, 0.1)
		if !strings.Contains(log.String(), bad.logged) || strings.Contains(log.String(), "hidden") {
			t.Errorf("%s: logged %s", bad.logged, &log)
		}
	}
	status.Store(200)
	body.Store(fixed(0.3))
	f.reload(t.Context())
	f.wants(t, 0.3)
}

// TestFileMissing: what cannot be read at the start is an error that names it.
func TestFileMissing(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(gone.Close)
	for location, want := range map[string]string{
		"/no/such/file":      "/no/such/file",
		t.TempDir():          "not a file",
		gone.URL + "/x":      gone.URL + "/x: the answer is 404 Not Found",
		"http://127.0.0.1:1": "http://127.0.0.1:1",
	} {
		if _, err := OpenFile(t.Context(), FileConfig{Location: location}, nil, quiet); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", location, err)
		}
	}
}
