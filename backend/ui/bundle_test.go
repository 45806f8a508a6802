// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestBundle(t *testing.T) {
	files := fstest.MapFS{}
	for name, source := range map[string]string{
		"app/main.js": "/** Starts. */\nimport { html, css as style } from '../vendor/lit.js';\nimport { one, two as other, } from '../lib/a.js';\nimport '../lib/c.js';\nrun(one, other, html, style);\n",
		"lib/a.js":    "import { html } from '../vendor/lit.js';\nimport { Three } from './b.js';\nexport const one = () => new Three(later);\nexport async function two(html) { return html; }\nconst later = html`<a>`;\n",
		"lib/b.js":    "export class Three {}\n",
		"lib/c.js":    "import { Three } from './b.js';\nimport.meta.url;\nside(Three);\n",
		"lib/d.js":    "unused();\n",
	} {
		files[name] = &fstest.MapFile{Data: []byte(source)}
	}
	want := `import { html as $html } from '../vendor/lit.js';
import { css as $css } from '../vendor/lit.js';
(() => {
class $1 {}
const $2 = () => {
    return new $1($4);
};
async function $3(html) {
    return html;
}
const $4 = $html` + "`<a>`" + `;
import.meta.url;
side($1);
run($2, $3, $html, $css);
})();
`
	got, err := bundle(files, "app/main.js")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestBundleOrder(t *testing.T) {
	got, err := bundle(fstest.MapFS{
		"app/main.js": {Data: []byte("import '../parts/b.js';\nimport './a.js';\nmain();\n")},
		"app/a.js":    {Data: []byte("import { css } from '../vendor/lit.js';\nimport '../lib/c.js';\na(css`b { c: d }`, css`e${f}`);\n")},
		"parts/b.js":  {Data: []byte("import './d.js';\nb();\n")},
		"parts/d.js":  {Data: []byte("d();\n")},
		"lib/c.js":    {Data: []byte("c();\n")},
	}, "app/main.js")
	if err != nil {
		t.Fatal(err)
	}
	want := "import { css as $css } from '../vendor/lit.js';\n(() => {\nconst $1 = $css`b{c:d}`;\nc();\na($1, $css`e${f}`);\nd();\nb();\nmain();\n})();\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What a module calls a is $1 in the other: wherever it is used, and where another a
// is not meant.
func TestBundleRenames(t *testing.T) {
	for source, want := range map[string]string{
		"f({ a, b: a, a: 1 });":                                                     "f({a: $1, b: $1, a: 1});",
		"({ a } = f);":                                                              "({a: $1} = f);",
		"({ a = 1 } = f);":                                                          "({a: $1 = 1} = f);",
		"[a, ...a] = f;":                                                            "[$1, ...$1] = f;",
		"f(() => ({ a }), { a() { return a; } });":                                  "f(() => { return ({a: $1}); }, {a () { return $1; }});",
		"function g() { h(); function h() { f({ a }); } }":                          "function $2() { h(); function h() { f({a: $1}); } }",
		"function g(a, b = a) { return { a, b }; }":                                 "function $2(a, b = a) { return {a, b}; }",
		"function g(b = a) { var a; }":                                              "function $2(b = $1) { var a; }",
		"const { c, d: [e] = a, ...g } = a; f({ c, e, g });":                        "const {c: $2, d: [$3] = $1, ...$4} = $1; f({c: $2, e: $3, g: $4});",
		"for (const a of f) { g(a); } f(a);":                                        "for (const a of f) { g(a); } f($1);",
		"for (let i = a; i < a; i++) f(i);":                                         "for (let i = $1; i < $1; i++) { f(i); }",
		"try { a(); } catch (a) { f(a); }":                                          "try { $1(); } catch(a) { f(a); }",
		"a: for (;;) { if (a) break a; else continue a; }":                          "a: for ( ; ; ) { if ($1) break a; else continue a; }",
		"switch (a) { case a: { const a = 1; f(a); } }":                             "switch ($1) { case $1: { const a = 1; f(a); } }",
		"class C extends a { a = a; #a = a; static a() { return C.a + this.#a; } }": "class $2 extends $1 { a = $1; #a = $1; static a () { return $2.a + this.#a; } }",
		"f(function a() { a(); });":                                                 "f(function a() { a(); });",
		"f.a?.a[a]?.(a, ...a);":                                                     "f.a?.a[$1]?.($1, ...$1);",
		"f(`a ${a} ${`${{ a }}`}`, a`${a}`);":                                       "f(`a ${$1} ${`${{a: $1}}`}`, $1`${$1}`);",
		"f(/a[/`'\"]/g, 'a', typeof a, void a, (a, -a));":                           "f(/a[/`'\"]/g, 'a', typeof $1, void $1, ($1,-$1));",
		"const g = async (a) => { await a; }; f(async () => a);":                    "const $2 = async (a) => { await a; }; f(async () => { return $1; });",
		"function* g() { yield a; yield* a; }":                                      "function* $2() { yield $1; yield* $1; }",
		"f(later); const later = a; { let later = 1; f(later); }":                   "f($2); const $2 = $1; { let later = 1; f(later); }",
		"f(a ? { [a]: a } : a ?? a, a ** 2, new a, new a.a(a));":                    "f($1 ? {[$1]: $1} : $1 ?? $1, $1 ** 2, new $1(), new $1.a($1));",
	} {
		files := fstest.MapFS{
			"app/a.js":    {Data: []byte("export const own = 0;")},
			"app/main.js": {Data: []byte("import { own as a } from './a.js';\n" + source)},
		}
		text, err := bundle(files, "app/main.js")
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		got := strings.TrimSuffix(strings.TrimPrefix(string(text), "(() => {\nconst $1 = 0;\n"), "\n})();\n")
		if got := strings.Join(strings.Fields(got), " "); got != want {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

func TestBundleRefuses(t *testing.T) {
	for source, want := range map[string]string{
		"import { a } from './b.js';\n":        "app/main.js: app/b.js: app/main.js imports itself",
		"import { a } from './none.js';\n":     "open app/none.js",
		"import { a } from './c.js';\n":        "app/main.js: app/c.js does not export a",
		"import { toString } from './c.js';\n": "app/c.js does not export toString",
		"import './d.js';\n":                   "app/main.js: app/d.js: unexpected = in expression",
		"import a from './c.js';\n":            `app/main.js: "import a from './c.js';" cannot be bundled`,
		"import * as a from './c.js';\n":       `app/main.js: "import * as a from './c.js';" cannot be bundled`,
		"import { a } from 'lit';\n":           `app/main.js: "import { a } from 'lit';" cannot be bundled`,
		"export default 1;\n":                  `app/main.js: "export default 1;" cannot be bundled`,
		"export default function a() {}\n":     `app/main.js: "export default function a() {};" cannot be bundled`,
		"export { a as b };\n":                 `app/main.js: "export { a as b };" cannot be bundled`,
		"export { a } from './c.js';\n":        `cannot be bundled`,
		"export * from './c.js';\n":            `cannot be bundled`,
		"export const { a } = b;\n":            `cannot be bundled`,
		"export const a = 1, b = 2;\n":         `cannot be bundled`,
		"f(($1) => $1);\n":                     "app/main.js: $1: no name may begin with $",
		"f(class a { b = a; });\n":             "app/main.js: class a: a class in an expression must have no name",
		"const $html = 1;\n":                   "app/main.js: $html: no name may begin with $",
	} {
		_, err := bundle(fstest.MapFS{
			"app/main.js": {Data: []byte(source)}, "app/b.js": {Data: []byte("import './main.js';\n")},
			"app/c.js": {Data: []byte("export const b = 1;\n")}, "app/d.js": {Data: []byte("a = = b")},
		}, "app/main.js")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(""); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScript is what the first request waits for.
func BenchmarkScript(b *testing.B) {
	for b.Loop() {
		if _, err := newScript(files, "app/main.js").small(); err != nil {
			b.Fatal(err)
		}
	}
}
