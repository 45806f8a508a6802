// SPDX-License-Identifier: Apache-2.0

package query

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/trace"
)

// zipkinTrace is a client's span, a server's with the same id, and one below, as
// they come from Zipkin.
func zipkinTrace() ptrace.Traces {
	td := ptrace.NewTraces()
	add := func(service string, id, parent byte, kind ptrace.SpanKind) ptrace.Span {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID([16]byte{15: 1})
		s.SetSpanID([8]byte{7: id})
		if parent != 0 {
			s.SetParentSpanID([8]byte{7: parent})
		}
		s.SetKind(kind)
		s.SetName("work of " + service)
		s.SetStartTimestamp(1_700_000_000_000_001_000)
		s.SetEndTimestamp(1_700_000_000_000_009_000)
		s.Attributes().PutStr(trace.AttributeFormat, trace.FormatZipkin)
		return s
	}
	client := add("front", 6, 0, ptrace.SpanKindClient)
	client.SetFlags(trace.FlagSampled | trace.FlagDebug)
	client.Events().AppendEmpty().SetName("sent")
	client.Events().At(0).SetTimestamp(1_700_000_000_000_002_000)
	server := add("back", 6, 0, ptrace.SpanKindServer)
	server.Status().SetCode(ptrace.StatusCodeError)
	server.Attributes().PutStr("error", "deadlock")
	add("back", 7, 6, ptrace.SpanKindUnspecified)
	return td
}

// TestImportZipkin: what v1 shows of Zipkin's spans is read as the same, and in the
// store that it came from nothing is new, though the server's span has another id.
func TestImportZipkin(t *testing.T) {
	h, db := testHandler(t)
	if err := db.Write(t.Context(), zipkinTrace()); err != nil {
		t.Fatal(err)
	}
	exported := do(h, "GET", "/api/traces/1", "", nil).Body.Bytes()
	if rec := do(h, "POST", "/api/import", "", exported); rec.Code != 200 {
		t.Fatal(rec.Body)
	}
	if st, err := db.Status(t.Context()); err != nil || st.Spans != 3 {
		t.Errorf("%d spans are stored, not 3: %v", st.Spans, err)
	}

	other, _ := testHandler(t)
	if rec := do(other, "POST", "/api/import", "", exported); rec.Code != 200 {
		t.Fatal(rec.Body)
	}
	facts := func(body []byte) golden.Facts { return golden.FactsOf(200, "application/json", body) }
	again := do(other, "GET", "/api/traces/1", "", nil).Body.Bytes()
	for _, d := range golden.Compare("again", facts(exported), facts(again)) {
		t.Error(d)
	}
}
