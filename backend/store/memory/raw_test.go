// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"math"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// TestMatchTags: every kind of value is found by the text that it reads as.
func TestMatchTags(t *testing.T) {
	td := ptrace.NewTraces()
	attrs := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().Attributes()
	attrs.PutStr("text", "user-12")
	attrs.PutStr("word", "business")
	attrs.PutInt("int", -42)
	attrs.PutDouble("double", 1.5)
	attrs.PutDouble("nan", math.NaN())
	attrs.PutDouble("infinite", math.Inf(-1))
	attrs.PutBool("truth", true)
	attrs.PutEmpty("empty")
	attrs.PutEmptyBytes("bytes").FromRaw([]byte{1, 2, 3, 4, 5, 6})
	attrs.PutEmptyBytes("padded").FromRaw([]byte{1, 2, 3, 4})
	attrs.PutEmptySlice("list").AppendEmpty().SetStr("a-b")
	attrs.PutEmptyMap("map").PutStr("k-1", "v")
	encoded, err := trace.Encode(td)
	if err != nil {
		t.Fatal(err)
	}
	for key, v := range attrs.All() {
		term := trace.Term{Key: key, Cmp: trace.CmpEqual, Text: v.AsString(), Number: trace.ParseNumber(v.AsString())}
		if !matchTags(&term, encoded[0]) {
			t.Errorf("%s is not %q", key, term.Text)
		}
		term.Text, term.Number = "user-13", trace.Number{}
		if matchTags(&term, encoded[0]) {
			t.Errorf("%s is %q", key, term.Text)
		}
	}
}
