// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maxBytes is what a browser may get in all, compressed with gzip.
const maxBytes = 150_000

func TestSize(t *testing.T) {
	u, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	h := handler(u, "")
	page := get(h, "/").Body.String()
	sum := len(compressed([]byte(page)))
	for _, address := range append(addresses(page), "/ui/"+u.hash+"/"+worker) {
		w := get(h, address, "Accept-Encoding", "gzip")
		if w.Header().Get("Content-Encoding") == "gzip" {
			sum += w.Body.Len()
		} else {
			sum += len(compressed(w.Body.Bytes()))
		}
	}
	t.Logf("the UI has %d bytes with gzip, of %d", sum, maxBytes)
	if sum > maxBytes {
		t.Errorf("the UI has %d bytes with gzip, more than %d", sum, maxBytes)
	}
}

// mayImport says which folders a folder may import, beside itself.
var mayImport = map[string]string{
	"lib":    "",
	"trace":  "lib search",
	"search": "lib",
	"app":    "lib trace search vendor",
	"parts":  "app lib trace search vendor",
	"pages":  "app lib trace search vendor parts",
	"vendor": "",
}

var (
	imports  = regexp.MustCompile(`(?m)(?:^import\b[^'"]*?|^\} from |^export [^'"]*? from |\bimport\(|\bnew URL\()['"]([^'"]+)['"]`)
	comments = regexp.MustCompile(`(?s)/\*.*?\*/`)
	// What would run or show text of a trace as code, or what the policy forbids.
	forbidden = regexp.MustCompile("innerHTML|outerHTML|insertAdjacentHTML|unsafeHTML|unsafeSVG|unsafeStatic|styleMap|document\\.write|\\beval\\(|new Function|style=[\"']?\\$\\{|srcdoc|cssText|setAttribute\\('style'")
	// A document's tree, which the tests in Node do not have.
	dom = regexp.MustCompile(`\b(?:document|window|navigator|localStorage|location|customElements)\.|\brequestAnimationFrame\(|\bHTML\w*Element\b`)
)

func TestSources(t *testing.T) {
	for _, name := range embedded(t) {
		if path.Ext(name) != ".js" || name == "vendor/lit.js" {
			continue
		}
		text := string(read(t, name))
		folder := path.Dir(name)
		if !strings.HasPrefix(text, "// SPDX-License-Identifier: Apache-2.0\n") {
			t.Errorf("%s names no licence in its first line", name)
		}
		if n := strings.Count(text, "\n"); n > 350 {
			t.Errorf("%s has %d lines", name, n)
		}
		for _, m := range imports.FindAllStringSubmatch(comments.ReplaceAllString(text, ""), -1) { // those in comments are of types
			if reason := wrongImport(name, m[1]); reason != "" {
				t.Errorf("%s imports %s: %s", name, m[1], reason)
			}
		}
		for i, line := range strings.Split(text, "\n") {
			if what := forbidden.FindString(line); what != "" {
				t.Errorf("%s:%d: %s", name, i+1, what)
			}
			code, _, _ := strings.Cut(line, "//")
			if what := dom.FindString(code); what != "" && slices.Contains([]string{"lib", "trace", "search"}, folder) && !strings.HasPrefix(strings.TrimSpace(code), "*") {
				t.Errorf("%s:%d: %s: there is no DOM in %s", name, i+1, what, folder)
			}
		}
		if n := strings.Count(text, "customElements.define("); n > 1 {
			t.Errorf("%s defines %d elements", name, n)
		}
	}
}

// wrongImport says why a file must not import a path, or "".
func wrongImport(name, imported string) string {
	if !strings.HasPrefix(imported, ".") {
		return "the path is not relative"
	}
	target := path.Join(path.Dir(name), imported)
	if _, err := fs.Stat(files, target); err != nil {
		return "it is not served"
	}
	from, to := path.Dir(name), path.Dir(target)
	if name == "app/shell.js" && to == "pages" || name == "app/shell.js" && to == "parts" || from == to {
		return ""
	}
	if !slices.Contains(strings.Fields(mayImport[from]), to) {
		return from + " may import " + mayImport[from]
	}
	return ""
}

func TestWrongImport(t *testing.T) {
	for _, c := range []struct{ name, imported, want string }{
		{"pages/trace-page.js", "../app/api.js", ""},
		{"app/shell.js", "../pages/trace-page.js", ""},
		{"app/load-trace.js", "../pages/trace-page.js", "app may import lib trace search vendor"},
		{"trace/rows.js", "../app/api.js", "trace may import lib search"},
		{"trace/rows.js", "lit", "the path is not relative"},
		{"trace/rows.js", "../types.d.ts", "it is not served"},
	} {
		if got := wrongImport(c.name, c.imported); got != c.want {
			t.Errorf("%s imports %s: %q, want %q", c.name, c.imported, got, c.want)
		}
	}
	all := imports.FindAllStringSubmatch("import './a.js';\nimport { b,\n  c\n} from './b.js';\nexport { d } from './d.js';\nnew Worker(new URL('./e.js', x));\nawait import('./f.js');", -1)
	if len(all) != 5 {
		t.Errorf("found %q", all)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := fs.ReadFile(files, name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
