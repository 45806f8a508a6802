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
			"from line 3 on (- wanted, + there):\n  root  1ms\n    a  1ms\n-     b  2ms\n+     b  1ms\n    c  1ms\n    a  1ms",
		},
		{"a line is missing", "root  1ms\n  a  1ms\n  c  1ms\n  a  1ms\n", "from line 3 on (- wanted, + there):\n  root  1ms\n    a  1ms\n+     b  1ms\n    c  1ms\n    a  1ms"},
		{"a line too many", "root  1ms\n  a  1ms\n    b  1ms\n  c  1ms\n  a  1ms\n  d  1ms\n", "from line 6 on (- wanted, + there):\n    c  1ms\n    a  1ms\n-   d  1ms"},
		{
			"two places", "Root  1ms\n  a  1ms\n    b  1ms\n  c  1ms\n  A  1ms\n",
			"from line 1 on (- wanted, + there):\n- Root  1ms\n+ root  1ms\n    a  1ms\n      b  1ms\n    c  1ms\n-   A  1ms\n+   a  1ms",
		},
		{"nothing wanted", "", "from line 1 on (- wanted, + there):\n+ root  1ms\n+   a  1ms\n+     b  1ms\n+   c  1ms\n+   a  1ms"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := strings.Join(asserts(func(t testing.TB) { AssertTree(t, family, tc.want) }), "\n")
			want := ""
			if tc.failure != "" {
				want = "spurtest: the tree is not as expected, " + tc.failure
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
		{"another child", "a  1ms\n  c  1ms", []string{"from line 2 on", "\n  a  1ms\n-   c  1ms\n+   b  1ms\nin\nroot  1ms\n  a"}},
		{"one more child", "c  1ms\n  d  1ms", []string{"from line 2 on", "-   d  1ms\n"}},
		{"at another depth", "a  1ms\nb  1ms", []string{"nearly", "- b  1ms\n+   b  1ms"}},
		{"nowhere", "x  1ms", []string{"no line of the subtree\nx  1ms\noccurs in\nroot  1ms"}},
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
	text := func() (all []string) {
		for range random.IntN(12) {
			all = append(all, string(rune('a'+random.IntN(4))))
		}
		return all
	}
	for range 2000 {
		want, got := text(), text()
		var kept, there []string
		for _, e := range edits(want, got) {
			if e[0] != '+' {
				kept = append(kept, e[2:])
			}
			if e[0] != '-' {
				there = append(there, e[2:])
			}
		}
		if !slices.Equal(kept, want) || !slices.Equal(there, got) {
			t.Fatalf("%q to %q: %q", want, got, edits(want, got))
		}
		if same := diffLines(want, got) == ""; same != slices.Equal(want, got) {
			t.Fatalf("%q and %q: same: %v", want, got, same)
		}
	}
}

func TestDiffIsBounded(t *testing.T) {
	var a, b []string
	for i := range 50_000 {
		a, b = append(a, fmt.Sprint(i)), append(b, fmt.Sprint(-i-1))
	}
	if got := diffLines(a, b); strings.Count(got, "\n") > diffShown+2 {
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
	for name, want := range map[string]string{"a": `2 spans called "a", want one, in` + "\nroot", "x": `0 spans called "x"`} {
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
