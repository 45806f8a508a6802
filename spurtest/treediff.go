// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"fmt"
	"strings"
)

const (
	diffContext = 2     // lines shown around a difference
	diffShown   = 60    // lines shown at most
	diffCells   = 1e6   // lines wanted times lines got that are compared each with each
	indentation = " \t" // what may stand in front of a line
)

// lines splits a text. It has no line behind its last newline.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
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
	all := lines(text)
	for i := range all {
		all[i] = strings.TrimPrefix(all[i], margin)
	}
	return strings.Join(all, "\n")
}

// outdent takes the blanks in front of the first line from all lines that have
// them.
func outdent(part []string) []string {
	margin := part[0][:len(part[0])-len(strings.TrimLeft(part[0], " "))]
	moved := make([]string, len(part))
	for i := range part {
		if !strings.HasPrefix(part[i], margin) {
			return moved[:i] // it belongs to a span further up
		}
		moved[i] = part[i][len(margin):]
	}
	return moved
}

// shown is the lines of a tree, as far as they are worth showing.
func shown(all []string) string {
	if len(all) == 0 {
		return "(no spans)"
	}
	if n := len(all) - diffShown; n > 1 {
		all = append(all[:diffShown:diffShown], fmt.Sprintf("… %d more lines", n))
	}
	return strings.Join(all, "\n")
}

// diffLines returns "" when the lines are the same, and else says where they first
// differ and shows both: "-" stands before what is only wanted, "+" before what is
// only there.
func diffLines(want, got []string) string {
	first := 0
	for first < len(want) && first < len(got) && want[first] == got[first] {
		first++
	}
	if first == len(want) && first == len(got) {
		return ""
	}
	same := 0 // lines at the end
	for same < len(want)-first && same < len(got)-first && want[len(want)-1-same] == got[len(got)-1-same] {
		same++
	}
	var out []string
	for i := max(0, first-diffContext); i < first; i++ {
		out = append(out, "  "+got[i])
	}
	out = append(out, edits(want[first:len(want)-same], got[first:len(got)-same])...)
	for i := len(got) - same; i < min(len(got)-same+diffContext, len(got)); i++ {
		out = append(out, "  "+got[i])
	}
	return fmt.Sprintf("from line %d on (- wanted, + there):\n%s", first+1, shown(out))
}

// edits turns want into got with few lines marked, by their longest common
// subsequence where that is affordable.
func edits(want, got []string) (out []string) {
	if len(want) > diffCells/max(1, len(got)) { // no product: it may not fit 32 bits
		want, got = want[:min(len(want), diffShown)], got[:min(len(got), diffShown)]
	}
	// common[i][j] is how many lines want[i:] and got[j:] have in common.
	common := make([][]int, len(want)+1)
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if want[i] == got[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			out = append(out, "  "+want[i])
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && common[i+1][j] >= common[i][j+1]:
			out = append(out, "- "+want[i])
			i++
		default:
			out = append(out, "+ "+got[j])
			j++
		}
	}
	return out
}
