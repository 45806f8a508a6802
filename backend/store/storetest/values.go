// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// testValues: every kind of value comes back in every place that can have
// attributes, and all else that a span can say.
func testValues(t *T) {
	b := newBatch()
	s := b.span(1, "values", "op", 0, day)
	rs := b.ResourceSpans().At(0)
	rs.SetSchemaUrl("https://example.org/r")
	rs.Resource().SetDroppedAttributesCount(math.MaxUint32)
	ss := rs.ScopeSpans().At(0)
	ss.SetSchemaUrl("https://example.org/s")
	ss.Scope().SetName("scope")
	ss.Scope().SetVersion("1.2.3")
	ss.Scope().SetDroppedAttributesCount(2)
	s.SetParentSpanID(spanID(77))
	s.SetKind(ptrace.SpanKindConsumer)
	s.SetFlags(0xffffffff)
	s.TraceState().FromRaw("a=b,c=d")
	s.SetDroppedAttributesCount(3)
	s.SetDroppedEventsCount(4)
	s.SetDroppedLinksCount(5)
	s.Status().SetCode(ptrace.StatusCodeError)
	s.Status().SetMessage("message")
	e := s.Events().AppendEmpty()
	e.SetName("event")
	e.SetTimestamp(math.MaxUint64)
	e.SetDroppedAttributesCount(6)
	s.Events().AppendEmpty()
	l := s.Links().AppendEmpty()
	l.SetTraceID(traceID(2))
	l.SetSpanID(spanID(9))
	l.SetFlags(0x301)
	l.TraceState().FromRaw("x=y")
	l.SetDroppedAttributesCount(7)
	s.Links().AppendEmpty()
	for _, m := range []pcommon.Map{rs.Resource().Attributes(), ss.Scope().Attributes(), s.Attributes(), e.Attributes(), l.Attributes()} {
		putValues(m)
	}
	// One that says nothing: no resource, scope, name, times.
	bare := b.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	bare.SetTraceID(traceID(1))
	bare.SetSpanID(spanID(1000))

	store := t.open()
	t.write(store, b.Traces)
	t.holds(store, b.Traces)
}

// putValues adds an attribute of each kind, and of the edges of each kind.
func putValues(m pcommon.Map) {
	m.PutEmpty("nothing")
	m.PutStr("", "empty key")
	m.PutStr("text", "text")
	m.PutStr("text.empty", "")
	m.PutStr("text.long", strings.Repeat("ü", 10_000))
	m.PutBool("true", true)
	m.PutBool("false", false)
	for name, i := range map[string]int64{"zero": 0, "min": math.MinInt64, "max": math.MaxInt64, "odd": 1<<53 + 1} {
		m.PutInt("int."+name, i)
	}
	for name, f := range map[string]float64{
		"zero": 0, "minus.zero": math.Copysign(0, -1), "nan": math.NaN(), "inf": math.Inf(1), "minus.inf": math.Inf(-1),
		"tiny": math.SmallestNonzeroFloat64, "huge": math.MaxFloat64,
	} {
		m.PutDouble("double."+name, f)
	}
	m.PutEmptyBytes("bytes").FromRaw([]byte{0, 1, 0xff})
	m.PutEmptyBytes("bytes.empty")
	list := m.PutEmptySlice("list")
	list.AppendEmpty()
	list.AppendEmpty().SetInt(1)
	list.AppendEmpty().SetEmptyMap().PutEmptySlice("inner").AppendEmpty().SetStr("deep")
	m.PutEmptySlice("list.empty")
	m.PutEmptyMap("map").PutEmptyMap("inner").PutStr("k", "v")
	m.PutEmptyMap("map.empty")
}

// testCorpus: what real exporters sent comes back. The tests of an engine run
// in backend/store/<engine>.
func testCorpus(t *T) {
	files, err := filepath.Glob("../../testdata/otlp/*.pb")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(body)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		store := t.open()
		t.write(store, td)
		t.holds(store, td)
	}
}

