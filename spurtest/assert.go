// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"slices"
	"testing"

	"github.com/go-spur/spur/model"
)

// AssertTree fails the test unless Tree prints spans as want. It then shows the lines
// that differ, and the whole tree in a shape that can be pasted into the test.
//
// The newline at the end may be missing in want. So that it can be indented like the
// code around it, a want that begins with a newline loses that, the white space in
// front of its first line from every line, and the white space behind its last newline:
//
//	spurtest.AssertTree(t, got, `
//		checkout  *  items=2
//		  reserve  1ms  item=tea
//		  reserve  1ms  item=milk id=order-*
//	`)
//
// In want * stands for any text within a word, also for none, and for any text within
// quotes: for a duration, the end of a name or a whole value, quoted or not, but never
// for several words of a line that is not quoted. \* stands for a star. Where lines are
// broken does not count: tags may go on in the next line behind "| ", or not.
func AssertTree(t testing.TB, spans []model.Span, want string, opts ...TreeOption) {
	t.Helper()
	if differs, there := diff(wantedLines(want), treeLines(spans, opts)); differs != "" {
		t.Errorf("spurtest: the tree is not as expected, %s\nThe tree is\n%s", differs, shown(there, "\t"))
	}
}

// AssertSubtree fails the test unless the lines of want, which is written as for
// AssertTree, follow each other somewhere in what Tree prints, at any depth and with
// anything before and behind them. On failure it shows how want differs from the
// place that is most like it.
func AssertSubtree(t testing.TB, spans []model.Span, want string, opts ...TreeOption) {
	t.Helper()
	wanted := wantedLines(want)
	if len(wanted) == 0 {
		t.Error("spurtest: the empty subtree occurs everywhere")
		return
	}
	printed := treeLines(spans, opts)
	var closest []line
	most := 0
	for at := range printed {
		part := outdent(printed[at:min(at+len(wanted), len(printed))])
		same := 0
		for i := range part {
			if matches(wanted[i].text, part[i].text) {
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
		t.Errorf("spurtest: no line of the subtree\n%s\noccurs in\n%s", shown(wanted, "\t"), shown(printed, "\t"))
		return
	}
	differs, _ := diff(wanted, closest)
	t.Errorf("spurtest: the subtree does not occur; where it nearly does, %s\nin\n%s", differs, shown(printed, "\t"))
}

// One returns the only span with that operation name. The test ends here, and
// shows the tree, when there is none or there are several.
func One(t testing.TB, spans []model.Span, operation string) model.Span {
	t.Helper()
	found := byOperation(spans, operation)
	if len(found) != 1 {
		t.Fatalf("spurtest: %d spans called %q, want one, in\n%s", len(found), operation, shown(treeLines(spans, nil), "\t"))
		return model.Span{}
	}
	return found[0]
}

func byOperation(spans []model.Span, name string) []model.Span {
	return slices.DeleteFunc(slices.Clone(spans), func(s model.Span) bool { return s.Operation != name })
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
