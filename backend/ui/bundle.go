// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// bundle returns one module that does what entry does, with all that it imports: a
// browser asks once instead of a hundred times, and text of one piece is half as
// long when it is compressed. Files of vendor stay apart. Modules of a folder are
// beside each other, and so are styles: gzip finds what is repeated within 32 kB.
//
// What the modules declare is in one function, each under a name of its own, $ and a
// number, so that minified can shorten all of them. Sources have no such names.
func bundle(files fs.FS, entry string) ([]byte, error) {
	b := bundler{files: files, modules: map[string]exports{}, places: map[string]int{}}
	if err := b.add(entry); err != nil {
		return nil, err
	}
	var body []byte
	for i := range b.bodies {
		body = append(body, b.bodies[i].Bytes()...)
	}
	return fmt.Appendf(nil, "%s(() => {\n%s%s})();\n", b.head.Bytes(), b.styles.Bytes(), body), nil
}

// exports are the variables that a module exports, by the names that others import.
type exports map[string][]byte

// folders in the order in which most of them import each other.
var folders = [...]string{"lib", "search", "trace", "app", "parts", "pages"}

type bundler struct {
	files        fs.FS
	modules      map[string]exports // by path; nil while what one imports is added
	places       map[string]int     // of modules: of their folder, or of the last one that they need
	names        int
	head, styles bytes.Buffer
	bodies       [len(folders)]bytes.Buffer
}

// add writes a module behind those that it imports.
func (b *bundler) add(name string) error {
	if exports, ok := b.modules[name]; ok {
		if exports == nil {
			return fmt.Errorf("%s imports itself", name)
		}
		return nil
	}
	b.modules[name] = nil
	b.places[name] = max(0, slices.Index(folders[:], path.Dir(name)))
	source, err := fs.ReadFile(b.files, name)
	if err != nil {
		return err
	}
	tree, err := js.Parse(parse.NewInputBytes(source), js.Options{})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	imported, exported := exports{}, exports{} // the former by the names that this module gives them
	var code []js.IStmt
	for _, s := range tree.List {
		switch s := s.(type) {
		case *js.ImportStmt:
			err = b.addImport(imported, name, s)
		case *js.ExportStmt:
			if err = addExport(exported, s); err == nil {
				code = append(code, s.Decl.(js.IStmt))
			}
		default:
			code = append(code, s)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	var seen walk
	js.Walk(&seen, tree)
	if seen.err != nil {
		return fmt.Errorf("%s: %w", name, seen.err)
	}
	for _, v := range tree.Declared {
		own := string(v.Data)
		v.Data = b.name()
		if _, ok := exported[own]; ok {
			exported[own] = v.Data
		}
	}
	for _, v := range tree.Undeclared {
		if variable, ok := imported[string(v.Data)]; ok {
			v.Data = variable
		}
	}
	// Where one is used, the parser links to where it is declared, but writes { a }
	// for { a: $1 } while the names differ.
	for _, v := range seen.variables {
		v.Data = v.Name()
	}
	for _, style := range seen.styles {
		variable := b.name()
		fmt.Fprintf(&b.styles, "const %s = ", variable)
		style.JS(&b.styles)
		b.styles.WriteString(";\n")
		style.Tag, style.Tail = nil, variable
	}
	b.modules[name] = exported
	body := &b.bodies[b.places[name]]
	js.AST{BlockStmt: js.BlockStmt{List: code}}.JS(body)
	body.WriteString("\n")
	return nil
}

// addImport adds the module that a statement of another imports, and notes what the
// other calls its exports.
func (b *bundler) addImport(imported exports, name string, s *js.ImportStmt) error {
	from := strings.Trim(string(s.Module), `'"`)
	if s.Default != nil || !strings.HasPrefix(from, ".") {
		return unknown(s)
	}
	from = path.Join(path.Dir(name), from)
	foreign := path.Dir(from) == "vendor"
	if !foreign {
		if err := b.add(from); err != nil {
			return err
		}
		b.places[name] = max(b.places[name], b.places[from])
	} else if b.modules[from] == nil {
		b.modules[from] = exports{}
	}
	names := b.modules[from]
	for _, alias := range s.List {
		if alias.Binding == nil { // behind a last comma
			continue
		}
		local, export := string(alias.Binding), string(alias.Name)
		switch export {
		case "*":
			return unknown(s)
		case "":
			export = local
		}
		if names[export] == nil {
			if !foreign {
				return fmt.Errorf("%s does not export %s", from, export)
			}
			names[export] = []byte("$" + export)
			fmt.Fprintf(&b.head, "import { %s as %s } from '../%s';\n", export, names[export], from)
		}
		imported[local] = names[export]
	}
	return nil
}

// addExport notes the name that a statement exports.
func addExport(exported exports, s *js.ExportStmt) error {
	var v *js.Var
	switch d := s.Decl.(type) {
	case *js.FuncDecl:
		v = d.Name
	case *js.ClassDecl:
		v = d.Name
	case *js.VarDecl:
		if len(d.List) == 1 {
			v, _ = d.List[0].Binding.(*js.Var)
		}
	}
	if v == nil || s.Default {
		return unknown(s)
	}
	exported[string(v.Data)] = nil
	return nil
}

func unknown(s js.INode) error {
	var text strings.Builder
	s.JS(&text)
	return fmt.Errorf("%.80q cannot be bundled", text.String())
}

// name returns a new name for a variable.
func (b *bundler) name() []byte {
	b.names++
	return fmt.Appendf(nil, "$%d", b.names)
}

// walk finds the variables of a module, and its styles without expressions, and
// squeezes its templates.
type walk struct {
	variables []*js.Var
	styles    []*js.TemplateExpr
	err       error
}

func (w *walk) Enter(n js.INode) js.IVisitor {
	switch n := n.(type) {
	case *js.Var:
		w.variables = append(w.variables, n)
		if n.Data[0] == '$' {
			w.err = fmt.Errorf("%s: no name may begin with $", n.Data)
		}
	case *js.ClassDecl: // the parser takes the name for that of another variable
		if n.Name != nil && n.Name.Decl == js.ExprDecl {
			w.err = fmt.Errorf("class %s: a class in an expression must have no name", n.Name.Data)
		}
	case *js.TemplateExpr:
		squeeze(n)
		if tag, ok := n.Tag.(*js.Var); ok && len(n.List) == 0 && string(tag.Name()) == "css" {
			w.styles = append(w.styles, n)
		}
	}
	return w
}

func (*walk) Exit(js.INode) {}
