// SPDX-License-Identifier: Apache-2.0

package golden

import "strings"

// Same is the value of a server that says what Jaeger 1.62 says.
const Same = "="

// Known is a difference that is meant, or that somebody else made. * in a text
// stands for any text.
type Known struct {
	Field   string // of the fact
	Request string // its name; "" is any
	V162    string // what Jaeger 1.62 says; "" is nothing
	V213    string // what v2.13 says, or Same
	Ours    string // what we say, or Same
	Why     string
}

// Server is one that is compared with Jaeger 1.62.
type Server int

// The servers.
const (
	V213 Server = iota
	Ours
)

// Table is known differences, and which of them were met.
type Table struct {
	known []Known
	used  [][2]bool
}

// NewTable returns the table of Differences, none of them met.
func NewTable() *Table { return &Table{Differences, make([][2]bool, len(Differences))} }

// Explains reports whether d, between Jaeger 1.62 and the server, is known.
func (t *Table) Explains(s Server, d Difference) bool {
	for i, k := range t.known {
		got := k.column(s)
		if got != Same && like(k.Field, d.Field) && (k.Request == "" || like(k.Request, d.Request)) && like(k.V162, d.Want) && like(got, d.Got) {
			t.used[i][s] = true
			return true
		}
	}
	return false
}

// Unused are the entries that no difference needed, of servers that say
// something else than 1.62.
func (t *Table) Unused(s Server) (all []Known) {
	for i, k := range t.known {
		if k.column(s) != Same && !t.used[i][s] {
			all = append(all, k)
		}
	}
	return all
}

func (k *Known) column(s Server) string {
	if s == V213 {
		return k.V213
	}
	return k.Ours
}

// like reports whether text is the pattern, where * stands for any text.
func like(pattern, text string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !strings.HasPrefix(text, head) {
		return false
	}
	text = text[len(head):]
	for star {
		var part string
		part, rest, star = strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(text, part)
		}
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return text == ""
}
