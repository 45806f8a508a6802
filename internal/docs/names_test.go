// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestNames looks up what the documents' text names: links to files, make's targets,
// and pkg.Name of this repository.
func TestNames(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	var (
		link   = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
		target = regexp.MustCompile("(?:^|`)make ([a-z0-9-]+)")
		code   = regexp.MustCompile("`[^`]+`")
		name   = regexp.MustCompile(`\b(spur[a-z]*|baggage|propagation|reporter|sampler|throttler|transport|suite)\.([A-Z]\w*)`)
	)
	exports := exports(t)
	for _, d := range documents(t) {
		for i, line := range strings.Split(d.text, "\n") {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				if strings.Contains(m[1], ":") {
					continue
				}
				if _, err := os.Stat(filepath.Join(root, filepath.Dir(d.file), m[1])); err != nil {
					t.Errorf("%s:%d: %v", d.file, i+1, err)
				}
			}
			for _, m := range target.FindAllStringSubmatch(line, -1) {
				if !strings.Contains(string(makefile), "\n"+m[1]+":") {
					t.Errorf("%s:%d: the Makefile has no target %s", d.file, i+1, m[1])
				}
			}
			for _, m := range name.FindAllString(strings.Join(code.FindAllString(line, -1), " "), -1) {
				if !exports[m] {
					t.Errorf("%s:%d: there is no %s", d.file, i+1, m)
				}
			}
		}
	}
}

// exports returns what the packages of the repository export at the top level, as pkg.Name.
func exports(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, path := range files(t, ".go") {
		if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "internal") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
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
