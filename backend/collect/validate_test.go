// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/trace"
)

// through returns what becomes of td in a Collector.
func through(t *testing.T, config collect.Config, td ptrace.Traces) (stored ptrace.Traces, refused []trace.Refused, books trace.Books) {
	t.Helper()
	stored = ptrace.NewTraces()
	s := &fake{write: func(_ context.Context, td ptrace.Traces) error { td.CopyTo(stored); return nil }}
	c := collect.New(config, s, nil, quiet)
	refused, err := c.Take(t.Context(), td, udp)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	books = c.Books()
	if n := books.Balance(); n != 0 {
		t.Errorf("%d spans are not accounted for: %+v", n, books)
	}
	return stored, refused, books
}

// TestValidate: each case spoils the second of three spans; the others get through
// as they are.
func TestValidate(t *testing.T) {
	long := strings.Repeat("x", 1_000_000)
	for name, test := range map[string]struct {
		spoil   func(s ptrace.Span)
		reason  trace.Reason // why it is refused
		warning string       // what is mended
		shown   string       // of its name and attributes
	}{
		"good":            {spoil: func(ptrace.Span) {}, shown: `GET / map[]`},
		"trace id":        {spoil: func(s ptrace.Span) { s.SetTraceID(pcommon.TraceID{}) }, reason: trace.ReasonTraceID},
		"span id":         {spoil: func(s ptrace.Span) { s.SetSpanID(pcommon.SpanID{}) }, reason: trace.ReasonSpanID},
		"large name":      {spoil: func(s ptrace.Span) { s.SetName(long) }, reason: trace.ReasonTooLarge},
		"large event":     {spoil: func(s ptrace.Span) { s.Events().AppendEmpty().Attributes().PutStr("k", long) }, reason: trace.ReasonTooLarge},
		"large list":      {spoil: func(s ptrace.Span) { fill(s.Attributes().PutEmptySlice("l"), 300_000) }, reason: trace.ReasonTooLarge},
		"long list":       {spoil: func(s ptrace.Span) { fill(s.Attributes().PutEmptySlice("l"), 100_000) }},
		"deep":            {spoil: func(s ptrace.Span) { nest(s.Attributes().PutEmptySlice("l"), 10_000) }, reason: trace.ReasonMalformed},
		"not so deep":     {spoil: func(s ptrace.Span) { nest(s.Attributes().PutEmptySlice("l"), 31) }},
		"no name":         {spoil: func(s ptrace.Span) { s.SetName("") }, warning: "the span has no name", shown: `empty-span-name map[]`},
		"no end":          {spoil: func(s ptrace.Span) { s.SetEndTimestamp(0) }, warning: "no end time", shown: `GET / map[]`},
		"end first":       {spoil: func(s ptrace.Span) { s.SetEndTimestamp(999) }, warning: "ended before it started", shown: `GET / map[]`},
		"no duration":     {spoil: func(s ptrace.Span) { s.SetEndTimestamp(s.StartTimestamp()) }, shown: `GET / map[]`},
		"name not UTF-8":  {spoil: func(s ptrace.Span) { s.SetName("caf\xe9") }, warning: "UTF-8", shown: "caf\uFFFD map[]"},
		"value not UTF-8": {spoil: func(s ptrace.Span) { s.Attributes().PutStr("k", "\xff") }, warning: "UTF-8", shown: "GET / map[k:\uFFFD]"},
		"keys not UTF-8": {spoil: func(s ptrace.Span) {
			s.Attributes().PutInt("k\xff", 1)
			s.Attributes().PutInt("k\uFFFD", 2)
			s.Attributes().PutInt("k\xfe", 3)
		}, warning: "UTF-8", shown: "GET / map[k\uFFFD:2 k\uFFFD\uFFFD:1 k\uFFFD\uFFFD\uFFFD:3]"},
		"nested not UTF-8": {spoil: func(s ptrace.Span) {
			s.Attributes().PutEmptyMap("m").PutEmptySlice("l").AppendEmpty().SetStr("\xff")
		}, warning: "UTF-8", shown: "GET / map[m:map[l:[\uFFFD]]]"},
		"many keys not UTF-8": {spoil: func(s ptrace.Span) {
			for i := range 100 {
				s.Attributes().PutInt(fmt.Sprintf("%d\xff", i), 1)
			}
		}, reason: trace.ReasonMalformed},
		"others not UTF-8": {spoil: func(s ptrace.Span) {
			s.Status().SetMessage("\xff")
			s.TraceState().FromRaw("\xff")
			s.Events().AppendEmpty().SetName("\xff")
			s.Links().AppendEmpty().TraceState().FromRaw("\xff")
			s.Links().AppendEmpty().Attributes().PutStr("\xff", "\xff")
		}, warning: "UTF-8", shown: `GET / map[]`},
		"warnings of its own": {spoil: func(s ptrace.Span) {
			s.Attributes().PutStr(trace.AttributeWarnings, "text")
			s.SetName("")
		}, warning: "the span has no name", shown: `empty-span-name map[]`},
	} {
		t.Run(name, func(t *testing.T) {
			td := traces(3)
			test.spoil(td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(1))
			stored, refused, books := through(t, collect.Config{}, td)
			spans := stored.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
			if test.reason != "" {
				if len(refused) != 1 || refused[0] != (trace.Refused{Reason: test.reason, Count: 1}) || books.Stored != 2 || spans.Len() != 2 {
					t.Errorf("refused %v, %d stored", refused, books.Stored)
				}
				return
			}
			if refused != nil || spans.Len() != 3 || (books.Mended == 1) != (test.warning != "") {
				t.Fatalf("refused %v, %d stored, %d mended", refused, spans.Len(), books.Mended)
			}
			s := spans.At(1)
			attrs := s.Attributes().AsRaw()
			if warnings := fmt.Sprint(attrs[trace.AttributeWarnings]); test.warning != "" && !strings.Contains(warnings, test.warning) {
				t.Errorf("warnings %s", warnings)
			}
			delete(attrs, trace.AttributeWarnings)
			if got := fmt.Sprint(s.Name(), " ", attrs); test.shown != "" && got != test.shown {
				t.Errorf("%s, want %s", got, test.shown)
			}
			if s.EndTimestamp() < s.StartTimestamp() {
				t.Error("it ends before it starts")
			}
			if !utf8.ValidString(text(s)) {
				t.Error("text that is not UTF-8")
			}
		})
	}
}

