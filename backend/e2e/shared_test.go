// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestShared: an id that Zipkin's client and server share is taken apart alike
// wherever a trace is read, and stays in the store.
func TestShared(t *testing.T) {
	const id, call, resolve, root = "005100000000000c7a0c000000000001", "7a0c000000000003", "7a0c000000000005", "7a0c000000000002"
	const served, work = "0000000000000001", "7a0c000000000004"
	for _, engine := range []string{"memory", "sqlite"} {
		t.Run(engine, func(t *testing.T) {
			s := start(t, engine)
			body, err := os.ReadFile("../testdata/zipkin/zipkingo-shared.v2.json")
			if err != nil {
				t.Fatal(err)
			}
			if status, _, answer := do(t, request(t, http.MethodPost, "http://"+s.addr(9411)+"/api/v2/spans", body)); status != http.StatusAccepted {
				t.Fatalf("%d %s", status, answer)
			}
			s.awaitStored(7)
			get := func(path string, v any) {
				t.Helper()
				status, _, answer := do(t, request(t, http.MethodGet, "http://"+s.addr(portQuery)+path, nil))
				if err := json.Unmarshal(answer, v); err != nil || status != http.StatusOK {
					t.Fatalf("%s: %d %.300s %v", path, status, answer, err)
				}
			}
			parents := map[string]string{call: root, served: call, work: served, resolve: call}
			check := func(what string, got map[string]string) {
				t.Helper()
				for child, parent := range parents {
					if got[child] != parent {
						t.Errorf("%s: the parent of %s is %q, not %s", what, child, got[child], parent)
					}
				}
			}

			var outline struct {
				IDs    string
				Starts []int64
				Start  string
				Parent []int
			}
			get("/api/trace/"+id+"/outline", &outline)
			at := func(i int) string { return outline.IDs[16*i : 16*i+16] }
			got := map[string]string{}
			for i, p := range outline.Parent {
				if p >= 0 {
					got[at(i)] = at(p)
				}
			}
			check("outline", got)

			var v1 struct {
				Data []struct {
					Spans []struct {
						SpanID     string
						References []struct{ SpanID string }
					}
				}
			}
			clear(got)
			get("/api/traces/"+id, &v1)
			for _, span := range v1.Data[0].Spans {
				for _, r := range span.References {
					got[span.SpanID] = r.SpanID
				}
			}
			check("v1", got)

			for _, path := range []string{"/api/v3/traces/" + id, "/api/trace/" + id + "/spans?ids=" + strings.Join([]string{call, served, work, resolve}, ",")} {
				var raw json.RawMessage
				get(path, &raw)
				check(path, otlpParents(t, raw))
			}

			// One span by its new id, where only its own time is read.
			var raw json.RawMessage
			n := 0
			for at(n) != served {
				n++
			}
			var begin int64
			if _, err := fmt.Sscan(outline.Start, &begin); err != nil {
				t.Fatal(err)
			}
			get(fmt.Sprintf("/api/trace/%s/spans?ids=%s&start=%d&end=%d", id, served, begin+outline.Starts[n], begin+outline.Starts[n]+1), &raw)
			if got := otlpParents(t, raw); len(got) != 1 || got[served] != call {
				t.Errorf("in a window: %v", got)
			}

			// What is stored is what came.
			get("/api/v3/traces/"+id+"?raw_traces=true", &raw)
			if got := otlpParents(t, raw); got[served] != "" || got[call] != root || got[work] != call {
				t.Errorf("raw: %v", got)
			}
		})
	}
}

// otlpParents are the parents of spans in OTLP JSON, or in an answer of v3.
func otlpParents(t *testing.T, raw json.RawMessage) map[string]string {
	t.Helper()
	var v3 struct{ Result json.RawMessage }
	if err := json.Unmarshal(raw, &v3); err == nil && v3.Result != nil {
		raw = v3.Result
	}
	var otlp struct {
		ResourceSpans []struct {
			ScopeSpans []struct {
				Spans []struct{ SpanID, ParentSpanID string }
			}
		}
	}
	if err := json.Unmarshal(raw, &otlp); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, rs := range otlp.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				got[s.SpanID] = s.ParentSpanID
			}
		}
	}
	return got
}
