// SPDX-License-Identifier: Apache-2.0

package golden

import "strings"

// Same is the value of a server that says what the reference says: Jaeger 1.62 in
// Differences, v2.13 in DifferencesV3.
const Same = "="

// Known is a difference that is meant, or that somebody else made. * in a text
// stands for any text.
type Known struct {
	Field   string // of the fact
	Request string // its name; "" is any
	V162    string // what Jaeger 1.62 says, or Same; "" is nothing
	V213    string // what v2.13 says, or Same
	Ours    string // what we say, or Same
	Main    string // of v3: what Jaeger's main branch says by its sources, where that is neither 1.62's nor v2.13's
	Why     string
}

// Server is one that is compared with others.
type Server int

// The servers.
const (
	V162 Server = iota
	V213
	Ours
)

// Table is known differences, and which of them were met.
type Table struct {
	known     []Known
	reference Server
	used      [][3]bool
}

// NewTable returns the table of Differences, which are from Jaeger 1.62, none of
// them met.
func NewTable() *Table { return TableOf(Differences, V162) }

// NewTableV3 returns the table of DifferencesV3, which are from v2.13, none of them
// met.
func NewTableV3() *Table { return TableOf(DifferencesV3, V213) }

// TableOf returns a table of differences from a server, none of them met.
func TableOf(known []Known, reference Server) *Table {
	return &Table{known, reference, make([][3]bool, len(known))}
}

// Explains reports whether d, between the reference and the server, is known.
func (t *Table) Explains(s Server, d Difference) bool {
	for i, k := range t.known {
		got := k.column(s)
		if got != Same && like(k.Field, d.Field) && (k.Request == "" || like(k.Request, d.Request)) && like(k.column(t.reference), d.Want) && like(got, d.Got) {
			t.used[i][s] = true
			return true
		}
	}
	return false
}

// Unused are the entries that no difference needed, of servers that say
// something else than the reference.
func (t *Table) Unused(s Server) (all []Known) {
	for i, k := range t.known {
		if k.column(s) != Same && !t.used[i][s] {
			all = append(all, k)
		}
	}
	return all
}

func (k *Known) column(s Server) string {
	switch s {
	case V162:
		return k.V162
	case V213:
		return k.V213
	default:
		return k.Ours
	}
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
