// SPDX-License-Identifier: Apache-2.0

package query

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// traceJSON is a trace as v1 shows it.
type traceJSON struct {
	TraceID   string
	Spans     []spanJSON
	Processes map[string]process
	Warnings  []string
}

type tracesJSON struct {
	Data   []traceJSON
	Errors []apiError
}

// shown says what an answer has: id/span,span … and its errors.
func (a tracesJSON) shown() (out []string) {
	for _, t := range a.Data {
		var ids []string
		for _, s := range t.Spans {
			ids = append(ids, strings.TrimLeft(s.SpanID, "0"))
		}
		out = append(out, strings.TrimLeft(t.TraceID, "0")+"/"+strings.Join(ids, ","))
	}
	for _, e := range a.Errors {
		out = append(out, strings.TrimLeft(e.TraceID, "0")+": "+e.Msg)
	}
	return out
}

func TestTraces(t *testing.T) {
	h := New(Config{Store: searchStore(t, 3)}) // ids 100, 101, 102
	window := fmt.Sprintf("&start=%d&end=%d", searchStart.UnixMicro(), searchStart.Add(time.Minute).UnixMicro())
	at := searchStart.Add(time.Second) // of trace 101
	for target, want := range map[string][]string{
		"/api/traces?service=shop" + window:                                  {"102/1,2", "101/1,2", "100/1,2"},
		"/api/traces?service=shop&limit=2" + window:                          {"102/1,2", "101/1,2"},
		"/api/traces?service=shop":                                           nil, // the last two days
		"/api/traces?service=shop&operation=query" + window:                  nil, // of the other service
		"/api/traces?service=db&tags=%7B%22odd%22%3A%22true%22%7D" + window:  {"101/1,2"},
		"/api/traces?service=db&tag=odd:false&tag=i:2" + window:              {"102/1,2"},
		"/api/traces?service=db&tag=error:true&tag=i:0" + window:             {"100/1,2"},
		"/api/traces?service=db&tag=otel.status_code:ERROR&tag=i:0" + window: {"100/1,2"},
		"/api/traces?service=shop&tag=error:true" + window:                   nil,
		"/api/traces?service=shop&minDuration=2ms&maxDuration=2ms" + window:  {"101/1,2"},
		"/api/traces?traceID=101&traceID=9&traceID=100&traceID=0":            {"101/1,2", "100/1,2", "9: trace not found", ": trace not found"},
		"/api/traces/102": {"102/1,2"},
		"/api/traces/102?start=1&end=9999999999999":               {"102/1,2"}, // ms
		fmt.Sprintf("/api/traces/101?start=%d", at.UnixMicro()+1): {": trace not found"},
		fmt.Sprintf("/api/traces/101?start=%d", at.UnixNano()):    {"101/1,2"},
		fmt.Sprintf("/api/traces/101?end=%d", at.UnixNano()):      {": trace not found"},
		fmt.Sprintf("/api/traces/101?end=%d", at.UnixNano()+1):    {"101/1,2"},
		fmt.Sprintf("/api/traces/101?start=%d", at.UnixMilli()):   {"101/1,2"},
		fmt.Sprintf("/api/traces/101?start=%d", at.UnixMilli()+1): {": trace not found"},
	} {
		var answer tracesJSON
		decode(t, get(h, "http://localhost"+target), &answer)
		if got := answer.shown(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
}

// TestNamesAreText: a name that reads as a number is not another that reads as
// the same number.
func TestNamesAreText(t *testing.T) {
	s := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = s.Close() })
	td := searchTrace(0)
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("service.name", "7")
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName("1.0")
	if err := s.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		"service=7": 1, "service=7&operation=1.0": 1, "service=7.0": 0, "service=7&operation=1": 0,
		"service=7&tag=i:0.0": 1, "service=db&tag=otel.status_code:UNSET": 0, "service=7&tag=span.kind:unspecified": 0,
	} {
		var answer tracesJSON
		getJSON(t, New(Config{Store: s}), "/api/traces?start=0&"+query, &answer)
		if len(answer.Data) != want {
			t.Errorf("%s: %q", query, answer.shown())
		}
	}
}

// TestArchive: an archived trace is there once, and stays when others go.
func TestArchive(t *testing.T) {
	db := searchStore(t, 2)
	h := New(Config{Store: db})
	for range 2 {
		if rec := do(h, "POST", "/api/archive/101", "", nil); rec.Code != http.StatusOK {
			t.Fatal(rec.Code, rec.Body)
		}
	}
	var answer tracesJSON
	getJSON(t, h, "/api/traces/101", &answer)
	if got := answer.shown(); !reflect.DeepEqual(got, []string{"101/1,2"}) {
		t.Errorf("%q", got)
	}
	if rec := do(h, "POST", "/api/archive/9", "", nil); rec.Code != http.StatusNotFound {
		t.Error(rec.Code, rec.Body)
	}
	if rec := do(h, "DELETE", "/api/traces", "", nil); rec.Code != http.StatusOK || strings.TrimSpace(rec.Body.String()) != "{}" {
		t.Error(rec.Code, rec.Body)
	}
	if rec := do(h, "GET", "/api/services", "", nil); strings.TrimSpace(rec.Body.String()) != `{"data":[],"total":0,"limit":0,"offset":0,"errors":null}` {
		t.Error(rec.Code, rec.Body)
	}
}

