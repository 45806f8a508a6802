// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// rig is a tracer, and a real server whose handler it traces.
type rig struct {
	*httptest.Server
	tracer *spur.Tracer
	spans  *spurtest.Recorder
}

func serve(t *testing.T, h http.Handler, opts ...spurhttp.HandlerOption) *rig {
	t.Helper()
	tracer, spans := spurtest.New(t)
	s := httptest.NewServer(spurhttp.Handler(tracer, h, opts...))
	t.Cleanup(s.Close)
	return &rig{s, tracer, spans}
}

// get returns the answer to a GET request of an untraced client.
func (r *rig) get(t *testing.T, path string, header ...string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, r.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := r.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// wait returns the spans when there are n of them, and fails if there are more.
func (r *rig) wait(t *testing.T, n int) []model.Span {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := r.spans.Wait(ctx, n); err != nil {
		t.Fatal(err)
	}
	r.Server.Close() // waits for handlers
	spans := r.spans.Spans()
	if len(spans) != n {
		t.Fatalf("%d spans, want %d:\n%s", len(spans), n, r.spans.Tree(spurtest.WithoutTimes()))
	}
	return spans
}

func tag(s *model.Span, key string) string {
	for _, tag := range s.Tags {
		if tag.Key == key {
			return tag.Value.String()
		}
	}
	return ""
}

// logs returns the event names and messages of a span.
func logs(s *model.Span) (events []string) {
	for _, l := range s.Logs {
		for _, f := range l.Fields {
			if f.Key == "event" || f.Key == "message" || f.Key == "error.object" {
				events = append(events, f.Value.String())
			}
		}
	}
	return events
}

var discard = log.New(io.Discard, "", 0)
