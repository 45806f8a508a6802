// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/env"
)

var (
	assignment = regexp.MustCompile(`^[A-Z][A-Z0-9_]*=`)
	programs   = regexp.MustCompile(`^(\$ |(git|cd|go|make|curl|docker|kill) |[A-Z][A-Z0-9_]*=)`)
)

// commands returns the lines of a block for the shell, none of one for something else.
func commands(b block) (lines []string) {
	switch b.language {
	case "sh", "bash", "shell", "console":
	case "":
		if !programs.MatchString(b.text) {
			return nil
		}
	default:
		return nil
	}
	for _, line := range strings.Split(strings.ReplaceAll(b.text, "\\\n", " "), "\n") {
		line, _, _ = strings.Cut(strings.TrimPrefix(line, "$ "), " #")
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestCommands runs the commands that are followed by their output, and looks up what
// the others name.
func TestCommands(t *testing.T) {
	known, ran := variables(), 0
	for _, d := range documents(t) {
		for i, b := range d.blocks {
			lines := commands(b)
			for _, line := range lines {
				look(t, b, line, known)
			}
			if want, shown := d.output(i); shown && len(lines) == 1 && !testing.Short() {
				if strings.Contains(lines[0], "quickstart") && listens("localhost:16686") {
					t.Log("not compared: quickstart says more where something shows traces at localhost:16686")
					continue
				}
				out, err := run(".", "sh", "-c", lines[0])
				ran++
				compare(t, b, out, err, want)
			}
		}
	}
	if ran < 8 && !testing.Short() {
		t.Errorf("of %d commands only the output is shown", ran)
	}
}

// listens reports whether a server takes connections at address.
func listens(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// look checks the variables and directories that a line names.
func look(t *testing.T, b block, line string, known map[string]bool) {
	t.Helper()
	dir := root
	for _, part := range strings.Split(line, "&&") {
		words := strings.Fields(part)
		for len(words) > 0 && assignment.MatchString(words[0]) {
			name, _, _ := strings.Cut(words[0], "=")
			if (strings.HasPrefix(name, "JAEGER_") || strings.HasPrefix(name, "OTEL_")) && !known[name] {
				t.Errorf("%s:%d: no variable is called %s", b.file, b.line, name)
			}
			words = words[1:]
		}
		from := dir
		if len(words) > 2 && words[0] == "go" && words[1] == "-C" {
			from = filepath.Join(dir, words[2])
		}
		for i, word := range words {
			path := filepath.Join(from, strings.TrimSuffix(word, "..."))
			_, err := os.Stat(path)
			switch {
			case i == 1 && words[0] == "cd" && err == nil:
				dir = path
			case (i == 1 && words[0] == "cd" || words[0] == "go" && strings.HasPrefix(word, "./")) && err != nil:
				t.Errorf("%s:%d: there is no %s", b.file, b.line, word)
			}
		}
	}
}

// variables returns the names of those that FromEnv reads.
func variables() map[string]bool {
	names := map[string]bool{}
	env.Read(func(name string) (string, bool) {
		names[name] = true
		return "", false
	}, nil)
	return names
}
