// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds the YAML file.
const maxFile = 1 << 20

// file sets options to what the YAML file of that name says, and returns all that
// is wrong with it.
func file(name string, options []option) []error {
	f, err := os.Open(name)
	if err != nil {
		return []error{fmt.Errorf("configuration: %w", err)}
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s: longer than %d bytes", name, maxFile)
	}
	if err != nil {
		return []error{fmt.Errorf("configuration: %w", err)}
	}
	return (&document{name: name, options: options}).read(text)
}

type document struct {
	name    string
	options []option
	seen    []string
	wrong   []error
}

func (d *document) read(text []byte) []error {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return []error{fmt.Errorf("%s: %w", d.name, err)}
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) > 0 {
		d.mapping(root.Content[0], "")
	}
	return d.wrong
}

func (d *document) fail(n *yaml.Node, format string, args ...any) {
	d.wrong = append(d.wrong, fmt.Errorf("%s:%d: "+format, append([]any{d.name, n.Line}, args...)...))
}

// mapping reads the keys of n, which stand below prefix.
func (d *document) mapping(n *yaml.Node, prefix string) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.fail(n, "%snot a mapping of keys to values", prefix)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		d.entry(n.Content[i], n.Content[i+1], prefix)
	}
}

func (d *document) entry(key, n *yaml.Node, prefix string) {
	name := prefix + key.Value
	i := slices.IndexFunc(d.options, func(o option) bool { return o.flag == name })
	if i < 0 {
		below := slices.ContainsFunc(d.options, func(o option) bool { return strings.HasPrefix(o.flag, name+".") })
		if below && (n.Kind == yaml.MappingNode || isNull(n)) {
			d.mapping(n, name+".")
			return
		}
		d.unknown(key, name)
		return
	}
	if slices.Contains(d.seen, name) {
		d.fail(key, "key %s: given twice", name)
		return
	}
	d.seen = append(d.seen, name)
	text, ok := scalars(n)
	if !ok {
		d.fail(n, "key %s: neither a value nor a list of values", name)
		return
	}
	if text != "" {
		d.wrong = d.options[i].set(d.wrong, fmt.Sprintf("%s:%d: key %s", d.name, n.Line, name), text)
	}
}

func (d *document) unknown(key *yaml.Node, name string) {
	names := make([]string, len(d.options))
	for i, o := range d.options {
		names[i] = o.flag
	}
	if meant := nearest(name, names); meant != "" {
		d.fail(key, "unknown key %q, did you mean %s?", shorten(name), meant)
		return
	}
	d.fail(key, "unknown key %q", shorten(name))
}

// scalars returns the text of a value, or of a list of them, separated by commas.
func scalars(n *yaml.Node) (text string, ok bool) {
	switch {
	case isNull(n):
		return "", true
	case n.Kind == yaml.ScalarNode:
		return n.Value, true
	case n.Kind != yaml.SequenceNode:
		return "", false
	}
	var texts []string
	for _, e := range n.Content {
		if e.Kind != yaml.ScalarNode {
			return "", false
		}
		texts = append(texts, e.Value)
	}
	return strings.Join(texts, ","), true
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
