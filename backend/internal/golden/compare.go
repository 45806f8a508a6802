// SPDX-License-Identifier: Apache-2.0

package golden

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Difference is a fact that two answers do not share.
type Difference struct {
	Request string // its name
	Fact
	Want, Got string // "" is none
}

// Compare returns where got says something else than want, in the order of
// places and fields. Of a trace or a span that only one of them has, it is one
// difference.
func Compare(request string, want, got Facts) (all []Difference) {
	for name, w := range want {
		if g := got[name]; g != w && !got.lacks(name) {
			all = append(all, Difference{request, name, w, g})
		}
	}
	for name, g := range got {
		if _, both := want[name]; !both && !want.lacks(name) {
			all = append(all, Difference{request, name, "", g})
		}
	}
	slices.SortFunc(all, func(a, b Difference) int { return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Field, b.Field)) })
	return all
}

// lacks reports whether f has not even the trace, or the span, that a fact is
// about; that it is there is a fact of its own.
func (f Facts) lacks(name Fact) bool {
	for i := range name.Place {
		if name.Place[i] == ' ' && !f.has(name.Place[:i]) {
			return true
		}
	}
	return name.Field != there && !f.has(name.Place)
}

// has reports whether the trace or span at place is there; true of other places.
func (f Facts) has(place string) bool {
	words := strings.Fields(place)
	if len(words) != 2 && len(words) != 4 || words[0] != "trace" {
		return true
	}
	return f[Fact{place, there}] != ""
}

// String says it in a line.
func (d Difference) String() string {
	show := func(s string) string {
		if s == "" {
			return "nothing"
		}
		if len(s) > 300 {
			return s[:300] + "…"
		}
		return s
	}
	return fmt.Sprintf("%s: %s: %s is %s, want %s", d.Request, d.Place, d.Field, show(d.Got), show(d.Want))
}
