// SPDX-License-Identifier: Apache-2.0

package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// file is one source file of the repository, or a fixture that pretends to be.
type file struct {
	path   string // slash-separated, from the repository's root
	module string // directory of the module it belongs to, "." for the root module
	src    string

	fset      *token.FileSet
	syntax    *ast.File // nil when it is not Go
	generated bool
}

// newFile parses src. The module is the row of moduleTable with the longest
// directory that contains the file.
func newFile(name, src string) (*file, error) {
	f := &file{path: name, module: moduleOf(name), src: src}
	if path.Ext(name) == ".go" {
		f.fset = token.NewFileSet()
		var err error
		if f.syntax, err = parser.ParseFile(f.fset, name, src, parser.ParseComments); err != nil {
			return nil, err
		}
		f.generated = ast.IsGenerated(f.syntax)
	}
	return f, nil
}

func (f *file) dir() string         { return path.Dir(f.path) }
func (f *file) isGo() bool          { return f.syntax != nil }
func (f *file) isTest() bool        { return strings.HasSuffix(f.path, "_test.go") }
func (f *file) isLibrary() bool     { return f.isGo() && !f.isTest() && f.syntax.Name.Name != "main" }
func (f *file) line(n ast.Node) int { return f.fset.Position(n.Pos()).Line }

// imports maps each imported path to the name it has in the file.
func (f *file) imports() map[string]string {
	names := make(map[string]string)
	for _, spec := range f.syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has accepted it, so this does not happen
		}
		names[p] = path.Base(p)
		if spec.Name != nil {
			names[p] = spec.Name.Name
		}
	}
	return names
}

// uses returns the lines on which the file names a member of the package pkg for
// which match is true. A local variable that hides the package does not count.
func (f *file) uses(pkg string, match func(member string) bool) []int {
	name, imported := f.imports()[pkg]
	if !imported {
		return nil
	}
	var lines []int
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == name && id.Obj == nil && match(sel.Sel.Name) {
			lines = append(lines, f.line(sel))
		}
		return true
	})
	return lines
}

// repository is the root directory, found from this package's own directory.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !strings.Contains(string(mod), "module "+rootPath) {
		t.Fatalf("%s is not the root of %s: %v", root, rootPath, err)
	}
	return root
}

// tree reads the Go files, shell scripts and make files of the repository.
func tree(t *testing.T) []*file {
	t.Helper()
	root := repository(t)
	var files []*file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && skipDir(d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !isSource(rel) {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f, err := newFile(rel, string(src))
		if err != nil {
			return err
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("found %d files under %s: the walk is broken", len(files), root)
	}
	return files
}

func skipDir(name string) bool {
	switch name {
	case "bin", "testdata", "vendor", "node_modules":
		return true
	case ".ci":
		return false
	}
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

func isSource(p string) bool {
	return path.Ext(p) == ".go" || isScript(p) || path.Base(p) == "Makefile"
}

func isScript(p string) bool { return path.Ext(p) == ".sh" || p == ".ci/run" }

// fixture is a source that a rule is tried on.
type fixture struct{ path, src string }

func (x fixture) parse(t *testing.T) *file {
	t.Helper()
	f, err := newFile(x.path, x.src)
	if err != nil {
		t.Fatalf("fixture: %v", err)
	}
	return f
}

// report fails t once for each problem.
func report(t *testing.T, problems []string) {
	t.Helper()
	for _, p := range problems {
		t.Error(p)
	}
}

// expect checks that a rule tried on a fixture found want, a part of each
// message in order, and nothing else.
func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d problems %q, want %d like %q", len(got), got, len(want), want)
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("problem %d is %q, want something with %q", i, got[i], want[i])
		}
	}
}

func problem(f *file, line int, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", f.path, line, fmt.Sprintf(format, args...))
}
