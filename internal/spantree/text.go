// SPDX-License-Identifier: Apache-2.0

package spantree

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-spur/spur/model"
)

// maxText is how many characters of a text are printed.
const maxText = 60

// Columns is the width of a text, roughly.
func Columns(s string) int { return utf8.RuneCountInString(s) }

// Duration is what the backend shows of d: microseconds, unless there are none.
func Duration(d time.Duration) string {
	if d >= time.Microsecond || d <= -time.Microsecond {
		d = d.Truncate(time.Microsecond)
	}
	return d.String()
}

// Value prints a value so that its kind can be seen.
func Value(v model.Value) string {
	switch v.Kind() {
	case model.KindBytes:
		const most = maxText / 2
		b := v.Str()
		if len(b) <= most {
			return fmt.Sprintf("0x%x", b)
		}
		return fmt.Sprintf("0x%x", b[:most]) + omitted(len(b)-most)
	case model.KindFloat64:
		text := v.String()
		if !strings.ContainsAny(text, ".eIN") { // Inf and NaN
			text += ".0"
		}
		return text
	case model.KindString:
		return bare(v.Str())
	}
	return v.String()
}

// bare prints a text without quotes if it is one word that means nothing else.
func bare(s string) string {
	if len(s) > maxText { // which the mark of what is omitted tells from a number
		return Word(s)
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil || s == "true" || s == "false" || strings.HasPrefix(s, "0x") {
		return quote(s)
	}
	return Word(s)
}

// Word prints a text without quotes if it is one word.
func Word(s string) string {
	text, rest := cut(s)
	if text == "" || !printable(text) || strings.ContainsAny(text, ` "`) {
		return quote(s)
	}
	return text + omitted(rest)
}

// Phrase prints a text that may hold blanks. What begins as other lines of a tree do is
// quoted.
func Phrase(s string) string {
	text, rest := cut(s)
	if text == "" || strings.ContainsAny(text[:1], "|@\"") || strings.HasPrefix(text, "->") || text != strings.Join(strings.Fields(text), " ") || !printable(text) {
		return quote(s)
	}
	return text + omitted(rest)
}

func quote(s string) string {
	text, rest := cut(s)
	return strconv.Quote(text) + omitted(rest)
}

// omitted tells how much of a text is not printed.
func omitted(bytes int) string {
	if bytes == 0 {
		return ""
	}
	return fmt.Sprintf("…[+%d bytes]", bytes)
}

// cut returns the first maxText characters of s and how many bytes are behind
// them.
func cut(s string) (text string, rest int) {
	chars := 0
	for i := range s {
		if chars == maxText {
			return s[:i], len(s) - i
		}
		chars++
	}
	return s, 0
}

func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
