// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// TestNames looks up what the documents' text names: files and headings that are linked
// to, make's targets, environment variables, and pkg.Name of this repository.
func TestNames(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	var (
		link   = regexp.MustCompile(`\]\(([^)#\s]*)(#[^)\s]*)?\)`)
		target = regexp.MustCompile("(?:^|`)make ([a-z0-9-]+)")
		code   = regexp.MustCompile("`[^`]+`")
		envVar = regexp.MustCompile(`\b(?:JAEGER|OTEL)_[A-Z0-9_]*[A-Z0-9]\b`)
		name   = regexp.MustCompile(`\b(spur[a-z]*|baggage|propagation|reporter|sampler|throttler|transport|suite)\.([A-Z]\w*)`)
	)
	exports, known, all := exports(t), variables(), documents(t)
	headings := map[string]bool{} // "file.md#heading"
	for _, d := range all {
		for _, line := range strings.Split(d.text, "\n") {
			if heading, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && line[0] == '#' {
				headings[d.file+"#"+anchor(heading)] = true
			}
		}
	}
	for _, d := range all {
		for i, line := range strings.Split(d.text, "\n") {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				file := d.file
				if strings.Contains(m[1], ":") {
					continue
				} else if m[1] != "" {
					file = path.Join(path.Dir(d.file), m[1])
				}
				if _, err := os.Stat(filepath.Join(root, file)); err != nil {
					t.Errorf("%s:%d: %v", d.file, i+1, err)
				}
				if m[2] != "" && strings.HasSuffix(file, ".md") && !headings[file+m[2]] {
					t.Errorf("%s:%d: no heading is called %s%s", d.file, i+1, file, m[2])
				}
			}
			for _, m := range target.FindAllStringSubmatch(line, -1) {
				if !strings.Contains(string(makefile), "\n"+m[1]+":") {
					t.Errorf("%s:%d: the Makefile has no target %s", d.file, i+1, m[1])
				}
			}
			line = strings.Join(code.FindAllString(line, -1), " ")
			for _, m := range envVar.FindAllString(line, -1) {
				if !known[m] {
					t.Errorf("%s:%d: no variable is called %s", d.file, i+1, m)
				}
			}
			for _, m := range name.FindAllString(line, -1) {
				if !exports[m] {
					t.Errorf("%s:%d: there is no %s", d.file, i+1, m)
				}
			}
		}
	}
}

// anchor returns what a link calls a heading, as GitHub has it.
func anchor(heading string) string {
	return strings.ReplaceAll(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_", r) {
			return unicode.ToLower(r)
		}
		return -1
	}, heading), " ", "-")
}

// exports returns what the packages of the repository export at the top level, as pkg.Name.
func exports(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, source := range files(t, ".go") {
		if strings.HasSuffix(source, "_test.go") || strings.Contains(source, "internal") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		add := func(id *ast.Ident) { names[f.Name.Name+"."+id.Name] = true }
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					add(d.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						add(s.Name)
					case *ast.ValueSpec:
						for _, id := range s.Names {
							add(id)
						}
					}
				}
			}
		}
	}
	return names
}
