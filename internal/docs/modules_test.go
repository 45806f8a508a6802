// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is one of the repository's.
type module struct {
	dir       string // from the root
	path      string
	goVersion string
	requires  []string
}

var (
	goModModule  = regexp.MustCompile(`(?m)^module (\S+)$`)
	goModGo      = regexp.MustCompile(`(?m)^go (\S+)$`)
	goModRequire = regexp.MustCompile(`(?m)^(?:require |\t)(\S+) v\S+`)
)

// modules reads the go.mod files, the root's first.
func modules(t *testing.T) (all []module) {
	t.Helper()
	for _, path := range files(t, "go.mod") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		m := module{dir: filepath.ToSlash(dir)}
		m.path = string(goModModule.FindSubmatch(text)[1])
		m.goVersion = string(goModGo.FindSubmatch(text)[1])
		for _, r := range goModRequire.FindAllSubmatch(text, -1) {
			m.requires = append(m.requires, string(r[1]))
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.dir, b.dir) })
	return all
}

// moduleOf returns the index of the first module that has all packages that a file
// imports.
func moduleOf(modules []module, f *ast.File) (int, error) {
	owner := func(pkg string) (owner string) {
		for _, m := range modules {
			if within(pkg, m.path) && len(m.path) > len(owner) {
				owner = m.path
			}
		}
		return owner
	}
	i := slices.IndexFunc(modules, func(m module) bool {
		return !slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool {
			pkg, _ := strconv.Unquote(spec.Path.Value)
			first, _, _ := strings.Cut(pkg, "/")
			if ours := owner(pkg); ours != "" {
				standIn := !within(ours, modules[0].path) // who requires it means the original
				return ours != m.path && (standIn || !slices.Contains(m.requires, ours))
			}
			return strings.Contains(first, ".") && !slices.ContainsFunc(m.requires, func(r string) bool { return within(pkg, r) })
		})
	})
	if i < 0 {
		return 0, fmt.Errorf("no module here has all that this imports")
	}
	return i, nil
}

// within reports whether a package's path is that of a module or below it.
func within(pkg, module string) bool {
	return pkg == module || strings.HasPrefix(pkg, module+"/")
}

// TestGoVersions: one table of the documents says from which Go on each module works.
func TestGoVersions(t *testing.T) {
	rows := map[string][]string{}
	row := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|.*\\| (1\\.[0-9]+) \\|$")
	for _, d := range documents(t) {
		for _, r := range row.FindAllStringSubmatch(d.text, -1) {
			rows[r[1]] = append(rows[r[1]], r[2])
		}
	}
	for _, m := range modules(t) {
		parts := strings.SplitN(m.goVersion, ".", 3)
		if want := []string{parts[0] + "." + parts[1]}; !slices.Equal(rows[m.path], want) {
			t.Errorf("the documents say %q of %s; its go.mod asks for a row\n| `%s` | what it is | %s |", rows[m.path], m.path, m.path, want[0])
		}
	}
}
