// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

var discard = slog.New(slog.DiscardHandler)

// searchStart is when the spans of these tests start.
var searchStart = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)

// searchStore holds n traces of two spans: trace i starts i seconds after
// searchStart and has the tags i and, in its child, which failed, odd.
func searchStore(t testing.TB, n int) *memory.Store {
	t.Helper()
	s := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = s.Close() })
	for i := range n {
		if err := s.Write(t.Context(), searchTrace(i)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func searchTrace(i int) ptrace.Traces {
	td := ptrace.NewTraces()
	add := func(service, name string, id, parent byte, d time.Duration) ptrace.Span {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{14: 1, 15: byte(i)})
		s.SetSpanID(pcommon.SpanID{7: id})
		s.SetParentSpanID(pcommon.SpanID{7: parent})
		s.SetName(name)
		start := searchStart.Add(time.Duration(i) * time.Second)
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(d)))
		s.Attributes().PutInt("i", int64(i))
		return s
	}
	add("shop", "GET /", 1, 0, time.Duration(i+1)*time.Millisecond)
	child := add("db", "query", 2, 1, time.Microsecond)
	child.Status().SetCode(ptrace.StatusCodeError)
	child.Attributes().PutBool("odd", i%2 == 1)
	return td
}

func getJSON(t *testing.T, h http.Handler, target string, into any) {
	t.Helper()
	rec := get(h, "http://localhost"+target)
	if rec.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", target, rec.Code, rec.Body)
	}
	decode(t, rec, into)
}

func decode(t *testing.T, rec *httptest.ResponseRecorder, into any) {
	t.Helper()
	if err := json.Unmarshal(rec.Body.Bytes(), into); err != nil {
		t.Fatalf("%v in %s", err, rec.Body)
	}
}

func TestSearch(t *testing.T) {
	h := New(Config{Store: searchStore(t, 7)})
	rec := get(h, "http://localhost/api/search?limit=1&columns=odd&columns=nothing&q="+url.QueryEscape("service:db i<=4 odd=true"))
	want := `{"query":"service:db i<=4 odd=true","traces":[{"traceID":"0000000000000103","start":"1767323048000000006","duration":"4000000",` +
		`"rootService":"shop","rootName":"GET /","partial":false,"spans":2,"errors":1,` +
		`"services":[{"service":"db","spans":1,"errors":1},{"service":"shop","spans":1,"errors":0}],"columns":["true",""]}],` +
		`"cursor":"CURSOR","total":2,"atLeast":false,"scanned":SCANNED,"tooLarge":0,"cutAt":null}`
	var page searchPage
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil {
		t.Fatal(err)
	}
	want = strings.NewReplacer("CURSOR", page.Cursor, "SCANNED", fmt.Sprint(page.Scanned)).Replace(want)
	if got := strings.TrimSpace(rec.Body.String()); got != want || page.Cursor == "" {
		t.Errorf("got  %s\nwant %s", got, want)
	}

	// What is left out for its size is no end of the search.
	var left searchPage
	getJSON(t, New(Config{Store: poorStore{searchStore(t, 1)}}), "/api/search?q=a", &left)
	if left.TooLarge != 1 || left.CutAt != nil {
		t.Errorf("%+v", left)
	}

	var next searchPage
	getJSON(t, h, "/api/search?limit=1&q="+url.QueryEscape(page.Query)+"&cursor="+url.QueryEscape(page.Cursor), &next)
	if ids := listed(next); !slices.Equal(ids, []string{"0000000000000101"}) || next.Cursor != "" || next.Total != 2 {
		t.Errorf("the next page: %v, %+v", ids, next)
	}
	for order, first := range map[string]string{"": "0000000000000106", "newest": "0000000000000106", "longest": "0000000000000106", "spans": "0000000000000100"} {
		var page searchPage
		getJSON(t, h, "/api/search?order="+order, &page)
		if ids := listed(page); len(ids) != 7 || ids[0] != first {
			t.Errorf("order %q: %v", order, ids)
		}
	}
	var none searchPage
	getJSON(t, h, "/api/search?q=service:none+since:1h", &none)
	if none.Traces == nil || len(none.Traces) != 0 || !strings.Contains(none.Query, "since:2") {
		t.Errorf("nothing is %+v", none)
	}
}

func listed(p searchPage) (ids []string) {
	for _, t := range p.Traces {
		ids = append(ids, t.TraceID)
	}
	return ids
}

