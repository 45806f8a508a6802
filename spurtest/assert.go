// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
)

// AssertTree fails the test unless Tree prints spans as want, and shows the lines
// that differ. The newline at the end may be missing in want. So that it can be
// indented like the code around it, a want that begins with a newline loses that,
// the white space in front of its first line from every line, and the white space
// behind its last newline:
//
//	spurtest.AssertTree(t, got, `
//		checkout  5ms  items=2
//		  reserve  1ms  item=tea
//		  reserve  1ms  item=milk
//	`)
func AssertTree(t testing.TB, spans []model.Span, want string, opts ...TreeOption) {
	t.Helper()
	if diff := diffLines(lines(unindent(want)), lines(Tree(spans, opts...))); diff != "" {
		t.Errorf("spurtest: the tree is not as expected, %s", diff)
	}
}

// AssertSubtree fails the test unless the lines of want, which is written as for
// AssertTree, follow each other somewhere in what Tree prints, at any depth and with
// anything before and behind them. On failure it shows how want differs from the
// place that is most like it.
func AssertSubtree(t testing.TB, spans []model.Span, want string, opts ...TreeOption) {
	t.Helper()
	wanted := lines(unindent(want))
	if len(wanted) == 0 {
		t.Error("spurtest: the empty subtree occurs everywhere")
		return
	}
	printed := lines(Tree(spans, opts...))
	var closest []string
	most := 0
	for at := range printed {
		part := outdent(printed[at:min(at+len(wanted), len(printed))])
		same := 0
		for i := range part {
			if part[i] == wanted[i] {
				same++
			}
		}
		if same == len(wanted) {
			return
		}
		if same > most {
			closest, most = part, same
		}
	}
	if most == 0 {
		t.Errorf("spurtest: no line of the subtree\n%s\noccurs in\n%s", strings.Join(wanted, "\n"), shown(printed))
		return
	}
	t.Errorf("spurtest: the subtree does not occur; where it nearly does, %s\nin\n%s", diffLines(wanted, closest), shown(printed))
}

// One returns the only span with that operation name. The test ends here, and
// shows the tree, when there is none or there are several.
func One(t testing.TB, spans []model.Span, operation string) model.Span {
	t.Helper()
	found := byOperation(spans, operation)
	if len(found) != 1 {
		t.Fatalf("spurtest: %d spans called %q, want one, in\n%s", len(found), operation, shown(lines(Tree(spans))))
		return model.Span{}
	}
	return found[0]
}

func byOperation(spans []model.Span, name string) (found []model.Span) {
	for _, s := range spans {
		if s.Operation == name {
			found = append(found, s)
		}
	}
	return found
}

// AssertTree is the function of that name, of the spans recorded so far.
func (r *Recorder) AssertTree(t testing.TB, want string, opts ...TreeOption) {
	t.Helper()
	AssertTree(t, r.memory.Spans(), want, opts...)
}

// AssertSubtree is the function of that name, of the spans recorded so far.
func (r *Recorder) AssertSubtree(t testing.TB, want string, opts ...TreeOption) {
	t.Helper()
	AssertSubtree(t, r.memory.Spans(), want, opts...)
}

// One is the function of that name, of the spans recorded so far.
func (r *Recorder) One(t testing.TB, operation string) model.Span {
	t.Helper()
	return One(t, r.memory.Spans(), operation)
}

// AssertTree is the function of that name, of the spans that are kept.
func (in *inbox) AssertTree(t testing.TB, want string, opts ...TreeOption) {
	t.Helper()
	AssertTree(t, in.Spans(), want, opts...)
}

// AssertSubtree is the function of that name, of the spans that are kept.
func (in *inbox) AssertSubtree(t testing.TB, want string, opts ...TreeOption) {
	t.Helper()
	AssertSubtree(t, in.Spans(), want, opts...)
}

// One is the function of that name, of the spans that are kept.
func (in *inbox) One(t testing.TB, operation string) model.Span {
	t.Helper()
	return One(t, in.Spans(), operation)
}
