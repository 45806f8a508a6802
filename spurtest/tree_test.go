// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-spur/spur/model"
)

const ms = int64(time.Millisecond)

// sp makes a span of trace 1 that lasts 1 ms.
func sp(id, parent, startMS int64, op string) model.Span {
	return model.Span{
		Context:   model.Context{TraceID: model.TraceID{Low: 1}, SpanID: model.SpanID(id), ParentID: model.SpanID(parent)},
		Operation: op, Start: startMS * ms, Duration: time.Millisecond,
	}
}

func with(s model.Span, change func(*model.Span)) model.Span {
	change(&s)
	return s
}

func inTrace(s model.Span, id uint64) model.Span {
	s.TraceID.Low = id
	return s
}

func ref(s model.Span, trace uint64, span model.SpanID, kind model.ReferenceType) model.Span {
	s.References = append(s.References, model.Reference{TraceID: model.TraceID{Low: trace}, SpanID: span, Type: kind})
	return s
}

func tags(s model.Span, tags ...model.Tag) model.Span {
	s.Tags = tags
	return s
}

var treeCases = []struct {
	name  string
	spans []model.Span
	opts  []TreeOption
	want  string
}{
	{name: "nothing"},
	{
		name:  "children by start, then id",
		spans: []model.Span{sp(1, 0, 0, "root"), sp(4, 1, 2, "c"), sp(3, 1, 2, "b"), sp(9, 1, 1, "a"), sp(5, 9, 7, "a a")},
		want:  "root  1ms\n  a  1ms\n    a a  1ms\n  b  1ms\n  c  1ms\n",
	},
	{
		name: "a child that started before its parent",
		spans: []model.Span{
			sp(1, 0, 10, "root"), sp(2, 1, 3, "early"),
		},
		want: "root  1ms\n  early  1ms\n",
	},
	{
		name: "traces by first start, then id",
		spans: []model.Span{
			inTrace(sp(1, 0, 5, "second"), 3), inTrace(sp(2, 0, 5, "third"), 4),
			inTrace(sp(3, 0, 9, "first root"), 9), inTrace(sp(4, 77, 1, "first"), 9),
		},
		opts: []TreeOption{WithIDs()},
		want: "trace 0000000000000009\n" +
			"  first  1ms  #0000000000000004  (parent 000000000000004d missing)\n" +
			"  first root  1ms  #0000000000000003\n" +
			"\ntrace 0000000000000003\n  second  1ms  #0000000000000001\n" +
			"\ntrace 0000000000000004\n  third  1ms  #0000000000000002\n",
	},
	{
		name:  "same span id in two traces",
		spans: []model.Span{sp(1, 0, 0, "a"), inTrace(sp(1, 0, 5, "b"), 2), inTrace(sp(2, 1, 6, "child of b"), 2)},
		want:  "a  1ms\n\nb  1ms\n  child of b  1ms\n",
	},
	{
		name:  "parent missing",
		spans: []model.Span{sp(2, 1, 0, "orphan"), sp(3, 2, 1, "its child")},
		want:  "orphan  1ms  (parent missing)\n  its child  1ms\n",
	},
	{
		name:  "own parent",
		spans: []model.Span{sp(1, 1, 0, "narcissus"), sp(2, 1, 1, "echo")},
		want:  "narcissus  1ms  (parent cycle)\n  echo  1ms\n",
	},
	{
		name: "cycles with tails",
		spans: []model.Span{
			sp(1, 0, 0, "root"),
			sp(2, 4, 5, "two"), sp(3, 2, 6, "three"), sp(4, 3, 7, "four"),
			sp(5, 4, 1, "tail"), sp(6, 5, 2, "tip"),
			sp(7, 8, 8, "seven"), sp(8, 7, 9, "eight"),
		},
		want: "root  1ms\n" +
			"two  1ms  (parent cycle)\n  three  1ms\n    four  1ms\n      tail  1ms\n        tip  1ms\n" +
			"seven  1ms  (parent cycle)\n  eight  1ms\n",
	},
	{
		name: "one span twice",
		spans: []model.Span{
			sp(1, 0, 0, "root"), sp(2, 1, 1, "client"), sp(2, 1, 2, "server"), sp(3, 2, 3, "work"),
		},
		want: "root  1ms\n  client  1ms\n    work  1ms\n  server  1ms\n",
	},
	{
		name: "parent only among the references",
		spans: []model.Span{
			sp(1, 0, 0, "root"),
			ref(ref(ref(sp(2, 0, 1, "child"), 9, 1, model.ChildOf), 1, 3, model.FollowsFrom), 1, 1, model.ChildOf),
		},
		want: "root  1ms\n  child  1ms\n    -> child of a missing span\n    -> follows from a missing span\n",
	},
	{
		name: "references",
		spans: []model.Span{
			sp(1, 0, 0, "root"), ref(sp(2, 1, 1, "one"), 1, 1, model.ChildOf),
			ref(sp(3, 1, 2, "two"), 1, 1, model.FollowsFrom),
			ref(ref(ref(sp(4, 1, 3, "three"), 1, 1, model.FollowsFrom), 1, 1, model.ChildOf), 1, 2, model.ChildOf),
			ref(inTrace(sp(5, 0, 9, "link"), 2), 1, 3, model.FollowsFrom),
		},
		want: "root  1ms\n  one  1ms\n  two  1ms  (follows from)\n" +
			"  three  1ms\n    -> follows from root\n    -> child of one\n" +
			"\nlink  1ms\n  -> follows from two\n",
	},
	{
		name: "services",
		spans: []model.Span{
			with(sp(1, 0, 0, "get"), func(s *model.Span) { s.Process = &model.Process{Service: "front end"} }),
			sp(2, 1, 1, "put"),
		},
		want: "front end: get  1ms\n  \"\": put  1ms\n",
	},
	{
		name: "logs before children, without times",
		spans: []model.Span{
			with(sp(1, 0, 5, "root"), func(s *model.Span) {
				s.Logs = []model.Log{
					{Time: 7 * ms, Fields: []model.Tag{{Key: "event", Value: model.String("x")}, {Key: "n", Value: model.Int64(1)}}},
					{Time: 4 * ms},
				}
			}),
			sp(2, 1, 5, "child"),
		},
		opts: []TreeOption{WithoutTimes()},
		want: "root\n  @ event=x n=1\n  @\n  child\n",
	},
	{
		name: "log times",
		spans: []model.Span{with(sp(1, 0, 5, "root"), func(s *model.Span) {
			s.Logs = []model.Log{{Time: 7*ms + 1500}, {Time: 4 * ms}}
		})},
		want: "root  1ms\n  @2.001ms\n  @-1ms\n",
	},
	{
		name: "values",
		spans: []model.Span{tags(
			sp(1, 0, 0, "v"),
			model.Tag{Key: "i", Value: model.Int64(42)}, model.Tag{Key: "s", Value: model.String("42")},
			model.Tag{Key: "f", Value: model.Float64(42)}, model.Tag{Key: "g", Value: model.Float64(1e300)},
			model.Tag{Key: "nan", Value: model.Float64(math.NaN())}, model.Tag{Key: "t", Value: model.Bool(true)},
			model.Tag{Key: "u", Value: model.String("true")}, model.Tag{Key: "b", Value: model.Bytes([]byte{0, 255})},
			model.Tag{Key: "x", Value: model.String("0x00ff")}, model.Tag{Key: "e", Value: model.String("")},
			model.Tag{Key: "two words", Value: model.String("a b")}, model.Tag{Key: "url", Value: model.String("/x?a=b&c")},
			model.Tag{Key: "nl", Value: model.String("a\nb")}, model.Tag{Key: "bad", Value: model.String("\xff")},
		)},
		want: `v  1ms  i=42 s="42" f=42.0 g=1e+300 nan=NaN t=true u="true" b=0x00ff x="0x00ff" e=""` + "\n" +
			`  | "two words"="a b" url=/x?a=b&c nl="a\nb" bad="\xff"` + "\n",
	},
	{
		name:  "odd names",
		spans: []model.Span{sp(1, 0, 0, ""), sp(2, 1, 1, "a  b"), sp(3, 1, 2, "a\tb"), sp(4, 1, 3, "GET /x \xff")},
		want:  "\"\"  1ms\n  \"a  b\"  1ms\n  \"a\\tb\"  1ms\n  \"GET /x \\xff\"  1ms\n",
	},
	{
		name: "remarks",
		spans: []model.Span{with(ref(sp(2, 1, 0, "x"), 1, 1, model.FollowsFrom), func(s *model.Span) {
			s.DroppedTags, s.DroppedLogs, s.DroppedRefs, s.Trimmed = 1, 2, 3, true
		})},
		want: "x  1ms  (follows from, parent missing, 1 tags dropped, 2 logs dropped, 3 references dropped, trimmed)\n",
	},
	{
		name: "durations",
		spans: []model.Span{
			with(sp(1, 0, 0, "a"), func(s *model.Span) { s.Duration = 0 }),
			with(sp(2, 0, 1, "b"), func(s *model.Span) { s.Duration = 999 }),
			with(sp(3, 0, 2, "c"), func(s *model.Span) { s.Duration = 1234567891 }),
			with(sp(4, 0, 3, "d"), func(s *model.Span) { s.Duration = -1500 }),
		},
		want: "a  0s\nb  999ns\nc  1.234567s\nd  -1µs\n",
	},
}

