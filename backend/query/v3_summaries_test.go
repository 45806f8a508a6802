// SPDX-License-Identifier: Apache-2.0

package query

import (
	"math"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store/memory"
)

// TestV3Summaries: numbers that are 0 are left out, as in protobuf's JSON.
func TestV3Summaries(t *testing.T) {
	db := searchStore(t, 2)
	orphan := searchTrace(1)
	orphan.ResourceSpans().At(1).ScopeSpans().At(0).Spans().At(0).SetParentSpanID(pcommon.SpanID{7: 9})
	orphan.ResourceSpans().At(1).ScopeSpans().At(0).Spans().At(0).SetSpanID(pcommon.SpanID{7: 3})
	if err := db.Write(t.Context(), orphan); err != nil {
		t.Fatal(err)
	}
	h := New(Config{Store: db})
	want := `{"summaries":[` +
		`{"traceId":"00000000000000000000000000000101","rootServiceName":"shop","rootOperationName":"GET /","minStartTimeUnixNano":"1767323046000000006","maxEndTimeUnixNano":"1767323046002000006",` +
		`"spanCount":3,"errorSpanCount":2,"orphanSpanCount":1,"services":[{"name":"db","spanCount":2,"errorSpanCount":2},{"name":"shop","spanCount":1}]},` +
		`{"traceId":"00000000000000000000000000000100","rootServiceName":"shop","rootOperationName":"GET /","minStartTimeUnixNano":"1767323045000000006","maxEndTimeUnixNano":"1767323045001000006",` +
		`"spanCount":2,"errorSpanCount":1,"services":[{"name":"db","spanCount":1,"errorSpanCount":1},{"name":"shop","spanCount":1}]}]}`
	if got := strings.TrimSpace(get(h, "http://localhost/api/v3/trace-summaries?"+v3Window()).Body.String()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for params, want := range map[string]int{"query.serviceName=none": 0, "query.searchDepth=1": 1, "query.filter=" + url.QueryEscape(filterOf("eq", argAttr("i"), argValue("0"))): 1} {
		var answer v3Summaries
		getJSON(t, h, "/api/v3/trace-summaries?"+v3Window()+"&"+params, &answer)
		if answer.Summaries == nil || len(answer.Summaries) != want || answer.NextPage != "" {
			t.Errorf("%s: %+v", params, answer)
		}
	}
}

// TestV3Pages: each trace is on one page, also when others arrive meanwhile.
func TestV3Pages(t *testing.T) {
	db := searchStore(t, 7)
	h := New(Config{Store: db})
	var ids []string
	token := ""
	for pages := 0; pages == 0 || token != ""; pages++ {
		var answer v3Summaries
		getJSON(t, h, "/api/v3/trace-summaries?"+v3Window()+"&query.pagination.pageSize=3&query.pagination.pageToken="+url.QueryEscape(token), &answer)
		for _, s := range answer.Summaries {
			ids = append(ids, s.TraceID[29:])
		}
		token = answer.NextPage
		if err := db.Write(t.Context(), searchTrace(10+pages)); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"106", "105", "104", "103", "102", "101", "100"}; !reflect.DeepEqual(ids, want) {
		t.Errorf("%q", ids)
	}
}

// TestV3Archived: an archived trace is found and read like others, once.
func TestV3Archived(t *testing.T) {
	db := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = db.Close() })
	for range 2 {
		if err := db.Archive(t.Context(), searchTrace(1)); err != nil {
			t.Fatal(err)
		}
	}
	h := New(Config{Store: db})
	for _, target := range []string{"/api/v3/traces/101", "/api/v3/traces?" + v3Window()} {
		var answer v3Answer
		getJSON(t, h, target, &answer)
		if got := answer.shown(t); !reflect.DeepEqual(got, []string{"101/1,2"}) {
			t.Errorf("%s: %q", target, got)
		}
	}
}

// TestV3SummaryEnd: times are unsigned, also those behind 2262, which anybody can send:
// else clients refuse the whole list.
func TestV3SummaryEnd(t *testing.T) {
	db := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = db.Close() })
	td := searchTrace(1)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetEndTimestamp(math.MaxUint64)
	if err := db.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	got := get(New(Config{Store: db}), "http://localhost/api/v3/trace-summaries?"+v3Window()).Body.String()
	if want := `"maxEndTimeUnixNano":"10990695082854775813"`; !strings.Contains(got, want) {
		t.Errorf("not %s: %s", want, got)
	}
}
