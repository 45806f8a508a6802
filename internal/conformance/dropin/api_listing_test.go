// SPDX-License-Identifier: Apache-2.0

package dropin

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/gcexportdata"
)

// exported returns the packages of the module as the compiler sees them, by import path.
func exported(t *testing.T, flags ...string) map[string]*types.Package {
	args := append([]string{"list", "-export", "-deps", "-e", "-f", "{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}"}, flags...)
	for _, path := range packages {
		args = append(args, module+path)
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[path] = file
	}
	all := map[string]*types.Package{}
	fset := token.NewFileSet()
	for _, path := range packages {
		path = module + path
		if file := files[path]; file != "" {
			all[path] = readExport(t, fset, file, path)
		}
	}
	return all
}

func readExport(t *testing.T, fset *token.FileSet, file, path string) *types.Package {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader
	if r, err = gcexportdata.NewReader(bufio.NewReader(f)); err != nil {
		t.Fatal(path, err)
	}
	p, err := gcexportdata.Read(r, fset, map[string]*types.Package{}, path)
	if err != nil {
		t.Fatal(path, err)
	}
	return p
}

// check type-checks one file, which imports nothing.
func check(t *testing.T, source string) *types.Package {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := new(types.Config).Check("p", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// listing has a line for everything that a program can name of a package or reach through
// what it names: constants with values, variables, functions, types with their fields,
// tags and method sets, also of types that are not exported when a variable, a result or a
// field has them.
func listing(p *types.Package) map[string]bool {
	l := &lister{pkg: p, lines: map[string]bool{}, seen: map[*types.TypeName]bool{}}
	for _, name := range p.Scope().Names() {
		o := p.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		switch o := o.(type) {
		case *types.Const:
			l.add("const %s %s = %s", name, l.name(o.Type()), o.Val().ExactString())
		case *types.Var:
			l.add("var %s %s", name, l.name(o.Type()))
		case *types.Func:
			l.add("func %s%s", name, l.signature(o))
		case *types.TypeName:
			l.typeName(o)
		}
	}
	return l.lines
}

type lister struct {
	pkg   *types.Package
	lines map[string]bool
	seen  map[*types.TypeName]bool
}

func (l *lister) add(format string, args ...any) { l.lines[fmt.Sprintf(format, args...)] = true }

var anyWord = regexp.MustCompile(`\bany\b`)

// name is a type in words, with the paths of packages, without names of parameters and
// with interface{} for any. What it mentions is listed, too.
func (l *lister) name(t types.Type) string {
	l.reach(t)
	return anyWord.ReplaceAllString(types.TypeString(nameless(t), nil), "interface{}")
}

func (l *lister) signature(f *types.Func) string {
	return strings.TrimPrefix(l.name(f.Type()), "func")
}

func (l *lister) typeName(o *types.TypeName) {
	if l.seen[o] {
		return
	}
	l.seen[o] = true
	t := types.Unalias(o.Type())
	kind := "type"
	if o.IsAlias() {
		kind = "alias"
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		l.add("%s %s struct", kind, o.Name())
		for i := range u.NumFields() {
			if f := u.Field(i); f.Exported() {
				l.add("%s.%s %s embedded=%t %q", o.Name(), f.Name(), l.name(f.Type()), f.Embedded(), u.Tag(i))
			}
		}
	case *types.Interface:
		l.add("%s %s interface of %d", kind, o.Name(), u.NumMethods())
	default:
		l.add("%s %s %s", kind, o.Name(), l.name(u))
	}
	for _, recv := range []types.Type{t, types.NewPointer(t)} {
		for m := range types.NewMethodSet(recv).Methods() {
			if f := m.Obj().(*types.Func); f.Exported() {
				l.add("method (%s) %s%s", types.TypeString(recv, types.RelativeTo(l.pkg)), f.Name(), l.signature(f))
			}
		}
	}
}

// reach lists the package's own types in t that have no exported name.
func (l *lister) reach(t types.Type) {
	switch t := t.(type) {
	case *types.Named:
		if o := t.Obj(); o.Pkg() == l.pkg && !o.Exported() {
			l.typeName(o)
		}
	case *types.Alias:
		l.reach(types.Unalias(t))
	case interface{ Elem() types.Type }: // pointers, slices, arrays, maps, channels
		l.reach(t.Elem())
		if m, ok := t.(*types.Map); ok {
			l.reach(m.Key())
		}
	case *types.Signature:
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				l.reach(v.Type())
			}
		}
	}
}

// nameless is t without the names of a function's parameters.
func nameless(t types.Type) types.Type {
	s, ok := types.Unalias(t).(*types.Signature)
	if !ok {
		return t
	}
	strip := func(tuple *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range tuple.Variables() {
			vars = append(vars, types.NewParam(token.NoPos, nil, "", nameless(v.Type())))
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, strip(s.Params()), strip(s.Results()), s.Variadic())
}
