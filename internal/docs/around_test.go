// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

// around has what blocks of Go take for granted: imports, by the name of the package,
// and declarations, by theirs.
type around struct {
	imports map[string]string
	decls   map[string]string
}

func readAround(t *testing.T) around {
	t.Helper()
	src, err := os.ReadFile("testdata/around.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "testdata/around.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := func(n ast.Node) string {
		return string(src[fset.Position(n.Pos()).Offset:fset.Position(n.End()).Offset])
	}
	a := around{map[string]string{}, map[string]string{}}
	for _, spec := range f.Imports {
		name, quoted := importName(spec)
		a.imports[name] = quoted
	}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			a.decls[d.Name.Name] = text(d)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.ValueSpec:
					a.decls[s.Names[0].Name] = d.Tok.String() + " " + text(s)
				case *ast.TypeSpec:
					a.decls[s.Name.Name] = d.Tok.String() + " " + text(s)
				}
			}
		}
	}
	return a
}

// importName returns the name by which a file calls an import, and its quoted path.
func importName(spec *ast.ImportSpec) (name, quoted string) {
	if spec.Name != nil {
		return spec.Name.Name, spec.Path.Value
	}
	p, _ := strconv.Unquote(spec.Path.Value)
	name = path.Base(p)
	if _, err := strconv.Atoi(strings.TrimPrefix(name, "v")); err == nil {
		name = path.Base(path.Dir(p)) // chi/v5
	}
	return strings.TrimSuffix(name, "-go"), spec.Path.Value
}

// file makes a Go file of a block. It is the block's own text, and errors name its lines.
func (a *around) file(b block, isProgram bool) (src string, f *ast.File, err error) {
	position := fmt.Sprintf("//line %s:%d\n", b.file, b.line)
	if strings.HasPrefix(b.text, "package ") || strings.Contains(b.text, "\npackage ") {
		src = position + b.text
		f, err = parser.ParseFile(token.NewFileSet(), "", src, 0)
		return src, f, err
	}
	src = position + b.text
	if f, err = parser.ParseFile(token.NewFileSet(), "", "package p\n"+src, 0); err != nil {
		if src, f, err = body(position, b.text, isProgram); err != nil {
			return "", nil, err
		}
	}
	head, tail := "package snippet\n", "//line around.go:1\n"
	if isProgram {
		head = "package main\n"
	}
	own := map[string]bool{}
	for _, spec := range f.Imports {
		name, _ := importName(spec)
		own[name] = true
	}
	for open := f.Unresolved; len(open) > 0; open = open[1:] {
		name := open[0].Name
		if own[name] {
			continue
		}
		own[name] = true
		if quoted, ok := a.imports[name]; ok {
			head += "import " + name + " " + quoted + "\n"
		} else if decl, ok := a.decls[name]; ok {
			tail += decl + "\n"
			d, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+decl, 0)
			if err != nil {
				return "", nil, err
			}
			open = append(open, d.Unresolved...)
		}
	}
	src = head + src + tail
	f, err = parser.ParseFile(token.NewFileSet(), "", src, 0)
	return src, f, err
}

// body makes a function of statements. What they declare counts as used.
func body(position, text string, isProgram bool) (src string, f *ast.File, err error) {
	name, result, end := "Snippet", "", ""
	if isProgram {
		name = "main"
	}
	build := func() (string, *ast.File, error) {
		src := "func " + name + "()" + result + " {\n" + position + text + end + "}\n"
		f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+src, 0)
		return src, f, err
	}
	if _, f, err = build(); err != nil {
		return "", nil, err
	}
	statements := f.Decls[len(f.Decls)-1].(*ast.FuncDecl).Body.List
	for _, s := range statements {
		if assign, ok := s.(*ast.AssignStmt); ok && assign.Tok == token.DEFINE {
			for _, left := range assign.Lhs {
				if id := left.(*ast.Ident); id.Name != "_" {
					end += "_ = " + id.Name + "\n"
				}
			}
		}
	}
	if returnsError(statements) {
		result = " error"
		if _, last := statements[len(statements)-1].(*ast.ReturnStmt); last {
			end = ""
		} else {
			end += "return nil\n"
		}
	}
	return build()
}

// returnsError reports whether one of the statements returns a value.
func returnsError(statements []ast.Stmt) (found bool) {
	for _, s := range statements {
		ast.Inspect(s, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
				found = true
			}
			_, isFunc := n.(*ast.FuncLit)
			return !isFunc
		})
	}
	return found
}
