// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"fmt"
	"strings"
)

const (
	diffContext = 2     // lines shown around a difference
	diffShown   = 60    // lines shown at most
	diffCells   = 1e5   // lines wanted times lines got that are compared each with each
	indentation = " \t" // what may stand in front of a line
)

// wantedLines reads what AssertTree is given.
func wantedLines(want string) (all []line) {
	want = strings.TrimSuffix(unindent(want), "\n")
	if want == "" {
		return nil
	}
	for _, raw := range strings.Split(want, "\n") {
		raw = strings.TrimRight(raw, indentation)
		if more, ok := strings.CutPrefix(strings.TrimLeft(raw, indentation), "| "); ok && len(all) > 0 {
			last := &all[len(all)-1]
			last.raw += "\n" + raw
			last.text += "\n" + more
		} else {
			all = append(all, line{raw, raw})
		}
	}
	return all
}

// unindent is what AssertTree says about a want that begins with a newline.
func unindent(want string) string {
	text, indented := strings.CutPrefix(want, "\n")
	if !indented {
		return want
	}
	if at := strings.LastIndexByte(text, '\n'); strings.Trim(text[at+1:], indentation) == "" {
		text = text[:at+1]
	}
	margin := text[:len(text)-len(strings.TrimLeft(text, indentation))]
	return strings.ReplaceAll("\n"+text, "\n"+margin, "\n")[1:]
}

// outdent takes the blanks in front of the first line from all lines that have
// them.
func outdent(part []line) []line {
	margin := part[0].text[:len(part[0].text)-len(strings.TrimLeft(part[0].text, " "))]
	moved := make([]line, len(part))
	for i, l := range part {
		text, ok := strings.CutPrefix(l.text, margin)
		if !ok {
			return moved[:i] // it belongs to a span further up
		}
		moved[i] = line{strings.ReplaceAll("\n"+l.raw, "\n"+margin, "\n")[1:], text}
	}
	return moved
}

// shown is a text of lines, as far as they are worth showing, each behind mark.
func shown(all []line, mark string) string {
	if len(all) == 0 {
		return mark + "(no spans)"
	}
	var out []string
	for i, l := range all {
		if i == diffShown && len(all) > i+1 {
			out = append(out, fmt.Sprintf("%s… %d more lines", mark, len(all)-i))
			break
		}
		out = append(out, mark+strings.ReplaceAll(l.raw, "\n", "\n"+mark))
	}
	return strings.Join(out, "\n")
}

// diff returns "" when the lines are as wanted. Else differs says where they first
// differ and shows both there, "-" before what is only wanted and "+" before what is only
// there, and there is all of got, in the words of want where they fit.
func diff(want, got []line) (differs string, there []line) {
	same := func(i, j int) bool { return matches(want[i].text, got[j].text) }
	first := 0
	for first < len(want) && first < len(got) && same(first, first) {
		first++
	}
	if first == len(want) && first == len(got) {
		return "", got
	}
	end := 0
	for end < len(want)-first && end < len(got)-first && same(len(want)-1-end, len(got)-1-end) {
		end++
	}
	number := 1
	for _, l := range want[:first] {
		number += 1 + strings.Count(l.raw, "\n")
	}
	changes := edits(want[first:len(want)-end], got[first:len(got)-end])
	shownChanges := append(marked(' ', want[max(0, first-diffContext):first]), changes...)
	shownChanges = append(shownChanges, marked(' ', want[len(want)-end:][:min(end, diffContext)])...)
	there = append(there, want[:first]...)
	for _, e := range changes {
		if e.mark != '-' {
			there = append(there, e.line)
		}
	}
	there = append(there, want[len(want)-end:]...)
	return fmt.Sprintf("from line %d on (- wanted, + there):\n%s", number, drawn(shownChanges)), there
}

// edit is a line that is only wanted ('-'), only there ('+') or both (' ').
type edit struct {
	mark byte
	line
}

func marked(mark byte, lines []line) (all []edit) {
	for _, l := range lines {
		all = append(all, edit{mark, l})
	}
	return all
}

// drawn is a text of edits. A line that is wanted and the one that is there instead
// stand together, with the first words that differ below them.
func drawn(edits []edit) string {
	var out []line
	put := func(mark string, lines ...line) {
		for _, l := range lines {
			out = append(out, line{raw: shown([]line{l}, mark)})
		}
	}
	var minus, plus []line
	flush := func() {
		for len(minus) > 0 || len(plus) > 0 {
			m, p := minus[:min(1, len(minus))], plus[:min(1, len(plus))]
			minus, plus = minus[len(m):], plus[len(p):]
			put("- ", m...)
			put("+ ", p...)
			if len(m)+len(p) == 2 {
				out = append(out, line{raw: "  ^ " + difference(m[0].text, p[0].text)})
			}
		}
	}
	for _, e := range edits {
		switch e.mark {
		case '-':
			minus = append(minus, e.line)
		case '+':
			plus = append(plus, e.line)
		default:
			flush()
			put("  ", e.line)
		}
	}
	flush()
	return shown(out, "")
}

// difference tells what first differs between two lines.
func difference(want, got string) string {
	want, got = strings.TrimLeft(want, " "), strings.TrimLeft(got, " ")
	ok, w, g := match(want, got)
	if ok {
		return "at another depth"
	}
	inside := func(line string, at int) bool {
		return 0 < at && at < len(line) && line[at-1] != ' ' && line[at] != ' '
	}
	if inside(want, w) && g > 0 || inside(got, g) && w > 0 { // both show the word that they have begun
		w, g = w-1, g-1
	}
	return fmt.Sprintf("%s wanted, %s there", wordAround(want, w), wordAround(got, g))
}

// edits turns want into got with few lines marked, by their longest common
// subsequence where that is affordable.
func edits(want, got []line) (out []edit) {
	if len(want) > diffCells/max(1, len(got)) { // no product: it may not fit 32 bits
		return append(marked('-', want), marked('+', got)...)
	}
	// common[i][j] is how many lines want[i:] and got[j:] have in common.
	common := make([][]int, len(want)+1)
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if matches(want[i].text, got[j].text) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && matches(want[i].text, got[j].text):
			out = append(out, edit{' ', want[i]})
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && common[i+1][j] >= common[i][j+1]:
			out = append(out, edit{'-', want[i]})
			i++
		default:
			out = append(out, edit{'+', got[j]})
			j++
		}
	}
	return out
}
