// SPDX-License-Identifier: Apache-2.0

// Package docs_test does what the repository's documents say: it compiles
// their Go code, runs what is followed by its output, and looks up what they name.
//
// A block of Go is a file, declarations, or the body of a function; testdata/around.go
// has the imports and names that it takes for granted. A block that follows one of Go
// or a command, after a line that ends with a colon, is its output, where it has no
// language; one that nothing prints is called "text".
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// block is a fenced block of a document.
type block struct {
	file     string // from the root of the repository
	line     int    // of its first line of text
	language string
	text     string
	lead     string // the last line with text before it
}

// document is the text of a file, and its blocks.
type document struct {
	file   string
	text   string
	blocks []block
}

// documents reads the repository's documents.
func documents(t *testing.T) (all []document) {
	t.Helper()
	for _, path := range files(t, ".md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		file = filepath.ToSlash(file)
		all = append(all, document{file, string(text), blocks(file, string(text))})
	}
	if len(all) < 15 {
		t.Fatalf("found %d documents", len(all))
	}
	return all
}

// files returns the paths of the repository's files whose names end like that. It looks
// at each, so that go test does not take an older tree's result for this one's.
func files(t *testing.T, end string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "bin" || d.Name() == "node_modules" || path != root && d.Name()[0] == '.'):
			return fs.SkipDir
		case strings.HasSuffix(path, end):
			paths = append(paths, path)
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// blocks finds the fenced blocks of a text, also those of lists, which are indented.
func blocks(file, text string) (found []block) {
	var b *block
	var indent, lead string
	for i, line := range strings.Split(text, "\n") {
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && b == nil:
			indent = line[:strings.Index(line, "```")]
			b = &block{file: file, line: i + 2, language: fence, lead: lead}
		case isFence:
			found = append(found, *b)
			b, lead = nil, ""
		case b != nil:
			b.text += strings.TrimPrefix(line, indent) + "\n"
		case strings.TrimSpace(line) != "":
			lead = strings.TrimSpace(line)
		}
	}
	return found
}

// output returns what block i prints, as the document shows it.
func (d *document) output(i int) (want string, shown bool) {
	if i+1 == len(d.blocks) {
		return "", false
	}
	next := d.blocks[i+1]
	return next.text, next.language == "" && strings.HasSuffix(next.lead, ":") && len(commands(next)) == 0
}

// What differs from run to run.
var (
	lineBreaks = regexp.MustCompile(`\n +\| `) // where long lines go on depends on the rest
	volatile   = []struct {
		is   *regexp.Regexp
		name string
	}{
		{regexp.MustCompile(`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d\S*`), "DATE"},
		{regexp.MustCompile(`127\.0\.0\.1:\d+`), "ADDRESS"},
		{regexp.MustCompile(`\b[0-9.]+(ns|µs|ms|s)\b`), "TIME"},
		{regexp.MustCompile(`\b([0-9a-f]{32}|[0-9a-f]{16})\b`), "ID"},
		{regexp.MustCompile(`in \d+ datagrams?`), "in SOME datagrams"},
		{regexp.MustCompile(`([ !]) +\+TIME │[ ━]+│`), "$1 +TIME BAR"}, // of reporter.Console
	}
)

// shape returns an output without what differs from run to run.
func shape(s string) string {
	s = lineBreaks.ReplaceAllString(strings.TrimRight(s, "\n"), " ")
	for _, v := range volatile {
		s = v.is.ReplaceAllString(s, v.name)
	}
	return s
}