func TestSearchErrors(t *testing.T) {
	h := New(Config{Store: searchStore(t, 1)})
	for target, want := range map[string]string{
		"/api/search?q=" + url.QueryEscape("a servce:b"):        `{"code":400,"msg":"unknown field \"servce\": a tag is compared with = as in servce=b","column":3}`,
		"/api/live?q=" + url.QueryEscape("{a"):                  `{"code":400,"msg":"\"{\" is not closed","column":1}`,
		"/api/search?order=oldest":                              `{"code":400,"msg":"unknown order \"oldest\": it is newest, longest or spans"}`,
		"/api/search?limit=x":                                   `{"code":400,"msg":"strconv.ParseInt: parsing \"x\": invalid syntax"}`,
		"/api/search?cursor=x":                                  `{"code":400,"msg":"invalid cursor"}`,
		"/api/search?" + strings.Repeat("columns=a&", 21):       `{"code":400,"msg":"21 columns are more than 20"}`,
		"/api/values":                                           `{"code":400,"msg":"parameter 'key' is required"}`,
		"/api/trace/100/spans":                                  `{"code":400,"msg":"invalid span id \"\""}`,
		"/api/trace/100/spans?ids=" + strings.Repeat("1,", 501): `{"code":400,"msg":"more than 500 ids"}`,
		"/api/trace/1/match?q=i":                                `{"code":404,"msg":"trace not found"}`,
		"/api/trace/101/match?q=servce:a":                       `{"code":400,"msg":"unknown field \"servce\": a tag is compared with = as in servce=a","column":1}`,
		"/api/trace/1/outline":                                  `{"code":404,"msg":"trace not found"}`,
	} {
		rec := get(h, "http://localhost"+target)
		if !strings.Contains(rec.Body.String(), `"errors":[`+want+`]`) {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
	}
}

// TestSummariesAreBounded: no list is as long as a hostile trace would have it.
func TestSummariesAreBounded(t *testing.T) {
	long := strings.Repeat("é", 100_000)
	sum := trace.Summary{RootService: long, RootName: long, Columns: []string{long}}
	for range 1000 {
		sum.Services = append(sum.Services, trace.ServiceCount{Service: long})
	}
	out := newTraceSummary(&sum)
	b, err := json.Marshal(out)
	if err != nil || len(b) > 20_000 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if len(out.Services) != 50 || out.MoreServices != 950 || sum.Columns[0] != long {
		t.Errorf("%d services and %d more", len(out.Services), out.MoreServices)
	}
}

func TestKeysAndValues(t *testing.T) {
	h := New(Config{Store: searchStore(t, 5)})
	for target, want := range map[string]string{
		"/api/keys":                            `{"keys":["i","odd","service.name"]}`,
		"/api/keys?prefix=o":                   `{"keys":["odd"]}`,
		"/api/keys?prefix=none":                `{"keys":[]}`,
		"/api/keys?limit=1":                    `{"keys":["i"]}`,
		"/api/values?key=odd":                  `{"values":["false","true"]}`,
		"/api/values?key=i&prefix=3":           `{"values":["3"]}`,
		"/api/values?key=service.name":         `{"values":["db","shop"]}`,
		"/api/values?key=service.name&limit=1": `{"values":["db"]}`,
		"/api/values?key=":                     `{"values":[]}`,
	} {
		if rec := get(h, "http://localhost"+target); strings.TrimSpace(rec.Body.String()) != want {
			t.Errorf("%s: %d %s, want %s", target, rec.Code, rec.Body, want)
		}
	}
}

func TestMatch(t *testing.T) {
	h := New(Config{Store: searchStore(t, 2)})
	const root, child = "0000000000000001", "0000000000000002"
	for q, want := range map[string]string{
		"":                          "",
		"service:shop":              root,
		"i=1":                       root + child,
		"-odd":                      root,
		"odd=true status:error":     child,
		"QUERY":                     "",
		`"QUERY"`:                   child,
		"{service:shop} {odd=true}": root + child,
		"{service:shop} -{odd}":     "",
		"service:shop OR odd=false": root,
		"i=0":                       "",
	} {
		var got matchedSpans
		getJSON(t, h, "/api/trace/101/match?q="+url.QueryEscape(q), &got)
		if got.IDs != want {
			t.Errorf("%s: %s, want %s", q, got.IDs, want)
		}
	}
}

func TestOutlineAndSpans(t *testing.T) {
	h := New(Config{Store: searchStore(t, 2)})
	var o trace.Outline
	getJSON(t, h, "/api/trace/101/outline", &o)
	if o.Spans != 2 || !slices.Equal(o.Parent, []int{-1, 0}) || o.IDs != "00000000000000010000000000000002" {
		t.Errorf("%+v", o)
	}
	for target, want := range map[string]int{
		"/api/trace/101/spans?ids=2":                                           1,
		"/api/trace/101/spans?ids=2,0000000000000001":                          2,
		"/api/trace/101/spans?ids=2&ids=1":                                     2,
		"/api/trace/101/spans?ids=9":                                           0,
		"/api/trace/101/spans?ids=2&start=" + o.Start:                          1,
		"/api/trace/101/spans?ids=2,1&start=" + o.Start[:len(o.Start)-1] + "9": -1,
	} {
		rec := get(h, "http://localhost"+target)
		td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(rec.Body.Bytes())
		switch {
		case want < 0:
			if rec.Code != http.StatusNotFound {
				t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
			}
		case rec.Code != http.StatusOK || err != nil || td.SpanCount() != want:
			t.Errorf("%s: %d %s, %v", target, rec.Code, rec.Body, err)
		}
	}
}