// testDoubles: a span that is equal in every byte is stored once, however it
// comes again; one that differs in anything is stored beside it.
func testDoubles(t *T) {
	b := newBatch()
	b.span(1, "a", "op", 0, day)
	one := newBatch()
	b.span(1, "a", "op", 0, day).CopyTo(one.span(1, "a", "", 0, day))
	twice := newBatch() // the same span twice in one batch, under two equal resources
	for range 2 {
		one.ResourceSpans().At(0).CopyTo(twice.ResourceSpans().AppendEmpty())
	}
	s := t.open()
	t.write(s, b.Traces)
	t.write(s, b.Traces)
	t.write(s, twice.Traces)
	t.holds(s, b.Traces)

	other := newBatch()
	b.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).CopyTo(other.span(1, "b", "", 0, day))
	t.write(s, other.Traces)
	other.ResourceSpans().At(0).CopyTo(b.ResourceSpans().AppendEmpty())
	changed := newBatch()
	c := changed.span(1, "a", "op", 0, day)
	c.Attributes().PutStr("more", "")
	t.write(s, changed.Traces)
	c.CopyTo(b.span(1, "a", "", 0, day))
	t.holds(s, b.Traces)

	t.counts(s, 4, 1)
}

// testRetries: spans that come again long afterwards are stored once, too.
func testRetries(t *T) {
	s := t.open()
	first := newBatch()
	for i := range 100 {
		first.span(uint64(i%30), "retries", "op", 0, day)
	}
	t.write(s, first.Traces)
	later := newBatch()
	later.spans = first.spans
	between := 50_000
	if testing.Short() {
		between = 5_000
	}
	for i := range between {
		later.span(uint64(100+i/10), "between", "op", 0, day)
		if i%1000 == 999 {
			t.write(s, later.Traces)
			later = &batch{Traces: ptrace.NewTraces(), resources: map[string]ptrace.SpanSlice{}, spans: later.spans}
		}
	}
	t.write(s, first.Traces)
	t.write(s, first.Traces)
	t.holds(s, first.Traces)
	t.counts(s, 100+between, 0)
}

// testIDs: 64-bit ids, ids that differ in one half, and span ids that several
// traces have.
func testIDs(t *T) {
	b := newBatch()
	for i, id := range []pcommon.TraceID{{15: 1}, {0: 1}, {7: 1}, {0: 1, 15: 1}, {0: 0xff, 7: 0xff, 8: 0xff, 15: 0xff}} {
		s := b.span(0, "ids", "op", 0, day.Add(time.Duration(i)))
		s.SetTraceID(id)
		s.SetSpanID(pcommon.SpanID{0xff, 7: byte(i % 2)})
	}
	s := t.open()
	t.write(s, b.Traces)
	t.holds(s, b.Traces)
}

// testTimes: spans of long ago and of the future, spans that end before they
// start, and late ones.
func testTimes(t *T) {
	b := newBatch()
	for i, start := range []uint64{0, 1, 1 << 62, 1<<63 - 1, 1 << 63, math.MaxUint64} {
		s := b.span(uint64(i), "times", "op", 0, day)
		s.SetStartTimestamp(pcommon.Timestamp(start))
		s = b.span(uint64(i), "times", "op", 0, day)
		s.SetEndTimestamp(pcommon.Timestamp(start))
	}
	s := t.open()
	t.write(s, b.Traces)
	t.holds(s, b.Traces)

	late := newBatch()
	late.spans = b.spans
	late.span(1, "times", "late", 0, day.Add(-24*time.Hour))
	t.write(s, late.Traces)
	late.ResourceSpans().MoveAndAppendTo(b.ResourceSpans())
	t.holds(s, b.Traces)
}

// hostile are texts that a naive engine takes for something else.
var hostile = []string{
	"", " ", "'", `"`, `\`, "%", "_", "*", "';DROP TABLE span;--", "a\x00b", "a\nb", "\u202egnp.exe", "é", "e\u0301",
	"NULL", "true", "0", "-1", "1e999", "NaN", "=", "key=value", "a\xffb", "\xed\xa0\x80", "😀", strings.Repeat("x", 70_000),
	`{"json":1}`, "AND", "OR", "NEAR(a b)", "<script>", "../../etc/passwd", "$1", "?", "\ufeffbom",
}

// testHostileText: any text is kept as it is, as a name, a service, a key and a
// value.
func testHostileText(t *T) {
	b := newBatch()
	for i, text := range hostile {
		s := b.span(uint64(i+1), text, text, 0, day)
		s.Attributes().PutStr(text, text)
		s.Status().SetMessage(text)
		s.TraceState().FromRaw(text)
		s.Events().AppendEmpty().SetName(text)
	}
	s := t.open()
	t.write(s, b.Traces)
	t.holds(s, b.Traces)
}