// TestService: every resource has a name of a service.
func TestService(t *testing.T) {
	for _, test := range []struct{ give, want string }{{"", "empty-service-name"}, {"-", "missing-service-name"}, {"caf\xe9", "caf\uFFFD"}} {
		td := traces(2)
		attrs := td.ResourceSpans().At(0).Resource().Attributes()
		attrs.PutStr("service.name", test.give)
		if test.give == "-" {
			attrs.Clear()
		}
		stored, _, books := through(t, collect.Config{}, td)
		if got := trace.Service(stored.ResourceSpans().At(0).Resource()); got != test.want {
			t.Errorf("service %q is %q, want %q", test.give, got, test.want)
		}
		if books.Mended != 2 {
			t.Errorf("service %q: %d spans mended", test.give, books.Mended)
		}
		for s := range trace.Spans(stored) {
			if w, ok := s.Attributes().Get(trace.AttributeWarnings); !ok || w.Slice().Len() != 1 {
				t.Errorf("service %q: warnings %v", test.give, s.Attributes().AsRaw())
			}
		}
	}
}

// TestLargeResource: each span of it is too large.
func TestLargeResource(t *testing.T) {
	td := traces(2)
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("k", strings.Repeat("x", 1_000_000))
	traces(1).ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
	stored, refused, books := through(t, collect.Config{}, td)
	if len(refused) != 1 || refused[0] != (trace.Refused{Reason: trace.ReasonTooLarge, Count: 2}) || books.Stored != 1 || stored.ResourceSpans().Len() != 1 {
		t.Errorf("refused %v, %d stored", refused, books.Stored)
	}
}

func TestTags(t *testing.T) {
	td := traces(1)
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("zone", "theirs")
	stored, _, _ := through(t, collect.Config{Tags: map[string]string{"zone": "ours", "cluster": "a"}}, td)
	if got := fmt.Sprint(stored.ResourceSpans().At(0).Resource().Attributes().AsRaw()); got != "map[cluster:a service.name:checkout zone:theirs]" {
		t.Error(got)
	}
}

func fill(l pcommon.Slice, n int) {
	for range n {
		l.AppendEmpty().SetBool(true)
	}
}

func nest(l pcommon.Slice, n int) {
	for range n {
		l = l.AppendEmpty().SetEmptySlice()
	}
}

// text is all text of s.
func text(s ptrace.Span) string {
	all := fmt.Sprint(s.Name(), s.TraceState().AsRaw(), s.Status().Message(), s.Attributes().AsRaw())
	for _, e := range s.Events().All() {
		all += fmt.Sprint(e.Name(), e.Attributes().AsRaw())
	}
	for _, l := range s.Links().All() {
		all += fmt.Sprint(l.TraceState().AsRaw(), l.Attributes().AsRaw())
	}
	return all
}
