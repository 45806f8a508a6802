// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurtest/internal/fake"
)

// asserts runs an assertion and returns what it says.
func asserts(test func(t testing.TB)) []string {
	f := new(fake.T)
	f.Run(test)
	return f.Failures
}

var family = []model.Span{sp(1, 0, 0, "root"), sp(2, 1, 1, "a"), sp(3, 2, 2, "b"), sp(4, 1, 3, "c"), sp(5, 1, 4, "a")}

func TestAssertTree(t *testing.T) {
	for _, tc := range []struct {
		name, want, failure string
	}{
		{"as printed", "root  1ms\n  a  1ms\n    b  1ms\n  c  1ms\n  a  1ms\n", ""},
		{"without the last newline", "root  1ms\n  a  1ms\n    b  1ms\n  c  1ms\n  a  1ms", ""},
		{"indented", `
			root  1ms
			  a  1ms
			    b  1ms
			  c  1ms
			  a  1ms
		`, ""},
		{
			"a line is different", "root  1ms\n  a  1ms\n    b  2ms\n  c  1ms\n  a  1ms\n",
			"from line 3 on (- wanted, + there):\n  root  1ms\n    a  1ms\n-     b  2ms\n+     b  1ms\n  ^ 2ms wanted, 1ms there\n    c  1ms\n    a  1ms",
		},
		{"a line is missing", "root  1ms\n  a  1ms\n  c  1ms\n  a  1ms\n", "from line 3 on (- wanted, + there):\n  root  1ms\n    a  1ms\n+     b  1ms\n    c  1ms\n    a  1ms"},
		{"a line too many", "root  1ms\n  a  1ms\n    b  1ms\n  c  1ms\n  a  1ms\n  d  1ms\n", "from line 6 on (- wanted, + there):\n    c  1ms\n    a  1ms\n-   d  1ms"},
		{
			"two places", "Root  1ms\n  a  1ms\n    b  1ms\n  c  1ms\n  A  1ms\n",
			"from line 1 on (- wanted, + there):\n- Root  1ms\n+ root  1ms\n  ^ Root wanted, root there\n    a  1ms\n      b  1ms\n    c  1ms\n-   A  1ms\n+   a  1ms\n  ^ A wanted, a there",
		},
		{"nothing wanted", "", "from line 1 on (- wanted, + there):\n+ root  1ms\n+   a  1ms\n+     b  1ms\n+   c  1ms\n+   a  1ms"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := strings.Join(asserts(func(t testing.TB) { AssertTree(t, family, tc.want) }), "\n")
			want := ""
			if tc.failure != "" {
				want = "spurtest: the tree is not as expected, " + tc.failure +
					"\nThe tree is\n\troot  1ms\n\t  a  1ms\n\t    b  1ms\n\t  c  1ms\n\t  a  1ms"
			}
			if got != want {
				t.Errorf("says\n%s\nwant\n%s", got, want)
			}
		})
	}
	if got := asserts(func(t testing.TB) { AssertTree(t, nil, "root") }); len(got) != 1 || !strings.Contains(got[0], "- root") {
		t.Errorf("without spans: %q", got)
	}
}

func TestAssertSubtree(t *testing.T) {
	for _, tc := range []struct {
		name, want string
		failure    []string
	}{
		{"all", "root  1ms\n  a  1ms\n    b  1ms\n  c  1ms\n  a  1ms\n", nil},
		{"a leaf", "b  1ms", nil},
		{"in the middle", "a  1ms\n  b  1ms\n", nil},
		{"siblings", "a  1ms\n  b  1ms\nc  1ms\n", nil},
		{"indented", `
			a  1ms
			  b  1ms
			`, nil},
		{"another child", "a  1ms\n  c  1ms", []string{"from line 2 on", "\n  a  1ms\n-   c  1ms\n+   b  1ms\n  ^ c wanted, b there\nin\n\troot  1ms\n\t  a"}},
		{"one more child", "c  1ms\n  d  1ms", []string{"from line 2 on", "-   d  1ms\n"}},
		{"at another depth", "a  1ms\nb  1ms", []string{"nearly", "- b  1ms\n+   b  1ms\n  ^ at another depth"}},
		{"nowhere", "x  1ms", []string{"no line of the subtree\n\tx  1ms\noccurs in\n\troot  1ms"}},
		{"empty", "\n", []string{"empty subtree"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := asserts(func(t testing.TB) { AssertSubtree(t, family, tc.want) })
			if (len(got) == 0) != (len(tc.failure) == 0) {
				t.Fatalf("says %q, want %q", got, tc.failure)
			}
			for _, part := range tc.failure {
				if !strings.Contains(got[0], part) {
					t.Errorf("says\n%s\nwant in it\n%s", got[0], part)
				}
			}
		})
	}
}

