// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// searchCases is testdata/search.json. Trees are lists: "span", "and", "or" or
// "not" and their arguments, or a term.
type searchCases struct {
	Now   time.Time
	Parse []struct {
		Text         string
		Tree         any
		Since, Until time.Time
		IDs          []string
		String       *string // what Query.String returns, when not Text
		Error        string
	}
	Traces map[string][]caseSpan
	Match  []struct {
		Text  string
		Finds []string
		Spans [][]int // the indices that match, when given
	}
}

// caseSpan is a span of a case. Trace ids are 1, 2, … in the order of caseOrder.
type caseSpan struct {
	Service               *string
	Name, Kind, Status    string
	Message, Dur          string
	Start                 time.Time
	Flags                 uint32
	Links                 []string // ids of traces
	Tags, Resource, Scope map[string]any
	Events                []struct {
		Name string
		Tags map[string]any
	}
}

var caseOrder = []string{"shop", "job", "firehose", "nameless"}

func readCases(t testing.TB) (c searchCases) {
	t.Helper()
	b, err := os.ReadFile("testdata/search.json")
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParseCases(t *testing.T) {
	c := readCases(t)
	for _, tt := range c.Parse {
		q, err := trace.Parse(tt.Text, c.Now)
		if tt.Error != "" {
			var parse *trace.ParseError
			if !errors.As(err, &parse) || err.Error() != tt.Error {
				t.Errorf("%q: %v, want %s", tt.Text, err, tt.Error)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tt.Text, err)
			continue
		}
		if got := tree(q.Where); !reflect.DeepEqual(got, tt.Tree) {
			t.Errorf("%q is %v, want %v", tt.Text, got, tt.Tree)
		}
		if w := (trace.Window{Start: tt.Since, End: tt.Until}); q.Window != w {
			t.Errorf("%q: window %v, want %v", tt.Text, q.Window, w)
		}
		var ids []string
		for _, id := range q.IDs {
			ids = append(ids, trace.FormatTraceID(id))
		}
		if !slices.Equal(ids, tt.IDs) {
			t.Errorf("%q: ids %q, want %q", tt.Text, ids, tt.IDs)
		}
		want := tt.Text
		if tt.String != nil {
			want = *tt.String
		}
		if got := q.String(); got != want {
			t.Errorf("%q is written %q, want %q", tt.Text, got, want)
		}
		again, err := trace.Parse(q.String(), c.Now)
		if err != nil || !reflect.DeepEqual(again, q) {
			t.Errorf("%q, written and read again: %v, %v", tt.Text, again, err)
		}
	}
}

func TestMatchCases(t *testing.T) {
	c := readCases(t)
	for _, tt := range c.Match {
		q, err := trace.Parse(tt.Text, c.Now)
		if err != nil {
			t.Errorf("%q: %v", tt.Text, err)
			continue
		}
		finds, matches := []string{}, [][]int{}
		for i, name := range caseOrder {
			if matched, ok := q.Match(caseTrace(t, byte(i+1), c.Traces[name])); ok {
				finds, matches = append(finds, name), append(matches, matched)
			}
		}
		if !slices.Equal(finds, tt.Finds) {
			t.Errorf("%q finds %v, want %v", tt.Text, finds, tt.Finds)
		}
		if tt.Spans != nil && !reflect.DeepEqual(matches, tt.Spans) {
			t.Errorf("%q finds spans %v, want %v", tt.Text, matches, tt.Spans)
		}
	}
}

// TestDocumentedSearches: what docs/search.md says one can write can be read.
func TestDocumentedSearches(t *testing.T) {
	doc, err := os.ReadFile("../../docs/search.md")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the module is not in its repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for line := range strings.Lines(string(doc)) {
		text, ok := strings.CutPrefix(line, "    service:")
		if ok {
			text = "service:" + text
		} else if text, ok = strings.CutPrefix(line, "| `"); ok {
			text, _, _ = strings.Cut(text, "`")
		}
		if !ok {
			continue
		}
		if _, err := trace.Parse(text, time.Now()); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		read++
	}
	if read < 25 {
		t.Errorf("only %d searches in the document", read)
	}
}

// tree returns e as it stands in testdata/search.json.
func tree(e *trace.Expr) any {
	if e == nil {
		return nil
	}
	if e.Op == trace.OpTerm {
		return termTree(&e.Term)
	}
	list := []any{map[trace.Op]string{trace.OpAnd: "and", trace.OpOr: "or", trace.OpNot: "not", trace.OpSpan: "span"}[e.Op]}
	for _, arg := range e.Args {
		list = append(list, tree(arg))
	}
	return list
}

func termTree(t *trace.Term) any {
	op := []string{
		trace.CmpEqual: "=", trace.CmpNotEqual: "!=", trace.CmpMatch: "~", trace.CmpNotMatch: "!~",
		trace.CmpLess: "<", trace.CmpLessEqual: "<=", trace.CmpGreater: ">", trace.CmpGreaterEqual: ">=", trace.CmpContains: "",
	}[t.Cmp]
	switch {
	case t.Field == trace.FieldText:
		return []any{"text", t.Text}
	case t.Field == trace.FieldTag && t.Cmp == trace.CmpExists:
		return []any{"has", t.Key}
	case t.Field == trace.FieldTag:
		return []any{"tag", t.Key, op, t.Text}
	default:
		return []any{map[trace.Field]string{
			trace.FieldService: "service", trace.FieldName: "op", trace.FieldKind: "kind", trace.FieldStatus: "status",
			trace.FieldDuration: "dur", trace.FieldTraceDuration: "trace.dur", trace.FieldLink: "link",
		}[t.Field], op, t.Text}
	}
}

func caseTrace(t testing.TB, id byte, spans []caseSpan) []trace.Span {
	t.Helper()
	td := ptrace.NewTraces()
	for i, c := range spans {
		rs := td.ResourceSpans().AppendEmpty()
		putAll(t, rs.Resource().Attributes(), c.Resource)
		if c.Service != nil {
			rs.Resource().Attributes().PutStr("service.name", *c.Service)
		}
		ss := rs.ScopeSpans().AppendEmpty()
		putAll(t, ss.Scope().Attributes(), c.Scope)
		s := ss.Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: id})
		s.SetSpanID(pcommon.SpanID{7: byte(i + 1)})
		s.SetName(c.Name)
		s.SetFlags(c.Flags)
		s.SetKind(ptrace.SpanKind(slices.Index([]string{"", "internal", "server", "client", "producer", "consumer"}, c.Kind)))
		s.Status().SetCode(ptrace.StatusCode(slices.Index([]string{"", "ok", "error"}, c.Status)))
		s.Status().SetMessage(c.Message)
		d, err := time.ParseDuration(c.Dur)
		if err != nil {
			t.Fatal(err)
		}
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(c.Start))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(c.Start.Add(d)))
		putAll(t, s.Attributes(), c.Tags)
		for _, link := range c.Links {
			id, err := trace.ParseTraceID(link)
			if err != nil {
				t.Fatal(err)
			}
			s.Links().AppendEmpty().SetTraceID(id)
		}
		for _, e := range c.Events {
			event := s.Events().AppendEmpty()
			event.SetName(e.Name)
			putAll(t, event.Attributes(), e.Tags)
		}
	}
	return slices.Collect(trace.Spans(td))
}

