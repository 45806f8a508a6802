// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"testing"
	"testing/fstest"
)

func TestMinified(t *testing.T) {
	for text, want := range map[string]string{
		"(() => {\n    const $1 = 1;\n    f({ a: $1 });\n})();\n": "(()=>{const e=1;f({a:e})})()",
		"/** A. */\na // b": "a",
		"f(`a\n  b // c`);": "f(`a\n  b // c`)",
	} {
		if got, err := minified([]byte(text)); err != nil || string(got) != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	if got, err := minified([]byte("const `")); err == nil {
		t.Errorf("half a statement is %q", got)
	}
}

func TestSqueeze(t *testing.T) {
	for source, want := range map[string]string{
		"f(html`\n  <a\n    b=${c}  d>  e\n\n  f ${g} h</a>`);": "f(html` <a b=${c}  d>  e f ${g} h</a>`);",
		"f(svg`\n<a>`);": "f(svg` <a>`);",
		"f(css`\n  a:hover, b {\n    color: red;\n    margin: 0 ${c} 1px;\n  }\n  ${d}\n`);": "f(css` a:hover,b{color:red;margin:0 ${c} 1px}${d} `);",
		"f(css`a > b {\n  grid: 'a b'\n    'c d';\n}`);":                                     "const $1 = css`a > b{grid:'a b' 'c d'}`;\nf($1);",
		"f(`\n  a: b;\n`, other`\n  a`);":                                                    "f(`\n  a: b;\n`, other`\n  a`);",
		"f(html`${css`a {  }`}`);":                                                           "const $1 = css`a{}`;\nf(html`${$1}`);",
	} {
		text, err := bundle(fstest.MapFS{"app/main.js": {Data: []byte(source)}}, "app/main.js")
		if got, want := string(text), "(() => {\n"+want+"\n})();\n"; err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}