// Whatever the differences are, what the diff keeps and adds is the tree, and what it
// keeps and removes is what was wanted.
func TestDiffIsComplete(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() (all []line) {
		for range random.IntN(12) {
			letter := string(rune('a' + random.IntN(4)))
			all = append(all, line{letter, letter})
		}
		return all
	}
	for range 2000 {
		want, got := text(), text()
		var wanted, there []line
		for _, e := range edits(want, got) {
			if e.mark != '+' {
				wanted = append(wanted, e.line)
			}
			if e.mark != '-' {
				there = append(there, e.line)
			}
		}
		if !slices.Equal(wanted, want) || !slices.Equal(there, got) {
			t.Fatalf("%q to %q: %q", want, got, edits(want, got))
		}
		differs, all := diff(want, got)
		if same := differs == ""; same != slices.Equal(want, got) || !slices.Equal(all, got) {
			t.Fatalf("%q and %q: same: %v, there is %q", want, got, same, all)
		}
	}
}

func TestDiffIsBounded(t *testing.T) {
	var a, b []line
	for i := range 50_000 {
		a, b = append(a, line{text: fmt.Sprint(i)}), append(b, line{text: fmt.Sprint(-i - 1)})
	}
	if got, _ := diff(a, b); strings.Count(got, "\n") > diffShown+2 {
		t.Errorf("%d lines", strings.Count(got, "\n"))
	}
	many := make([]model.Span, 1000)
	for i := range many {
		many[i] = sp(int64(i)+1, 0, 0, fmt.Sprint(i))
	}
	if got := asserts(func(t testing.TB) { AssertSubtree(t, many, "x") }); len(got) != 1 || strings.Count(got[0], "\n") > diffShown+4 {
		t.Errorf("%.200q", got)
	}
}

func TestOne(t *testing.T) {
	if s := One(t, family, "b"); s.SpanID != 3 {
		t.Errorf("got %v", s)
	}
	for name, want := range map[string]string{"a": `2 spans called "a", want one, in` + "\n\troot", "x": `0 spans called "x"`} {
		got := asserts(func(t testing.TB) {
			One(t, family, name)
			t.Error("still running")
		})
		if len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("says %q, want %q", got, want)
		}
	}
}

func TestLookup(t *testing.T) {
	s := tags(sp(1, 0, 0, "op"), model.Tag{Key: "n", Value: model.Int64(2)}, model.Tag{Key: "empty", Value: model.String("")}, model.Tag{Key: "error", Value: model.Bool(true)})
	s.Logs = []model.Log{
		{Fields: []model.Tag{{Key: "message", Value: model.String("no event")}}},
		{Time: 1, Fields: []model.Tag{{Key: "event", Value: model.String("retry")}, {Key: "attempt", Value: model.Int64(1)}}},
		{Time: 2, Fields: []model.Tag{{Key: "event", Value: model.String("retry")}, {Key: "attempt", Value: model.Int64(2)}}},
	}
	for key, want := range map[string]any{"n": int64(2), "empty": "", "error": true, "missing": nil} {
		if got := Tag(s, key); got != want {
			t.Errorf("tag %s is %v (%T), want %v (%T)", key, got, got, want, want)
		}
	}
	if l, ok := Event(s, "retry"); !ok || l.Time != 1 || Field(l, "attempt") != any(int64(1)) || Field(l, "x") != nil {
		t.Errorf("got %v, %v", l, ok)
	}
	if l, ok := Event(s, "no event"); ok {
		t.Errorf("got %v", l)
	}
}

// The recorder and both receivers have the same assertions.
func TestAssertionsOfReceivers(t *testing.T) {
	agent, collector := NewAgent(t), NewCollector(t)
	tracer, spans := New(t, agent.Option())
	tracer.StartSpan("ping").SetTag("n", 1).Finish()
	if err := tracer.Flush(patience(t)); err != nil {
		t.Fatal(err)
	}
	if err := agent.Wait(patience(t), 1); err != nil {
		t.Fatal(err)
	}
	for _, r := range []interface {
		AssertTree(t testing.TB, want string, opts ...TreeOption)
		AssertSubtree(t testing.TB, want string, opts ...TreeOption)
		One(t testing.TB, operation string) model.Span
	}{spans, agent} {
		r.AssertTree(t, "ping  n=1", WithoutTimes())
		r.AssertSubtree(t, "ping  1ms  n=1")
		if s := r.One(t, "ping"); Tag(s, "n") != any(int64(1)) {
			t.Errorf("got %v", s)
		}
	}
	collector.AssertTree(t, "")
}

