// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// rig is a running Jaeger.
type rig map[string]string

// start starts a Jaeger, and stops it when the test ends.
func start(t *testing.T, version string) rig {
	t.Helper()
	t.Cleanup(func() { run(t, "stop", version) })
	r := rig{}
	lines := bufio.NewScanner(bytes.NewReader(run(t, "start", version)))
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok {
			r[name] = value
		}
	}
	for _, name := range []string{"E2E_AGENT_COMPACT", "E2E_AGENT_BINARY", "E2E_QUERY"} {
		if r[name] == "" {
			t.Fatalf("jaeger.sh start says nothing of %s: %v", name, r)
		}
	}
	return r
}

func run(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("./jaeger.sh", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("jaeger.sh %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// What the query service answers: the JSON of OTLP, so far as it is looked at.
type (
	answer struct {
		Result struct {
			ResourceSpans []struct {
				Resource   struct{ Attributes []attribute }
				ScopeSpans []struct{ Spans []span }
			}
		}
	}
	span struct {
		TraceID           string `json:"traceId"`
		SpanID            string `json:"spanId"`
		ParentSpanID      string `json:"parentSpanId"`
		Name              string
		Kind              any
		StartTimeUnixNano string
		EndTimeUnixNano   string
		Attributes        []attribute
		Events            []struct {
			TimeUnixNano string
			Name         string
			Attributes   []attribute
		}
		Links []struct {
			TraceID    string `json:"traceId"`
			SpanID     string `json:"spanId"`
			Attributes []attribute
		}
		Status struct{ Code any }

		resource []attribute
	}
	attribute struct {
		Key   string
		Value map[string]any
	}
)

// spans waits until the query service has n spans in the traces of a service, and
// returns them by name.
func (r rig) spans(t *testing.T, service string, n int) map[string]span {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for {
		spans, raw := r.query(ctx, t, service)
		if len(spans) == n {
			return spans
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("%d spans of %s, not %d: %s", len(spans), service, n, raw)
		}
	}
}

// query asks once. Versions differ in the name of the limit; each refuses the
// other's.
func (r rig) query(ctx context.Context, t *testing.T, service string) (map[string]span, []byte) {
	t.Helper()
	now := time.Now().UTC()
	var body []byte
	for _, limit := range []string{"query.num_traces", "query.search_depth"} {
		q := url.Values{
			"query.service_name":   {service},
			"query.start_time_min": {now.Add(-48 * time.Hour).Format(time.RFC3339Nano)},
			"query.start_time_max": {now.Add(time.Hour).Format(time.RFC3339Nano)},
			limit:                  {"100"},
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, r["E2E_QUERY"]+"/api/v3/traces?"+q.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
		if err != nil {
			continue // it is waited for anyway
		}
		body, err = io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode == http.StatusNotFound {
			return nil, body
		}
		if res.StatusCode == http.StatusOK {
			break
		}
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, body
	}
	spans := map[string]span{}
	for _, rs := range a.Result.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				s.resource = rs.Resource.Attributes
				if _, twice := spans[s.Name]; twice {
					t.Errorf("%s: span %q came twice", service, s.Name)
				}
				spans[s.Name] = s
			}
		}
	}
	return spans, body
}

// texts are attributes by key, each as type and value.
func texts(attributes []attribute) map[string]string {
	m := map[string]string{}
	for _, a := range attributes {
		for kind, v := range a.Value {
			m[a.Key] = fmt.Sprintf("%s %v", kind, v)
		}
	}
	return m
}
