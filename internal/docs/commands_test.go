// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/env"
)

// command is a line of a block for the shell.
type command struct {
	env  []string
	args []string
}

var (
	assignment = regexp.MustCompile(`^[A-Z][A-Z0-9_]*=`)
	programs   = regexp.MustCompile(`^(\$ |(git|cd|go|make|curl|docker|kill) |[A-Z][A-Z0-9_]*=)`)
)

// commands returns those of a block, none when it is for something else.
func commands(b block) (all []command) {
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
		words := strings.Fields(line)
		var c command
		for len(words) > 0 && assignment.MatchString(words[0]) {
			c.env, words = append(c.env, words[0]), words[1:]
		}
		if c.args = words; len(c.env)+len(c.args) > 0 {
			all = append(all, c)
		}
	}
	return all
}

// TestCommands runs the commands that are followed by their output, and looks up what
// the others name.
func TestCommands(t *testing.T) {
	known := variables()
	for _, d := range documents(t) {
		for i, b := range d.blocks {
			all := commands(b)
			for _, c := range all {
				for _, entry := range c.env {
					name, _, _ := strings.Cut(entry, "=")
					if (strings.HasPrefix(name, "JAEGER_") || strings.HasPrefix(name, "OTEL_")) && !known[name] {
						t.Errorf("%s:%d: no variable is called %s", b.file, b.line, name)
					}
				}
				for _, arg := range c.args[min(1, len(c.args)):] {
					if dir, ok := strings.CutPrefix(arg, "./"); ok && c.args[0] == "go" && !isDir(strings.TrimSuffix(dir, "...")) {
						t.Errorf("%s:%d: there is no directory %s", b.file, b.line, arg)
					}
				}
			}
			if want, shown := d.output(i); shown && len(all) == 1 && len(all[0].args) > 0 {
				if testing.Short() {
					continue
				}
				out, err := run(".", all[0].env, all[0].args...)
				compare(t, b, out, err, want)
			}
		}
	}
}

func isDir(name string) bool {
	info, err := os.Stat(filepath.Join(root, name))
	return err == nil && info.IsDir()
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
