// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// full is a span with everything that OTLP has but lists and maps.
func full() trace.Span {
	s := span()
	s.Resource.Resource().Attributes().PutStr("host", "h")
	s.Resource.Resource().Attributes().PutStr("service.name", "shop")
	s.Resource.SetSchemaUrl("https://example.org/1")
	s.Scope.Scope().SetName("lib")
	s.Scope.Scope().SetVersion("1.2")
	s.Scope.Scope().Attributes().PutStr("of the scope", "is not shown")
	s.SetParentSpanID([8]byte{7: 9})
	s.SetName("näme")
	s.SetKind(ptrace.SpanKindConsumer)
	s.SetStartTimestamp(1_700_000_000_123_456_789)
	s.SetEndTimestamp(1_700_000_000_223_456_789)
	s.SetFlags(0x301)
	s.TraceState().FromRaw("a=b")
	s.Status().SetCode(ptrace.StatusCodeError)
	s.Status().SetMessage("broken")
	s.SetDroppedAttributesCount(1)
	s.SetDroppedEventsCount(2)
	s.SetDroppedLinksCount(3)
	a := s.Attributes()
	a.PutStr("text", "v")
	a.PutBool("bool", true)
	a.PutInt("int", -1)
	a.PutDouble("double", 0.5)
	a.PutEmptyBytes("bytes").FromRaw([]byte{0, 255})
	a.PutEmpty("nothing")
	for _, id := range []byte{9, 4} {
		l := s.Links().AppendEmpty()
		l.SetTraceID(s.TraceID())
		l.SetSpanID([8]byte{7: id})
		l.Attributes().PutStr(trace.AttributeRefType, trace.RefFollowsFrom)
	}
	for _, key := range []string{"key", trace.TagEvent} {
		e := s.Events().AppendEmpty()
		e.SetTimestamp(1_700_000_000_200_000_000)
		e.SetName("name")
		e.Attributes().PutStr(key, "value")
	}
	return s
}

func encodedOf(t testing.TB, s trace.Span) trace.Encoded {
	t.Helper()
	td := ptrace.NewTraces()
	s.Resource.CopyTo(td.ResourceSpans().AppendEmpty())
	all, err := trace.Encode(td)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d spans, %v", len(all), err)
	}
	return all[0]
}

// reads checks that a span is the same read and decoded, and reports whether it and its
// resource could be read.
func reads(t *testing.T, r *Reader, e trace.Encoded) (ok bool) {
	t.Helper()
	j, ok := r.Span(e)
	p, whole := ReadProcess(e.Resource)
	if !ok && !whole {
		return false
	}
	td, err := trace.Decode([]trace.Encoded{e})
	if err != nil {
		if ok && whole {
			t.Fatalf("%x is read, but cannot be decoded: %v", e, err)
		}
		return false
	}
	var encoder Encoder
	for s := range trace.Spans(td) {
		want := Of(s)
		if ok && !bytes.Equal(encoder.AppendSpan(nil, j, nil), encoder.AppendSpan(nil, &want, nil)) {
			t.Fatalf("%x is read as\n%+v, want\n%+v", e.Span, *j, want)
		}
		wantProcess := ProcessOf(s.Resource.Resource())
		if whole && !bytes.Equal(encoder.AppendProcess(nil, p), encoder.AppendProcess(nil, wantProcess)) {
			t.Fatalf("%x is read as\n%+v, want\n%+v", e.Resource, p, wantProcess)
		}
	}
	return ok && whole
}

func TestReader(t *testing.T) {
	var r Reader
	for what, test := range map[string]struct {
		read   bool
		change func(trace.Span)
	}{
		"everything":         {true, func(trace.Span) {}},
		"nothing":            {true, func(s trace.Span) { ptrace.NewSpan().CopyTo(s.Span); s.SetName("n") }},
		"Jaeger's format":    {true, func(s trace.Span) { s.Attributes().PutStr(trace.AttributeFormat, trace.FormatJaeger) }},
		"Zipkin's format":    {true, func(s trace.Span) { s.Attributes().PutStr(trace.AttributeFormat, trace.FormatZipkin) }},
		"a format's number":  {false, func(s trace.Span) { s.Attributes().PutInt(trace.AttributeFormat, 1) }},
		"unknown kinds":      {true, func(s trace.Span) { s.SetKind(-1); s.Status().SetCode(-1) }},
		"an end before":      {true, func(s trace.Span) { s.SetEndTimestamp(1) }},
		"times at the end":   {true, func(s trace.Span) { s.SetStartTimestamp(1 << 63); s.SetEndTimestamp(1<<64 - 1) }},
		"warnings":           {false, func(s trace.Span) { s.Attributes().PutStr(trace.AttributeWarnings, "one") }},
		"a list":             {false, func(s trace.Span) { s.Attributes().PutEmptySlice("list").AppendEmpty() }},
		"a map":              {false, func(s trace.Span) { s.Attributes().PutEmptyMap("map").PutInt("k", 1) }},
		"a service's number": {false, func(s trace.Span) { s.Resource.Resource().Attributes().PutInt("service.name", 1) }},
		"a scope's list":     {false, func(s trace.Span) { s.Scope.Scope().Attributes().PutEmptySlice("list") }},
		"a resource's list":  {false, func(s trace.Span) { s.Resource.Resource().Attributes().PutEmptySlice("list") }},
	} {
		s := full()
		test.change(s)
		if got := reads(t, &r, encodedOf(t, s)); got != test.read {
			t.Errorf("%s: read is %t, want %t", what, got, test.read)
		}
	}
}

// TestReaderAllocs: a span takes no memory but that of the one before.
func TestReaderAllocs(t *testing.T) {
	e := encodedOf(t, full())
	var r Reader
	if n := testing.AllocsPerRun(10, func() { r.Span(e) }); n > 0 {
		t.Errorf("%v allocations a span, want none", n)
	}
}

// FuzzReader: what is read is what is decoded.
func FuzzReader(f *testing.F) {
	seed := func(e trace.Encoded) { f.Add(e.Resource, e.Scope, e.Span) }
	seed(encodedOf(f, full()))
	s := full()
	s.Attributes().PutStr(trace.AttributeFormat, trace.FormatJaeger)
	seed(encodedOf(f, s))
	files, err := filepath.Glob("../testdata/otlp/*.pb")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		all, err := trace.Cut(b)
		if err != nil {
			f.Fatal(name, err)
		}
		for _, e := range all {
			seed(e)
		}
	}
	f.Fuzz(func(t *testing.T, resource, scope, span []byte) {
		reads(t, new(Reader), trace.Encoded{Resource: resource, Scope: scope, Span: span})
	})
}