func TestTree(t *testing.T) {
	for _, tc := range treeCases {
		t.Run(tc.name, func(t *testing.T) {
			if got := Tree(tc.spans, tc.opts...); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func TestTreeIgnoresOrder(t *testing.T) {
	for _, tc := range treeCases {
		if tc.name == "one span twice" {
			continue // documented
		}
		t.Run(tc.name, func(t *testing.T) {
			spans := append([]model.Span(nil), tc.spans...)
			for range 20 {
				rand.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
				if got := Tree(spans, tc.opts...); got != tc.want {
					t.Fatalf("got\n%s\nwant\n%s", got, tc.want)
				}
			}
		})
	}
}

func TestTreeLongTexts(t *testing.T) {
	s := tags(
		sp(1, 0, 0, strings.Repeat("ö", 70)),
		model.Tag{Key: strings.Repeat("k", 64), Value: model.String(strings.Repeat("v", 1<<20))},
		model.Tag{Key: "b", Value: model.Bytes(make([]byte, 1000))},
	)
	want := strings.Repeat("ö", 60) + "…[+20 bytes]  1ms\n" +
		"  | " + strings.Repeat("k", 60) + "…[+4 bytes]=" + strings.Repeat("v", 60) + "…[+1048516 bytes]\n" +
		"  | b=0x" + strings.Repeat("0", 60) + "…[+970 bytes]\n"
	if got := Tree([]model.Span{s}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTreeWidth(t *testing.T) {
	s := sp(1, 0, 0, "wide")
	for range 100 {
		s.Tags = append(s.Tags, model.Tag{Key: "schlüssel", Value: model.String("würfel")})
	}
	lines := strings.Split(strings.TrimSuffix(Tree([]model.Span{s}), "\n"), "\n")
	found := 0
	for _, l := range lines {
		if n := utf8.RuneCountInString(l); n > maxColumns {
			t.Errorf("%d columns: %q", n, l)
		}
		if l != strings.TrimRight(l, " ") {
			t.Errorf("blanks at the end of %q", l)
		}
		found += strings.Count(l, "schlüssel=würfel")
	}
	if found != 100 {
		t.Errorf("%d tags, want 100", found)
	}
}

// TestTreeDeep prints a chain as deep as no stack of calls should get, and one
// that bites its tail.
func TestTreeDeep(t *testing.T) {
	const n = 100_000
	for _, tc := range []struct {
		name      string
		last      int64 // parent of the first span
		wantFirst string
	}{
		{"chain", 0, "s  1ms"},
		{"cycle", n, "s  1ms  (parent cycle)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			spans := make([]model.Span, n)
			for i := range spans {
				spans[i] = sp(int64(i)+1, int64(i), int64(i), "s")
			}
			spans[0].ParentID = model.SpanID(tc.last)
			rand.Shuffle(n, func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
			lines := strings.Split(Tree(spans), "\n")
			if len(lines) != n+1 {
				t.Fatalf("%d lines, want %d", len(lines), n+1)
			}
			indent := strings.Repeat(" ", 40)
			for i, want := range map[int]string{
				0: tc.wantFirst, 1: "  s  1ms", 20: indent + "s  1ms", 21: indent + "[21] s  1ms", n - 1: indent + "[99999] s  1ms",
			} {
				if lines[i] != want {
					t.Errorf("line %d is %q, want %q", i, lines[i], want)
				}
			}
		})
	}
}

func TestTreeKeepsItsInput(t *testing.T) {
	spans := []model.Span{sp(2, 1, 1, "b"), sp(1, 0, 0, "a")}
	Tree(spans)
	if spans[0].Operation != "b" || spans[1].Operation != "a" {
		t.Errorf("reordered: %v", spans)
	}
}

// FuzzTree builds forests with any kind of parents: each span is printed exactly
// once, whatever they are.
func FuzzTree(f *testing.F) {
	f.Add([]byte{0x01, 0x12, 0x23}, "op")
	f.Add([]byte{0x11, 0x21, 0x12}, "\xff\n")
	f.Add([]byte{0x12, 0x23, 0x31, 0x41, 0x54}, "")
	f.Fuzz(func(t *testing.T, links []byte, op string) {
		spans := make([]model.Span, len(links))
		for i, b := range links {
			spans[i] = sp(int64(b>>4), int64(b&15), int64(i%3), op)
			spans[i].Tags = []model.Tag{{Key: op, Value: model.String(op)}}
		}
		got := Tree(spans)
		if n := strings.Count(got, "\n"); n < len(spans) || n > 2*len(spans) {
			t.Fatalf("%d lines for %d spans:\n%s", n, len(spans), got)
		}
		if n := strings.Count(got, "  1ms"); n < len(spans) {
			t.Fatalf("%d of %d spans:\n%s", n, len(spans), got)
		}
	})
}
