// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestBundle(t *testing.T) {
	files := fstest.MapFS{
		"app/main.js":   {Data: []byte("// SPDX-License-Identifier: X\n\n/** Starts. */\nimport { one, two as other } from '../lib/a.js';\nimport * as b from '../lib/b.js';\nimport '../lib/c.js';\nrun(one, other, b.three);\n")},
		"lib/a.js":      {Data: []byte("import {\n  html,\n} from '../vendor/lit.js';\nimport { three } from './b.js';\n/**\n * A * b.\n */\nexport const one = 1;\n\n// Why.\nexport async function two(/** @type {A} */ a) {\n  return `\n\ta // of a text\n    https://b`;\n}\nthree();\n")},
		"lib/b.js":      {Data: []byte("import { html } from '../vendor/lit.js';\nexport class three { a = css`b { c: d }`; e = css`f${1}`; }\n")},
		"lib/c.js":      {Data: []byte("side();\n")},
		"lib/unused.js": {Data: []byte("unused();\n")},
	}
	got, err := bundle(files, "app/main.js")
	if err != nil {
		t.Fatal(err)
	}
	want := `import * as $0 from '../vendor/lit.js';
const $styles = [
$0.css` + "`b { c: d }`" + `,
];
const $1 = (() => {
const { html } = $0;
class three { a = $styles[0]; e = css` + "`f${1}`" + `; }
return [three];
})();
const $2 = (() => {
const {
  html,
} = $0;
const [three] = $1;
/**
* A * b.
*/
const one = 1;

// Why.
async function two(/** @type {A} */ a) {
return ` + "`" + `
	a // of a text
https://b` + "`" + `;
}
three();
return [one, two];
})();
const $3 = (() => {
side();
return [];
})();
const $4 = (() => {
// SPDX-License-Identifier: X

/** Starts. */
const [one,other] = $2;
const b = { three: $1[0], };
run(one, other, b.three);
return [];
})();
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestBundleOrder(t *testing.T) {
	got, err := bundle(fstest.MapFS{
		"app/main.js": {Data: []byte("import '../parts/b.js';\nimport './a.js';\nmain();\n")},
		"app/a.js":    {Data: []byte("import '../lib/c.js';\na();\n")},
		"parts/b.js":  {Data: []byte("import './d.js';\nb();\n")},
		"parts/d.js":  {Data: []byte("d();\n")},
		"lib/c.js":    {Data: []byte("c();\n")},
	}, "app/main.js")
	if err != nil {
		t.Fatal(err)
	}
	calls := regexp.MustCompile(`(?m)^\w+\(`).FindAllString(string(got), -1)
	if want := "c( a( d( b( main("; strings.Join(calls, " ") != want {
		t.Errorf("%q, want %q", calls, want)
	}
}

func TestMinified(t *testing.T) {
	for text, want := range map[string]string{
		"/** A. */\nconst $1 = (() => {\nconst name = 1; // Why.\nreturn { name };\n})();\n": "const $1=(()=>{const e=1;return{name:e}})()",
		"a // b":  "a",
		"const `": "const `",
	} {
		if got := string(minified([]byte(text))); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	joined, err := bundle(files, "app/main.js")
	if err != nil {
		t.Fatal(err)
	}
	if got := minified(joined); len(got) > len(joined)*2/3 {
		t.Errorf("of %d bytes %d are left", len(joined), len(got))
	}
}

func TestBundleRefuses(t *testing.T) {
	for source, want := range map[string]string{
		"import { a } from './b.js';\n":    "app/main.js: app/b.js: app/main.js imports itself",
		"import { a } from './none.js';\n": "open app/none.js",
		"export default 1;\n":              `app/main.js: "export default 1;" cannot be bundled`,
		"export let a = 1;\n":              `app/main.js: "export let a = 1;" cannot be bundled`,
		"export { a as b };\n":             `app/main.js: "export { a as b };" cannot be bundled`,
		"import { a } from './c.js';\n":    "app/main.js: ./c.js does not export a",
		"import a from './b.js';\n":        `app/main.js: "import a from './b.js';" cannot be bundled`,
		"import { a } from 'lit';\n":       `app/main.js: "import { a } from 'lit';" cannot be bundled`,
	} {
		_, err := bundle(fstest.MapFS{"app/main.js": {Data: []byte(source)}, "app/b.js": {Data: []byte("import './main.js';\n")}, "app/c.js": {Data: []byte("export const b = 1;\n")}}, "app/main.js")
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
