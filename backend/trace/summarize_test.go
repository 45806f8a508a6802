// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

func TestSummarize(t *testing.T) {
	td := ptrace.NewTraces()
	add := func(service, name string, parent byte, start, end pcommon.Timestamp, code ptrace.StatusCode, tag string) {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: 7})
		s.SetName(name)
		s.SetParentSpanID(pcommon.SpanID{7: parent})
		s.SetStartTimestamp(start)
		s.SetEndTimestamp(end)
		s.Status().SetCode(code)
		if tag != "" {
			s.Attributes().PutStr("tag", tag)
		}
	}
	add("shop", "query", 9, 2000, 9000, ptrace.StatusCodeError, "first")
	add("shop", "GET /", 0, 1500, 5000, ptrace.StatusCodeOk, "")
	add("db", "query", 9, 1000, 500, ptrace.StatusCodeUnset, "second") // ends before it starts
	add("db", "late root", 0, 1600, 1700, ptrace.StatusCodeUnset, "")
	spans := slices.Collect(trace.Spans(td))

	want := trace.Summary{
		TraceID: pcommon.TraceID{15: 7}, Start: time.Unix(0, 1000).UTC(), Duration: 8000,
		RootService: "shop", RootName: "GET /", Spans: 4, Errors: 1,
		Services: []trace.ServiceCount{{Service: "db", Spans: 2}, {Service: "shop", Spans: 2, Errors: 1}},
		Columns:  []string{"second", "", "shop"},
	}
	got := trace.Summarize(spans, []int{1, 2}, []string{"tag", "none", "service.name"})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}

	want = trace.Summary{
		TraceID: pcommon.TraceID{15: 7}, Start: time.Unix(0, 1000).UTC(), Duration: 8000,
		RootService: "db", RootName: "query", Partial: true, Spans: 2, Errors: 1,
		Services: []trace.ServiceCount{{Service: "db", Spans: 1}, {Service: "shop", Spans: 1, Errors: 1}},
		Columns:  []string{"first"},
	}
	got = trace.Summarize([]trace.Span{spans[0], spans[2]}, nil, []string{"tag"})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("without the root: got  %+v\nwant %+v", got, want)
	}
	if got := trace.Summarize(nil, nil, nil); !reflect.DeepEqual(got, trace.Summary{}) {
		t.Errorf("nothing is %+v", got)
	}
}
