// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/js"
)

// bundled is the name of the module that stands for all that a page loads. It is in
// a folder as deep as those of the sources, for what they find relative to
// themselves.
const bundled = "app/all.js"

// A module imports at the beginning of lines, from paths in single quotes, and
// exports what it declares.
var (
	importing = regexp.MustCompile(`^import (?:(\{[^}]*\}|\* as \w+) from )?'(\.[^']*)';\n$`)
	exporting = regexp.MustCompile(`^export ((?:async )?(?:function\*?|class|const) (\w+).*\n)$`)
)

// bundle returns one module that does what entry does, with all that it imports: a
// browser asks once instead of a hundred times, and text of one piece is half as
// long when it is compressed. Files of vendor stay apart. Modules of a folder are
// beside each other, and so are styles: gzip finds what is repeated within 32 kB.
func bundle(files fs.FS, entry string) ([]byte, error) {
	b := bundler{files: files, ids: map[string]string{}, exports: map[string][]string{}, places: map[string]int{}}
	if _, err := b.add(entry); err != nil {
		return nil, err
	}
	slices.SortStableFunc(b.modules, func(a, b module) int { return cmp.Compare(a.place, b.place) })
	for _, m := range b.modules {
		b.body.WriteString(m.text)
	}
	body := b.body.Bytes()
	if lit := b.ids["vendor/lit.js"]; lit != "" {
		body = stylesFirst(body, lit)
	}
	return append(b.head.Bytes(), body...), nil
}

// stylesFirst moves styles without expressions, made by css of lit, into an array at
// the beginning.
func stylesFirst(body []byte, lit string) []byte {
	all := []byte("const $styles = [\n")
	n := 0
	body = styles.ReplaceAllFunc(body, func(s []byte) []byte {
		if bytes.Contains(s, []byte("${")) {
			return s
		}
		all = fmt.Appendf(all, "%s.%s,\n", lit, s)
		n++
		return fmt.Appendf(nil, "$styles[%d]", n-1)
	})
	if n == 0 {
		return body
	}
	return append(append(all, "];\n"...), body...)
}

// folders in the order in which most of them import each other.
var folders = []string{"lib", "search", "trace", "app", "parts", "pages"}

type module struct {
	place int // of its folder, or of the last one that it needs
	text  string
}

type bundler struct {
	files      fs.FS
	ids        map[string]string   // of modules, by name; "" while what it imports is added
	exports    map[string][]string // of modules, by id, whose object has an array of them
	places     map[string]int      // of modules, by id
	modules    []module
	names      int
	head, body bytes.Buffer
}

// add writes a module behind those that it imports, and returns its id, the name
// of what has its exports.
func (b *bundler) add(name string) (string, error) {
	if id, ok := b.ids[name]; ok {
		if id == "" {
			return "", fmt.Errorf("%s imports itself", name)
		}
		return id, nil
	}
	b.ids[name] = ""
	if path.Dir(name) == "vendor" {
		id := b.name(name)
		fmt.Fprintf(&b.head, "import * as %s from '../%s';\n", id, name)
		return id, nil
	}
	source, err := fs.ReadFile(b.files, name)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	var exports []string
	place := slices.Index(folders, path.Dir(name))
	for rest := string(source); rest != ""; {
		var s string
		s, rest = statement(rest)
		switch {
		case strings.HasPrefix(s, "import "):
			id, err := b.addImport(&text, name, s)
			if err != nil {
				return "", err
			}
			place = max(place, b.places[id])
		case strings.HasPrefix(s, "export "):
			m := exporting.FindStringSubmatch(s)
			if m == nil {
				return "", fmt.Errorf("%s: %.80q cannot be bundled", name, strings.TrimSpace(s))
			}
			text.WriteString(m[1])
			exports = append(exports, m[2])
		default:
			text.WriteString(s)
		}
	}
	id := b.name(name)
	b.exports[id] = exports
	b.places[id] = place
	b.modules = append(b.modules, module{place, fmt.Sprintf("const %s = (() => {\n%sreturn [%s];\n})();\n", id, text.String(), strings.Join(exports, ", "))})
	return id, nil
}

// addImport adds the module that a statement of another imports, writes what
// stands for the statement, and returns its id.
func (b *bundler) addImport(w *strings.Builder, name, statement string) (string, error) {
	m := importing.FindStringSubmatch(statement)
	if m == nil {
		return "", fmt.Errorf("%s: %.80q cannot be bundled", name, strings.TrimSpace(statement))
	}
	id, err := b.add(path.Join(path.Dir(name), m[2]))
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	exports, ours := b.exports[id]
	switch what := m[1]; {
	case what == "":
	case !ours: // an object, of vendor
		fmt.Fprintf(w, "const %s = %s;\n", strings.ReplaceAll(strings.TrimPrefix(what, "* as "), " as ", ": "), id)
	case strings.HasPrefix(what, "*"):
		fmt.Fprintf(w, "const %s = {", strings.TrimPrefix(what, "* as "))
		for i, export := range exports {
			fmt.Fprintf(w, " %s: %s[%d],", export, id, i)
		}
		w.WriteString(" };\n")
	default:
		locals := make([]string, len(exports))
		for _, one := range strings.Split(strings.Trim(what, "{,} \n"), ",") {
			export, local, as := strings.Cut(strings.TrimSpace(one), " as ")
			if !as {
				local = export
			}
			i := slices.Index(exports, export)
			if i < 0 {
				return "", fmt.Errorf("%s: %s does not export %s", name, m[2], export)
			}
			locals[i] = local
		}
		fmt.Fprintf(w, "const [%s] = %s;\n", strings.Join(locals, ","), id)
	}
	return id, nil
}

// statement cuts the first line off a text, or all lines of an import, without the
// spaces before it: they may mean nothing, in templates, too.
func statement(text string) (first, rest string) {
	line, rest := cutLine(text)
	if strings.HasPrefix(line, "import ") {
		for !strings.Contains(line, ";\n") && rest != "" {
			var more string
			more, rest = cutLine(rest)
			line += more
		}
	}
	return strings.TrimLeft(line, " "), rest
}

func cutLine(text string) (line, rest string) {
	if i := strings.IndexByte(text, '\n') + 1; i > 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// name returns a variable for a module.
func (b *bundler) name(module string) string {
	id := fmt.Sprintf("$%d", b.names)
	b.names++
	b.ids[module] = id
	return id
}

// Of a style: what spaces beside it mean nothing, and what a space behind it does.
var (
	styles = regexp.MustCompile("css`[^`]*`")
	signs  = regexp.MustCompile(`\s*([{};,])\s*`)
	colons = regexp.MustCompile(`:\s+`)
)

// minified returns a module without comments and spaces, its variables renamed: with
// gzip it is a third smaller. A text that is no JavaScript is as it was.
func minified(module []byte) []byte {
	module = styles.ReplaceAllFunc(module, func(s []byte) []byte {
		return colons.ReplaceAll(signs.ReplaceAll(s, []byte("$1")), []byte(":"))
	})
	var b bytes.Buffer
	if err := js.Minify(minify.New(), &b, bytes.NewReader(module), nil); err != nil {
		return module
	}
	return b.Bytes()
}
