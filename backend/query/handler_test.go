// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/sync/semaphore"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

func testServer(t *testing.T) (*server, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	return &server{
		Config:    Config{Logger: slog.New(slog.NewTextHandler(log, nil))},
		searching: semaphore.NewWeighted(maxSearching),
		held:      semaphore.NewWeighted(maxHeldSpans),
		streams:   semaphore.NewWeighted(maxStreams),
	}, log
}

func get(h http.Handler, target string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, target, nil))
	return rec
}

// TestErrorAnswers: each kind of error has its status, and only errors of the
// server's own are logged and hide their text.
func TestErrorAnswers(t *testing.T) {
	for _, c := range []struct {
		err    error
		code   int
		msg    string
		logged bool
	}{
		{badRequest("wrong"), 400, "wrong", false},
		{fmt.Errorf("x: %w", store.ErrNotFound), 404, "trace not found", false},
		{&trace.ParseError{Column: 3, Msg: "odd"}, 400, `odd","column":3`, false},
		{store.ErrCursor, 400, "invalid cursor", false},
		{errors.ErrUnsupported, 501, "this store cannot do that", false},
		{store.ErrFull, 507, "store is full", false},
		{store.ErrClosed, 503, "too busy: try again", false},
		{trace.ErrBusy, 503, "too busy: try again", false},
		{&http.MaxBytesError{Limit: 7}, 413, "the body is larger than 7 bytes", false},
		{errors.New("/secret/path: I/O error"), 500, "internal error: see the server's log", true},
	} {
		s, log := testServer(t)
		rec := get(s.json(func(*http.Request) (any, error) { return nil, c.err }), "/")
		want := fmt.Sprintf(`{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":%d,"msg":"%s"}]}`, c.code, c.msg)
		want = strings.Replace(want, `3"}`, `3}`, 1)
		if got := strings.TrimSpace(rec.Body.String()); rec.Code != c.code || got != want {
			t.Errorf("%v: %d %s, want %s", c.err, rec.Code, got, want)
		}
		if logged := strings.Contains(log.String(), c.err.Error()); logged != c.logged {
			t.Errorf("%v: logged %q", c.err, log)
		}
	}
}

// TestFailuresAreBounded: a storm of failures does not fill the log.
func TestFailuresAreBounded(t *testing.T) {
	s, log := testServer(t)
	h := s.json(func(*http.Request) (any, error) { panic("boom") })
	for range 1000 {
		if rec := get(h, "/"); rec.Code != 500 {
			t.Fatalf("status %d", rec.Code)
		}
	}
	if n := strings.Count(log.String(), "boom"); n < 1 || n > 100 {
		t.Errorf("%d lines logged", n)
	}
}

// TestBrokenOff: an answer that fails in the middle does not look complete,
// compressed or not.
func TestBrokenOff(t *testing.T) {
	s, _ := testServer(t)
	half := strings.Repeat("half ", 1000)
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("half way") },
		"panic": func() error { panic("half way") },
	} {
		h := s.raw(func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, half)
			_ = http.NewResponseController(w).Flush()
			return fail()
		})
		for _, h := range []http.Handler{h, compress(h)} {
			srv := httptest.NewServer(h)
			resp, err := http.Get(srv.URL)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			if err == nil {
				t.Errorf("%s: the answer looks complete", name)
			}
			srv.Close()
		}
	}
}

// TestNobodyWaits: a request that was given up is neither answered nor logged.
func TestNobodyWaits(t *testing.T) {
	s, log := testServer(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	rec := httptest.NewRecorder()
	s.json(func(r *http.Request) (any, error) { return nil, r.Context().Err() }).
		ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	if rec.Body.Len() > 0 || log.Len() > 0 {
		t.Errorf("answered %q, logged %q", rec.Body, log)
	}
}

func TestPrettyPrint(t *testing.T) {
	s, _ := testServer(t)
	h := s.json(func(*http.Request) (any, error) { return list([]string{"a"}), nil })
	for target, want := range map[string]string{
		"/":                   `{"data":["a"],"total":1,"limit":0,"offset":0,"errors":null}`,
		"/?prettyPrint=false": `{"data":["a"],"total":1,"limit":0,"offset":0,"errors":null}`,
		"/?prettyPrint=true":  "{\n    \"data\": [\n        \"a\"\n    ],\n    \"total\": 1,\n    \"limit\": 0,\n    \"offset\": 0,\n    \"errors\": null\n}",
	} {
		if got := strings.TrimSpace(get(h, target).Body.String()); got != want {
			t.Errorf("%s: %s", target, got)
		}
	}
}
