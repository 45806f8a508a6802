// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// FuzzParse: any text is an error with a column in it, or a search that is
// written as what reads the same and can be evaluated.
func FuzzParse(f *testing.F) {
	c := readCases(f)
	for _, tt := range c.Parse {
		f.Add(tt.Text)
	}
	for _, tt := range c.Match {
		f.Add(tt.Text)
	}
	for _, hostile := range []string{
		"\xff", "a=\xc3", "\u2028a\u0085b", "a=\"\\", strings.Repeat("-", 100) + "a", strings.Repeat("(", 100), strings.Repeat("a ", 65),
		"dur>9223372036854775807ns", "dur>106751d23h47m16.854775807s", "dur>106752d", "dur>1e3d", "dur>NaNd", "dur>.s", "since:100000d", "since:0001-01-01",
		"op~\"((((a{10}){10}){10}){10}\"", "op~\"\\pL{900}\"", "op~\"\\C\"", strings.Repeat("x", trace.MaxQueryBytes+1), "id:" + strings.Repeat("f", 100),
	} {
		f.Add(hostile)
	}
	var traces [][]trace.Span
	for i, name := range caseOrder {
		traces = append(traces, caseTrace(f, byte(i+1), c.Traces[name]))
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := trace.Parse(text, c.Now)
		if err != nil {
			var parse *trace.ParseError
			if !errors.As(err, &parse) || parse.Column < 1 || parse.Column > len(text)+1 || parse.Msg == "" || len(parse.Msg) > 1000 {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		again, err := trace.Parse(q.String(), time.Time{})
		if err != nil || !reflect.DeepEqual(again, q) {
			t.Fatalf("%q is written %q, which is %v, %v", text, q.String(), again.String(), err)
		}
		for _, spans := range traces {
			q.Match(spans)
		}
	})
}

// TestMatchTextOfValue: a store that knows a value only as text decides as one
// that has the value.
func TestMatchTextOfValue(t *testing.T) {
	c := readCases(t)
	compared := 0
	for _, tt := range c.Match {
		q, err := trace.Parse(tt.Text, c.Now)
		if err != nil {
			t.Fatal(err)
		}
		for _, term := range terms(q.Where) {
			for i, name := range caseOrder {
				for _, s := range caseTrace(t, byte(i+1), c.Traces[name]) {
					for _, v := range s.Tags() {
						if got, want := term.MatchValue(v), term.MatchText(v.AsString()); got != want {
							t.Errorf("%s of %s value %q is %v, of its text %v", term, v.Type(), v.AsString(), got, want)
						}
						compared++
					}
				}
			}
		}
	}
	if compared < 1000 {
		t.Errorf("compared only %d", compared)
	}
}

func terms(e *trace.Expr) (list []*trace.Term) {
	if e == nil {
		return nil
	}
	if e.Op == trace.OpTerm {
		return []*trace.Term{&e.Term}
	}
	for _, arg := range e.Args {
		list = append(list, terms(arg)...)
	}
	return list
}

// TestMatchAllocates nothing for a trace that is not found.
func TestMatchAllocates(t *testing.T) {
	c := readCases(t)
	spans := caseTrace(t, 1, c.Traces["shop"])
	for _, text := range []string{
		"service:none", "op~xyz", "http.status_code=404", "http.status_code>600", "user.id=5 OR -service~.", "-host", "\"nowhere\"", "trace.dur>1h", "{cached=true} {cached=false}", "id:77",
	} {
		q, err := trace.Parse(text, c.Now)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := q.Match(spans); ok {
			t.Fatalf("%q is found", text)
		}
		allowed := 0.0
		switch {
		case text == "\"nowhere\"":
			allowed = 40 // the text of values that are none
		case strings.Contains(text, "~"):
			allowed = 2 // with -race, a sync.Pool forgets
		}
		if n := testing.AllocsPerRun(100, func() { q.Match(spans) }); n > allowed {
			t.Errorf("%q: %v allocations", text, n)
		}
	}
}
