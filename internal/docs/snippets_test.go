// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// snippet is a block of Go as a package of the module that has its imports.
type snippet struct {
	block
	pkg         string // the package's directory, from the module's
	src         string
	isTest      bool
	isProgram   bool
	want        string // what it prints
	wantsOutput bool
}

// TestSnippets compiles each block of Go, runs those that are tests, and compares what
// those print that are followed by their output.
func TestSnippets(t *testing.T) {
	around := readAround(t)
	modules := modules(t)
	byModule := make([][]snippet, len(modules))
	for _, d := range documents(t) {
		for i, b := range d.blocks {
			if b.language != "go" {
				continue
			}
			s := snippet{block: b, pkg: fmt.Sprintf("snippet/%s-%d", strings.ReplaceAll(b.file, "/", "-"), b.line)}
			s.want, s.wantsOutput = d.output(i)
			src, f, err := around.file(b, s.wantsOutput)
			if err != nil {
				t.Error(err)
				continue
			}
			s.src, s.isProgram = src, s.wantsOutput || f.Name.Name == "main"
			for _, decl := range f.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				s.isTest = s.isTest || ok && (strings.HasPrefix(fn.Name.Name, "Test") || strings.HasPrefix(fn.Name.Name, "Example"))
			}
			m, err := moduleOf(modules, f)
			if err != nil {
				t.Errorf("%s:%d: %v", b.file, b.line, err)
				continue
			}
			byModule[m] = append(byModule[m], s)
		}
	}
	for i, snippets := range byModule {
		if len(snippets) > 0 {
			t.Run(modules[i].dir, func(t *testing.T) { check(t, modules[i], snippets) })
		}
	}
}

// check compiles and runs snippets in their module, in which they are by an overlay only.
func check(t *testing.T, m module, snippets []snippet) {
	if version.Compare(runtime.Version(), "go"+m.goVersion) < 0 {
		t.Skipf("%s needs Go %s", m.path, m.goVersion)
	}
	if testing.Short() && m.dir != "." {
		t.Skip("compiles what the module requires")
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	replace := map[string]string{}
	var all, tests []string
	for i, s := range snippets {
		name := "snippet.go"
		if s.isTest {
			name = "snippet_test.go"
			tests = append(tests, s.pkg)
		} else {
			all = append(all, "./"+s.pkg)
		}
		real := filepath.Join(filepath.Dir(overlay), fmt.Sprint(i, ".go"))
		if err := os.WriteFile(real, []byte(s.src), 0o600); err != nil {
			t.Fatal(err)
		}
		virtual, err := filepath.Abs(filepath.Join(root, m.dir, s.pkg, name))
		if err != nil {
			t.Fatal(err)
		}
		replace[virtual] = real
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		t.Fatal(err)
	}

	goCommand := func(args ...string) {
		t.Helper()
		if out, err := run(m.dir, append([]string{"go"}, args...)...); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if len(all) > 0 {
		goCommand(append([]string{"build", "-overlay", overlay, "-o", os.DevNull}, all...)...)
	}
	for _, pkg := range tests {
		binary := filepath.Join(filepath.Dir(overlay), filepath.Base(pkg)+".test")
		goCommand("test", "-c", "-overlay", overlay, "-vet=off", "-o", binary, "./"+pkg)
		if out, err := run(m.dir, binary); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
	for _, s := range snippets {
		if s.wantsOutput {
			out, err := run(m.dir, "go", "run", "-overlay", overlay, "./"+s.pkg)
			compare(t, s.block, out, err, s.want)
		}
	}
}

// compare checks what a block prints.
func compare(t *testing.T, b block, got string, err error, want string) {
	t.Helper()
	if err != nil {
		t.Errorf("%s:%d: %v\n%s", b.file, b.line, err, got)
	} else if shape(got) != shape(want) {
		t.Errorf("%s:%d: it prints\n%s\nthe document says\n%s", b.file, b.line, got, want)
	}
}

var downloads = regexp.MustCompile(`(?m)^go: downloading .*\n`)

// run runs a command in a directory of the repository, without the variables that
// tracers read, and returns what it prints.
func run(dir string, args ...string) (string, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = filepath.Join(root, dir)
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "JAEGER_") && !strings.HasPrefix(entry, "OTEL_") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return downloads.ReplaceAllString(string(out), ""), err
}
