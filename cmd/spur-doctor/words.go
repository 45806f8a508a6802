// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/env"
	"github.com/go-spur/spur/internal/format"
)

// plural is "1 file", or "2 files".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// some joins a list, up to maxNames of it.
func some(list []string) string {
	if len(list) <= maxNames {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:maxNames], ", "), len(list)-maxNames)
}

// word says what a switch is at, or by default.
func word(on *bool, usual bool, yes, no string) string {
	if on != nil {
		usual = *on
	}
	if usual {
		return yes
	}
	return no
}

func number(n, usual int) string { return strconv.Itoa(cmp.Or(n, usual)) }

func duration(d, usual time.Duration) string { return cmp.Or(d, usual).String() }

func length(characters int, usual string) string {
	if characters == 0 {
		return usual
	}
	return strconv.Itoa(characters) + " characters"
}

// headers says which formats are read and written.
func headers(s *env.Settings) string {
	if s.Formats == nil {
		return "reads jaeger, w3c, b3; writes jaeger, w3c"
	}
	var names []string
	for _, f := range s.Formats {
		names = append(names, f.String())
	}
	if len(names) == 0 {
		return "none is read or written"
	}
	return "reads and writes " + strings.Join(names, ", ")
}

// sentence is a line for the log as one for people.
func sentence(w *env.Warning) string {
	text := strings.TrimPrefix(w.Text, "spur: ")
	var rest []string
	for i := 0; i+1 < len(w.Args); i += 2 {
		switch key := fmt.Sprint(w.Args[i]); key {
		case "variable", "variables":
		default:
			value, _ := format.String(w.Args[i+1], maxText)
			rest = append(rest, key+" "+value)
		}
	}
	if len(rest) > 0 {
		text += " (" + strings.Join(rest, ", ") + ")"
	}
	return text
}
