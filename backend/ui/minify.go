// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/tdewolff/minify/v2"
	minifier "github.com/tdewolff/minify/v2/js"
	"github.com/tdewolff/parse/v2/js"
)

// minified returns a module without comments and spaces, its variables renamed: with
// gzip it is a third smaller.
func minified(module []byte) ([]byte, error) {
	var b bytes.Buffer
	err := minifier.Minify(minify.New(), &b, bytes.NewReader(module), nil)
	return b.Bytes(), err
}

// Of a template: the end of a line and the spaces beside it; of a style, too, what
// spaces beside it mean nothing, and what a space behind it does.
var (
	lines  = regexp.MustCompile(`\s*\n\s*`)
	signs  = regexp.MustCompile(`\s*([{};,])\s*`)
	colons = regexp.MustCompile(`:\s+`)
)

// squeeze takes spaces that mean nothing out of a template of lit.
func squeeze(template *js.TemplateExpr) {
	tag, ok := template.Tag.(*js.Var)
	if !ok {
		return
	}
	var shorter func([]byte) []byte
	switch string(tag.Name()) {
	case "html", "svg":
		shorter = func(text []byte) []byte { return lines.ReplaceAll(text, []byte(" ")) }
	case "css":
		shorter = shortStyle
	default:
		return
	}
	// A part is from ` or } to ${ or `.
	for i, part := range template.List {
		template.List[i].Value = within(part.Value, 1, 2, shorter)
	}
	template.Tail = within(template.Tail, 1, 1, shorter)
}

// within changes what is between the first and the last bytes of a text.
func within(text []byte, first, last int, change func([]byte) []byte) []byte {
	end := len(text) - last
	return slices.Concat(text[:first], change(text[first:end]), text[end:])
}

func shortStyle(text []byte) []byte {
	text = signs.ReplaceAll(text, []byte("$1"))
	text = colons.ReplaceAll(text, []byte(":"))
	text = lines.ReplaceAll(text, []byte(" "))
	return bytes.ReplaceAll(text, []byte(";}"), []byte("}"))
}