func putAll(t testing.TB, m pcommon.Map, tags map[string]any) {
	for k, v := range tags {
		put(t, m.PutEmpty(k), v)
	}
}

// put sets dst to a value of the cases: numbers without a point are integers,
// {"$bytes": base64} and {"$double": text} what they say.
func put(t testing.TB, dst pcommon.Value, v any) {
	t.Helper()
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			dst.SetInt(n)
			return
		}
		f, err := v.Float64()
		if err != nil || !strings.ContainsAny(v.String(), ".eE") {
			t.Fatalf("number %s: %v", v, err)
		}
		dst.SetDouble(f)
	case map[string]any:
		if b, ok := v["$bytes"]; ok {
			raw, err := base64.StdEncoding.DecodeString(b.(string))
			if err != nil {
				t.Fatal(err)
			}
			dst.SetEmptyBytes().FromRaw(raw)
			return
		}
		if d, ok := v["$double"]; ok {
			f, err := strconv.ParseFloat(d.(string), 64)
			if err != nil || !math.IsNaN(f) && !math.IsInf(f, 0) {
				t.Fatal(d, err)
			}
			dst.SetDouble(f)
			return
		}
		putAll(t, dst.SetEmptyMap(), v)
	case []any:
		for list := dst.SetEmptySlice(); len(v) > 0; v = v[1:] {
			put(t, list.AppendEmpty(), v[0])
		}
	default:
		if err := dst.FromRaw(v); err != nil {
			t.Fatal(err)
		}
	}
}
