// SPDX-License-Identifier: Apache-2.0

package env

import (
	"slices"
	"strings"

	"github.com/go-spur/spur/internal/format"
)

// Variable describes a variable that Read reads.
type Variable struct {
	Name     string
	GoClient bool // jaeger-client-go reads it, too
	Unused   bool // checked, but without effect
}

// Variables returns all that Read reads, in the order in which it does.
func Variables() []Variable {
	all := make([]Variable, len(table))
	for i := range table {
		all[i] = Variable{table[i].name, table[i].client, table[i].unused}
	}
	return all
}

// Known reports whether Read reads a variable.
func Known(name string) bool { return index(name) >= 0 }

// Shown is what may be shown of a variable's value, in 128 bytes at most: no secrets,
// and nothing of a variable that Read does not know.
func Shown(name, value string) string {
	i := index(name)
	if i < 0 {
		return ""
	}
	return format.Short(table[i].shown(strings.TrimSpace(value)), 128)
}

// Variables returns the names that a warning is about.
func (w *Warning) Variables() (names []string) {
	for i := 0; i+1 < len(w.Args); i += 2 {
		key, _ := w.Args[i].(string)
		switch value := w.Args[i+1].(type) {
		case string:
			if key == "variable" {
				names = append(names, value)
			}
		case []string:
			if key == "variables" {
				names = append(names, value...)
			}
		}
		if index(key) >= 0 {
			names = append(names, key)
		}
	}
	return slices.Compact(names)
}
