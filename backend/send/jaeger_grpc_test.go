// SPDX-License-Identifier: Apache-2.0

package send

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// recodes checks that both ways from OTLP's bytes to PostSpans lead to the same, and
// reports whether the short one was taken.
func recodes(t *testing.T, otlp []byte) bool {
	t.Helper()
	got, ok := recode(otlp)
	if !ok {
		return false
	}
	spans, err := trace.Cut(otlp)
	if err != nil {
		t.Fatalf("%x: %v", otlp, err)
	}
	var alone []byte // without what is in resources that have no spans
	for _, s := range spans {
		alone = append(alone, trace.Join([]trace.Encoded{s})...)
	}
	td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(alone)
	if err != nil {
		t.Fatalf("%x is nothing for pdata: %v", alone, err)
	}
	if want := postSpans(td, len(otlp)); !bytes.Equal(got, want) {
		t.Fatalf("of %x:\n%x, want\n%x", otlp, got, want)
	}
	return true
}

// jaegers are spans that came in Jaeger's model, with all that these can have.
func jaegers() ptrace.Traces {
	td := ptrace.NewTraces()
	for service := range 3 {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("host", "a")
		rs.Resource().Attributes().PutStr("service.name", string(rune('a'+service/2)))
		rs.Resource().Attributes().PutStr("service.name", "twice")
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		for i := range byte(3) {
			s := spans.AppendEmpty()
			s.SetTraceID([16]byte{1, 15: i})
			s.SetSpanID([8]byte{2, i})
			s.SetName("näme")
			s.SetStartTimestamp(1_700_000_000_123_456_789)
			s.SetEndTimestamp(1_700_000_000_123_456_789 + pcommon.Timestamp(i))
			s.SetFlags(uint32(i))
			a := s.Attributes()
			a.PutStr(trace.AttributeFormat, trace.FormatJaeger)
			a.PutBool("bool", i == 1)
			a.PutInt("int", -1)
			a.PutDouble("double", 0.5)
			a.PutEmptyBytes("bytes").FromRaw([]byte{0, 255})
			a.PutEmpty("nothing")
			if i == 0 {
				continue
			}
			s.SetParentSpanID([8]byte{3})
			for kind, id := range map[string]byte{trace.RefChildOf: 3, trace.RefFollowsFrom: 4} {
				l := s.Links().AppendEmpty()
				l.SetTraceID(s.TraceID())
				l.SetSpanID([8]byte{id})
				l.Attributes().PutStr(trace.AttributeRefType, kind)
			}
			e := s.Events().AppendEmpty()
			e.SetTimestamp(5)
			e.SetName("name")
			e.Attributes().PutStr("key", "value")
			e = s.Events().AppendEmpty()
			e.SetName("name")
			e.Attributes().PutStr("key", "value")
			e.Attributes().PutStr(trace.TagEvent, "not the name")
		}
	}
	return td
}

func encoded(t testing.TB, td ptrace.Traces) []byte {
	t.Helper()
	b, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRecode(t *testing.T) {
	if td := jaegers(); !recodes(t, encoded(t, td)) {
		t.Error("spans of Jaeger are decoded")
	}
	for what, test := range map[string]struct {
		short  bool
		change func(ptrace.Span)
	}{
		"OTLP":     {true, func(s ptrace.Span) { s.Attributes().Remove(trace.AttributeFormat) }},
		"Zipkin":   {true, func(s ptrace.Span) { s.Attributes().PutStr(trace.AttributeFormat, trace.FormatZipkin) }},
		"a list":   {false, func(s ptrace.Span) { s.Attributes().PutEmptySlice("list").AppendEmpty() }},
		"warnings": {false, func(s ptrace.Span) { s.Attributes().PutStr(trace.AttributeWarnings, "one") }},
	} {
		td := jaegers()
		test.change(td.ResourceSpans().At(2).ScopeSpans().At(0).Spans().At(1))
		if got := recodes(t, encoded(t, td)); got != test.short {
			t.Errorf("spans with %s: the short way is taken: %t, want %t", what, got, test.short)
		}
	}
}

func BenchmarkRecode(b *testing.B) {
	otlp := encoded(b, jaegers())
	b.Run("recode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := recode(otlp); !ok {
				b.Fatal("not taken")
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(otlp)
			if err != nil {
				b.Fatal(err)
			}
			postSpans(td, len(otlp))
		}
	})
}

func FuzzRecode(f *testing.F) {
	f.Add(encoded(f, jaegers()))
	files, err := filepath.Glob("../testdata/otlp/*.pb")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { recodes(t, b) })
}
