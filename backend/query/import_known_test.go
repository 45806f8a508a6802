// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// TestImportAgain: what /api/traces/{id} answers can be imported where it came
// from. Nothing is there twice, and what was changed is there as well.
func TestImportAgain(t *testing.T) {
	files, err := filepath.Glob("../testdata/otlp/*.pb")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		h, db := testHandler(t)
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(body)
		if err != nil {
			t.Fatal(err)
		}
		ids := traceIDs(td, 1000)
		if err := db.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
		stored := func() int64 {
			t.Helper()
			st, err := db.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return st.Spans
		}
		want := stored()
		if filepath.Base(file) == "collector-values.pb" {
			want += 2 // spans with two tags of one name, of which the import has the last
		}
		for _, id := range ids {
			answer := do(h, "GET", "/api/traces/"+id, "", nil)
			if rec := do(h, "POST", "/api/import", "", answer.Body.Bytes()); answer.Code != 200 || rec.Code != 200 {
				t.Fatalf("%s: %d, %d %s", file, answer.Code, rec.Code, rec.Body)
			}
		}
		if got := stored(); got != want {
			t.Errorf("%s: %d spans are stored, not %d", file, got, want)
		}
	}
}

// TestImportMore: of a trace that lacks a parent, and has tags that are not
// sorted, one span is changed and imported.
func TestImportMore(t *testing.T) {
	h, db := testHandler(t)
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for i := range byte(3) {
		s := spans.AppendEmpty()
		s.SetTraceID([16]byte{15: 1})
		s.SetSpanID([8]byte{7: 1 + i})
		s.SetParentSpanID([8]byte{7: 9})
		s.SetName("work")
		s.SetStartTimestamp(1_700_000_000_000_000_001)
		s.SetEndTimestamp(1_700_000_000_000_009_999)
		s.Attributes().PutStr("z", "1")
		s.Attributes().PutStr("a", "unchanged")
		s.Attributes().PutStr(trace.AttributeFormat, "jaeger")
	}
	if err := db.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	body := do(h, "GET", "/api/traces/1", "", nil).Body.Bytes()
	if rec := do(h, "POST", "/api/import", "", bytes.Replace(body, []byte("unchanged"), []byte("changed"), 1)); rec.Code != 200 {
		t.Fatal(rec.Body)
	}
	if st, err := db.Status(t.Context()); err != nil || st.Spans != 4 {
		t.Errorf("%d spans are stored, not 4: %v", st.Spans, err)
	}
}
