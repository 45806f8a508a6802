// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"strconv"
	"strings"
)

// matches reports whether a printed text is as wanted, where * is any part of a word.
func matches(want, got string) bool {
	ok, _, _ := match(want, got)
	return ok
}

// match is matches, and says how far want and got agree, in bytes. A newline in want is
// one blank or two.
func match(want, got string) (ok bool, wantAt, gotAt int) {
	if want == got {
		return true, len(want), len(got)
	}
	var within []bool
	ends := []int{0} // of got, where it may agree with want[:wantAt]; ascending
	for wantAt < len(want) {
		rest, size := want[wantAt:], 1
		var next []int
		reach := func(at int) {
			if len(next) == 0 || next[len(next)-1] < at {
				next = append(next, at)
			}
		}
		if strings.HasPrefix(rest, `\*`) {
			size = 2
		}
		for _, at := range ends {
			switch {
			case rest[0] == '*':
				if within == nil {
					within = words(got)
				}
				for reach(at); at < len(got) && within[at]; reach(at) {
					at++
				}
			case rest[0] == '\n':
				for n := 1; n <= 2 && strings.HasPrefix(got[at:], "  "[:n]); n++ {
					reach(at + n)
				}
			case size == 2 && strings.HasPrefix(got[at:], "*"):
				reach(at + 1)
			case strings.HasPrefix(got[at:], rest[:size]):
				reach(at + size)
			}
		}
		if len(next) == 0 {
			return false, wantAt, ends[len(ends)-1]
		}
		ends, wantAt = next, wantAt+size
	}
	gotAt = ends[len(ends)-1]
	return gotAt == len(got), wantAt, gotAt
}

// words tells of each byte of a printed line whether it is part of a word: no blank, or
// one in a quoted text, or in what tells how much of a text is not printed.
func words(line string) []bool {
	within := make([]bool, len(line))
	for at := 0; at < len(line); {
		n := len(wordAt(line, at))
		for i := range n {
			within[at+i] = true
		}
		at += max(n, 1)
	}
	return within
}

// wordAt returns the word that begins at a place of a printed or wanted line; "" if
// there is a blank.
func wordAt(line string, begin int) string {
	end := begin
	for end < len(line) && line[end] != ' ' && line[end] != '\n' {
		n := 1
		if rest := line[end:]; rest[0] == '"' && (end == begin || line[end-1] == '=') {
			if quoted, err := strconv.QuotedPrefix(rest); err == nil {
				n = len(quoted)
			}
		} else if strings.HasPrefix(rest, "…[+") {
			n = max(1, strings.IndexByte(rest, ']')+1)
		}
		end += n
	}
	return line[begin:end]
}

// wordAround returns the word that a place of a line is in, or behind the place the
// next one.
func wordAround(line string, at int) string {
	for begin := 0; begin < len(line); {
		word := wordAt(line, begin)
		if begin += len(word); begin > at && word != "" {
			return word
		}
		begin += min(1, len(line)-begin) // the blank
	}
	return "the line's end"
}