func TestDependencies(t *testing.T) {
	h := New(Config{Store: searchStore(t, 3)})
	params := fmt.Sprintf("?endTs=%d&lookback=60000", searchStart.Add(10*time.Second).UnixMilli())
	for query, want := range map[string]string{
		params:                    `{"data":[{"parent":"shop","child":"db","callCount":3}],"total":0,"limit":0,"offset":0,"errors":null}`,
		params + "&service=db":    `{"data":[{"parent":"shop","child":"db","callCount":3}],"total":0,"limit":0,"offset":0,"errors":null}`,
		params + "&service=other": `{"data":[],"total":0,"limit":0,"offset":0,"errors":null}`,
		"":                        `{"data":[],"total":0,"limit":0,"offset":0,"errors":null}`,
	} {
		if got := strings.TrimSpace(get(h, "http://localhost/api/dependencies"+query).Body.String()); got != want {
			t.Errorf("%s: %s", query, got)
		}
	}
	if got := strings.TrimSpace(get(h, "http://localhost/api/map").Body.String()); got != `{"links":[{"parent":"shop","child":"db","calls":3,"errors":3}]}` {
		t.Error(got)
	}
}

func TestStatus(t *testing.T) {
	h := New(Config{Store: searchStore(t, 3), Status: func() Backend {
		return Backend{
			Version: "v1", Started: searchStart, Ports: []Port{{Name: "otlp-http", Address: "127.0.0.1:4318", Purpose: "spans"}},
			Books: trace.Books{Received: 10, Stored: 6, Waiting: 1, Refused: map[trace.Reason]int64{trace.ReasonSpanID: 2}},
		}
	}})
	got := strings.TrimSpace(get(h, "http://localhost/api/status").Body.String())
	want := `{"version":"v1","started":"1767323045000000006","ports":[{"name":"otlp-http","address":"127.0.0.1:4318","purpose":"spans"}],` +
		`"books":{"received":10,"stored":6,"waiting":1,"refused":{"invalid_span_id":2},"unread":null,"mended":0,"balance":1},` +
		`"store":{"engine":"memory","spans":6,"traces":3,"bytes":`
	if !strings.HasPrefix(got, want) || !strings.Contains(got, `"oldest":"1767323045000000006"`) || !strings.HasSuffix(got, `"volatile":true,"shared":false,"uncounted":false,"noRates":false,"storedLinks":false}}`) {
		t.Errorf("%s\n%s", got, want)
	}
	got = strings.TrimSpace(get(New(Config{Store: poorStore{searchStore(t, 1)}}), "http://localhost/api/status").Body.String())
	if !strings.HasSuffix(got, `"volatile":false,"shared":true,"uncounted":true,"noRates":true,"storedLinks":true}}`) {
		t.Error(got)
	}
}

// poorStore lacks what the UI must know of.
type poorStore struct{ store.Store }

func (poorStore) Caps() store.Caps {
	return store.Caps{Shared: true, Uncounted: true, NoRates: true, StoredLinks: true}
}

// Search leaves a trace out, the last one.
func (poorStore) Search(_ context.Context, q trace.Query) (trace.Page, error) {
	return trace.Page{CutAt: searchStart, TooLarge: 1}, nil
}

// hugeStore says that trace 1f has a million spans, and holds its reader up.
type hugeStore struct {
	store.Store
	block chan struct{}
}

func (hugeStore) Search(_ context.Context, q trace.Query) (trace.Page, error) {
	id := pcommon.TraceID{15: 0x1f}
	return trace.Page{Traces: []trace.Summary{{TraceID: id, Spans: 1_000_000}}}, nil
}

func (s hugeStore) Trace(_ context.Context, id pcommon.TraceID, _ trace.Window) (ptrace.Traces, error) {
	s.block <- struct{}{}
	<-s.block
	return searchTrace(0), nil
}

// TestHugeTraces: a trace that does not fit into memory is refused, and what is
// there already counts.
func TestHugeTraces(t *testing.T) {
	db := hugeStore{block: make(chan struct{})}
	h := New(Config{Store: db})
	const large = "the trace has 1000000 spans, and only 500000 can be had: ask for a part, between two times"
	var answer tracesJSON
	rec := get(h, "http://localhost/api/traces/1f")
	decode(t, rec, &answer)
	if rec.Code != http.StatusRequestEntityTooLarge || answer.Errors[0].Msg != large {
		t.Errorf("%d %+v", rec.Code, answer)
	}
	decode(t, get(h, "http://localhost/api/traces?service=s"), &answer)
	if got := answer.shown(); !reflect.DeepEqual(got, []string{"1f: " + large}) {
		t.Errorf("%q", got)
	}
	done := make(chan *httptest.ResponseRecorder)
	go func() { done <- get(h, "http://localhost/api/traces/1f?start=1") }()
	<-db.block // it is being read
	if rec := get(h, "http://localhost/api/traces/1f?start=1"); rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	db.block <- struct{}{}
	if rec := <-done; rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// TestCompressed: answers are compressed for those who can read it.
func TestCompressed(t *testing.T) {
	srv := httptest.NewServer(New(Config{Store: searchStore(t, 50)}))
	defer srv.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/api/search", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "zstd, gzip")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Encoding") != "gzip" || resp.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatal(resp.Header)
	}
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || !strings.HasSuffix(strings.TrimSpace(string(b)), "}") {
		t.Errorf("%.100s %v", b, err)
	}
}