func TestWanted(t *testing.T) {
	spans := []model.Span{tags(
		with(sp(1, 0, 0, "GET /orders/42 | ö"), func(s *model.Span) { s.Duration = 12345678 }),
		model.Tag{Key: "peer", Value: model.String("127.0.0.1:54321")}, model.Tag{Key: "why", Value: model.String(`it said "no" *`)},
		model.Tag{Key: "star", Value: model.String("*")}, model.Tag{Key: "back", Value: model.String(`\*`)},
		model.Tag{Key: "empty", Value: model.String("")}, model.Tag{Key: "body", Value: model.String(strings.Repeat("x", 100))},
		model.Tag{Key: "last", Value: model.Bool(true)},
	)}
	const (
		head = "GET /orders/42 | ö  12.345ms  peer=127.0.0.1:54321 "
		why  = `why="it said \"no\" *" `
		rest = `star=* back=\* empty="" body=xxx* last=true`
	)
	for _, tc := range []struct {
		want string
		ok   bool
	}{
		{Tree(spans), true}, // with its own stars, and broken where it is
		{head + why + rest, true},
		{"GET /orders/* | *  *  peer=* why=* star=* back=* empty=* body=* last=*", true},
		{"GET /orders/42* | ö*  12.*ms*  peer=127.*:* " + why + rest, true},
		{head + `why="it * *" ` + rest, true},
		{head + `why="it said*\"no\" \*" ` + rest, true},
		{head + `why="*" ` + rest, true},
		{head + "why=*no* " + rest, true},
		{head + why + `star=\* back=\\* empty="*" body=*…[+40 bytes] last=true`, true},
		{head + why + `star=\* back=\* empty="" body=* last=*`, true},
		{head + "\n  | " + why + "\n\t| " + rest, true},
		{"GET /orders/42 | ö\n| 12.345ms\n | peer=* why=* star=*\n  | back=* empty=* body=* last=true\n", true},

		{"GET *  *  peer=* why=* star=* back=* empty=* body=* last=*", false}, // not several words
		{"*", false},
		{head + why + `star=\* back=\* empty="" body=*`, false},
		{head + `why="it * no \*" ` + rest, false},
		{head + "why=it* " + rest, false},
		{head + `why="*` + rest, false},
		{head + why + `star=\*\* back=\* empty="" body=* last=*`, false},
		{head + why + `star=* back=\* empty="" body=\* last=*`, false},
		{head + why + rest + "*x", false},
		{"GET /orders/42 | ö  12.345ms  peer=*  why=* " + rest, false}, // two blanks
	} {
		got := asserts(func(t testing.TB) { AssertTree(t, spans, tc.want) })
		if (len(got) == 0) != tc.ok {
			t.Errorf("%s\nis as wanted: %v, want %v", tc.want, len(got) == 0, tc.ok)
		}
	}
}

// What AssertTree shows is a want that it accepts, with the stars that stood there.
func TestAssertTreeShowsWhatFits(t *testing.T) {
	spans := []model.Span{
		tags(sp(1, 0, 0, "long"), model.Tag{Key: "port", Value: model.Int64(54321)}, model.Tag{Key: strings.Repeat("k", 60), Value: model.String(strings.Repeat("v", 40))}),
		sp(2, 1, 1, "| odd"), sp(3, 1, 2, "new"), inTrace(sp(4, 0, 9, "@other"), 2),
	}
	says := asserts(func(t testing.TB) {
		AssertTree(t, spans, "\n\t\tlong  *  port=*\n\t\t  | k*=*\n\t\t  old  1ms\n\t")
	})
	if len(says) != 1 {
		t.Fatalf("says %q", says)
	}
	_, tree, _ := strings.Cut(says[0], "The tree is\n")
	want := "\tlong  *  port=*\n\t  | k*=*\n\t  \"| odd\"  1ms\n\t  new  1ms\n\t\n\t\"@other\"  1ms"
	if tree != want || !strings.Contains(says[0], "from line 3 on") {
		t.Errorf("says\n%s", says[0])
	}
	AssertTree(t, spans, "\n"+tree+"\n")
}

func TestDifference(t *testing.T) {
	for _, tc := range [][3]string{
		{"a  1ms  n=12", "a  1ms  n=12.5", "n=12 wanted, n=12.5 there"},
		{"a  1ms  n=12.5", "a  1ms  n=12", "n=12.5 wanted, n=12 there"},
		{"a  1ms", "a  1ms  n=12", "the line's end wanted, n=12 there"},
		{"a  1ms  n=12 m=*", "a  1ms  n=12", "m=* wanted, the line's end there"},
		{"a  *  n=12", "a  1ms  k=1 n=12", "n=12 wanted, k=1 there"},
		{"a  *\nw=\"b *\" n=*2", "a  1ms  w=\"b d\" n=13", "n=*2 wanted, n=13 there"},
		{"a  1ms  w=\"b c\"", "a  1ms  w=\"b d\"", "w=\"b c\" wanted, w=\"b d\" there"},
		{"b", "a", "b wanted, a there"},
		{"    b", "  b", "at another depth"},
		{"", "b", "the line's end wanted, b there"},
	} {
		if got := difference(tc[0], tc[1]); got != tc[2] {
			t.Errorf("%q and %q: %s, want %s", tc[0], tc[1], got, tc[2])
		}
	}
}
