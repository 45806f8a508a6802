// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// TestFilter: what meets a condition is never filtered out, whatever the value is
// and wherever the tag is, and most of what does not is.
func TestFilter(t *testing.T) {
	var values []pcommon.Value
	for _, s := range []string{"", "x", "a.b", "true", "77", "+77", "077", "77.0", "7.7e1", "-0", "0", "1e300", "NaN", "Infinity", "9223372036854775807", "9223372036854775808", "AQI=", "[1]", "{}", strings.Repeat("long", 100)} {
		values = append(values, pcommon.NewValueStr(s))
	}
	for _, f := range []float64{0, math.Copysign(0, -1), 77, 77.5, 1e300, math.NaN(), math.Inf(1), 1 << 53, 1 << 63, -1 << 63} {
		values = append(values, pcommon.NewValueDouble(f))
	}
	for _, n := range []int64{0, 77, -77, 1 << 53, math.MaxInt64, math.MinInt64} {
		values = append(values, pcommon.NewValueInt(n))
	}
	values = append(values, pcommon.NewValueEmpty(), pcommon.NewValueBool(true), pcommon.NewValueBytes(), pcommon.NewValueSlice(), pcommon.NewValueMap())
	values[len(values)-3].Bytes().FromRaw([]byte{1, 2})
	values[len(values)-2].Slice().AppendEmpty().SetInt(1)

	kept := 0
	for _, asked := range values {
		text := asked.AsString()
		term := trace.Term{Field: trace.FieldTag, Cmp: trace.CmpEqual, Key: "key", Text: text, Number: trace.ParseNumber(text)}
		for _, value := range values {
			for where, put := range map[string]func(ptrace.ResourceSpans, ptrace.ScopeSpans, ptrace.Span) pcommon.Map{
				"resource": func(rs ptrace.ResourceSpans, _ ptrace.ScopeSpans, _ ptrace.Span) pcommon.Map {
					return rs.Resource().Attributes()
				},
				"scope": func(_ ptrace.ResourceSpans, ss ptrace.ScopeSpans, _ ptrace.Span) pcommon.Map {
					return ss.Scope().Attributes()
				},
				"span": func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, s ptrace.Span) pcommon.Map { return s.Attributes() },
				"event": func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, s ptrace.Span) pcommon.Map {
					return s.Events().AppendEmpty().Attributes()
				},
			} {
				td := ptrace.NewTraces()
				rs := td.ResourceSpans().AppendEmpty()
				ss := rs.ScopeSpans().AppendEmpty()
				value.CopyTo(put(rs, ss, ss.Spans().AppendEmpty()).PutEmpty("key"))
				blocks := mayHold(t, td, &term)
				if len(blocks) > 0 {
					kept++
				} else if term.MatchValue(value) {
					t.Errorf("%s of type %v as %s is filtered out for %q", value.AsString(), value.Type(), where, text)
				}
			}
		}
	}
	if all := 4 * len(values) * len(values); kept > all/3 {
		t.Errorf("%d of %d are kept", kept, all)
	}
}

// TestFilterFields: tags that are no attributes are not filtered out.
func TestFilterFields(t *testing.T) {
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	ss.Scope().SetName("a scope")
	ss.Scope().SetVersion("1.2")
	ss.Spans().AppendEmpty().Events().AppendEmpty().SetName("an event")
	for key, text := range map[string]string{trace.TagScopeName: "a scope", trace.TagScopeVersion: "1.2", trace.TagEvent: "an event"} {
		for _, found := range []bool{true, false} {
			term := trace.Term{Field: trace.FieldTag, Cmp: trace.CmpEqual, Key: key, Text: text, Number: trace.ParseNumber(text)}
			if !found {
				term.Text, term.Number = "other", trace.Number{}
			}
			if blocks := mayHold(t, td, &term); (len(blocks) == 1) != found {
				t.Errorf("%s=%q: %v", key, term.Text, blocks)
			}
		}
	}
}

// mayHold returns the blocks that may hold what term asks for, when td is stored.
func mayHold(t *testing.T, td ptrace.Traces, term *trace.Term) []held {
	t.Helper()
	s := Open(Config{MaxBytes: 1 << 20})
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	blocks, _ := s.holding(s.data.chunks, term)
	return blocks
}

// TestHoldingCost: a tag of a large resource is not looked for in each of very many
// spans.
func TestHoldingCost(t *testing.T) {
	s := Open(Config{})
	t.Cleanup(func() { _ = s.Close() })
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("k", "v")
	rs.Resource().Attributes().PutStr("long", strings.Repeat("x", 800_000))
	for n := range 1000 {
		rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetTraceID(pcommon.TraceID{14: byte(n >> 8), 15: byte(n)})
	}
	if err := s.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	for text, cheap := range map[string]bool{"k=v": false, "k=other": true} {
		q, err := trace.Parse(text, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, cost := s.holding(s.data.chunks, needed(q.Where)[0]); cost <= maxHeld != cheap {
			t.Errorf("%s costs %d", text, cost)
		}
	}
}

// TestHolders: a search for a rare tag reads few spans, whatever else it asks for,
// and finds the same in every order and on every page.
func TestHolders(t *testing.T) {
	s := Open(Config{})
	t.Cleanup(func() { _ = s.Close() })
	const traces, every = 10_000, 2_000
	for n := 0; n < traces; {
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", "shop")
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		for range 500 {
			span := spans.AppendEmpty()
			span.SetTraceID(pcommon.TraceID{13: byte(n >> 16), 14: byte(n >> 8), 15: byte(n)})
			span.SetSpanID(pcommon.SpanID{7: 1})
			span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Unix(int64(n), 0)))
			span.SetEndTimestamp(span.StartTimestamp() + pcommon.Timestamp(n%7))
			span.Attributes().PutStr("user", fmt.Sprintf("user-%d", n%every))
			span.Attributes().PutStr("tier", "business")
			span.Attributes().PutStr("long", strings.Repeat("x", 300))
			span.Attributes().PutInt("n", int64(n))
			n++
		}
		if err := s.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		query      string
		found, few int
	}{
		{"user=user-17", traces / every, 2500},
		{"service:shop tier=business user=user-17", traces / every, 2500},
		{"{user=user-17} AND -{n=17}", traces/every - 1, 2500},
		{"n=2017", 1, 800},
		{"n=2017.0", 1, 800},
		{"user=nobody", 0, 500},
		{"user=user-17 since:1h", 0, 2500},
		{"tier=business", traces, 2 * traces},
	} {
		q, err := trace.Parse(test.query, time.Unix(traces*2, 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, order := range []trace.Order{trace.NewestFirst, trace.LongestFirst} {
			q.Order, q.Limit, q.Cursor = order, 2, ""
			seen, scanned := map[pcommon.TraceID]bool{}, 0
			for page := 0; page == 0 || q.Cursor != "" && page < 5; page++ {
				p, err := s.Search(t.Context(), q)
				if err != nil || p.Total != test.found && !p.AtLeast {
					t.Fatalf("%s: %d found, not %d, %v", test.query, p.Total, test.found, err)
				}
				for _, sum := range p.Traces {
					seen[sum.TraceID] = true
				}
				q.Cursor, scanned = p.Cursor, max(scanned, p.Scanned)
			}
			if len(seen) != min(test.found, 10) || scanned > test.few {
				t.Errorf("%s: %d traces of %d on pages of two, by reading %d spans", test.query, len(seen), test.found, scanned)
			}
		}
	}
}
