// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/trace"
)

// FuzzTake: whatever OTLP says, what is stored is text, has ids and names and ends
// after it began, and every span is accounted for.
func FuzzTake(f *testing.F) {
	files, err := filepath.Glob("../testdata/otlp/*.pb")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds: ", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	td := traces(3)
	s := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	s.At(0).SetTraceID(pcommon.TraceID{})
	s.At(1).Attributes().PutEmptyMap("\xff").PutStr("\xfe", "\xfd")
	s.At(1).Events().AppendEmpty().SetName("\xff")
	nest(s.At(2).Attributes().PutEmptySlice("l"), 100)
	b, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)

	f.Fuzz(func(t *testing.T, b []byte) {
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b)
		if err != nil {
			return
		}
		spans := int64(td.SpanCount())
		stored := ptrace.NewTraces()
		s := &fake{write: func(_ context.Context, td ptrace.Traces) error { td.CopyTo(stored); return nil }}
		c := collect.New(collect.Config{}, s, nil, quiet)
		refused, err := c.Take(t.Context(), td, udp)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		books := c.Books()
		n := books.Stored
		for _, r := range refused {
			n += int64(r.Count)
		}
		if n != spans || books.Received != spans || books.Balance() != 0 || int64(stored.SpanCount()) != books.Stored {
			t.Errorf("%d spans came, the books say %+v, refused are %v", spans, books, refused)
		}
		for s := range trace.Spans(stored) {
			if s.TraceID().IsEmpty() || s.SpanID().IsEmpty() || s.Name() == "" || s.Service() == "" || s.EndTimestamp() < s.StartTimestamp() {
				t.Errorf("stored: %v %v %q %q", s.TraceID(), s.SpanID(), s.Service(), s.Name())
			}
			if !utf8.ValidString(text(s.Span)) {
				t.Errorf("not UTF-8: %q", text(s.Span))
			}
		}
	})
}
