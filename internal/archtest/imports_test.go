// SPDX-License-Identifier: Apache-2.0

package archtest

import (
	"go/ast"
	"path"
	"strconv"
	"strings"
	"testing"
)

const (
	rootPath    = "github.com/go-spur/spur"
	opentracing = "github.com/opentracing/opentracing-go"
)

// importRow says what the non-test files of one directory may import: packages
// of the root module by directory, and others by path. A directory that ends in
// "/..." stands for everything below it. The first row that matches counts.
type importRow struct {
	dir     string
	own     []string
	foreign []string
}

// shared are the small parts that every package but model and the examples may
// use. This package is not one of them: nobody imports it.
const shared = "internal/..."

var leaves = []string{"model", "transport", "wire", "sampler", "propagation", "reporter"}

// importTable is the root module from the bottom up. Data flows down it; a leaf
// that seems to need the root is asking for data.
var importTable = []importRow{
	{dir: "model"},
	{dir: "transport", own: []string{shared}},
	{dir: "wire", own: []string{"model", shared}},
	{dir: "sampler", own: []string{"model", shared}},
	{dir: "propagation", own: []string{"model", shared}},
	{dir: "reporter", own: []string{"model", "wire", "transport", shared}},
	{dir: "internal/archtest"},
	{dir: "internal/...", own: []string{"model", shared}},
	{dir: ".", own: append([]string{shared}, leaves...), foreign: []string{opentracing}},
	{dir: "spurhttp", own: append([]string{".", shared}, leaves...), foreign: []string{opentracing}},
	{dir: "spurtest", own: append([]string{".", shared}, leaves...), foreign: []string{opentracing}},
	{dir: "spurtest/internal/fake"},
	{dir: "spurtest/suite", own: append([]string{".", "spurtest"}, leaves...), foreign: []string{opentracing}},
	{dir: "examples"},
	{dir: "examples/...", own: append([]string{".", "spurhttp", "spurtest"}, leaves...), foreign: []string{opentracing}},
}

func TestImports(t *testing.T) {
	for _, f := range tree(t) {
		report(t, checkImports(f))
	}
}

// checkImports applies importTable to a file of the root module, and the rule for
// the others: public packages of the root only, and never another nested module.
func checkImports(f *file) []string {
	if !f.isGo() {
		return nil
	}
	if f.module != "." {
		if f.isTest() {
			return nil
		}
		return eachImport(f, func(p string) string { return nestedMayImport(f.module, p) })
	}
	row, known := rowOf(f.dir())
	if !known {
		return []string{problem(f, 1, "package %s has no row in importTable (internal/archtest): decide what it may import", f.dir())}
	}
	if f.isTest() {
		return nil // what tests add to go.mod is TestRootDependsOnOpenTracingAlone's business
	}
	return eachImport(f, row.mayImport)
}

func rowOf(dir string) (importRow, bool) {
	for _, row := range importTable {
		if within(dir, row.dir) {
			return row, true
		}
	}
	return importRow{}, false
}

// mayImport returns "" or what is wrong with importing p.
func (r importRow) mayImport(p string) string {
	if isStandard(p) {
		return ""
	}
	dir, own := ownDir(p)
	if !own {
		if containsModule(r.foreign, p) {
			return ""
		}
		return "packages in " + r.dir + " may not import other modules but " + list(r.foreign)
	}
	if dir != "internal/archtest" {
		for _, allowed := range r.own {
			if within(dir, allowed) {
				return ""
			}
		}
	}
	return "packages in " + r.dir + " may import from this module only " + list(r.own)
}

// nestedMayImport returns "" or what is wrong with p in a file of module.
func nestedMayImport(module, p string) string {
	for _, m := range moduleTable {
		if m.dir == "." || m.dir == module || !isBelow(p, m.path) {
			continue
		}
		if m.dir == compatDir && !moduleRow(module).workspace {
			continue // outside go.work that name is the real jaeger-client-go
		}
		return "a nested module may not import another one (" + m.dir + ")"
	}
	if module != "." && isBelow(p, moduleRow(module).path) {
		return ""
	}
	dir, own := ownDir(p)
	switch {
	case own && within(dir, "internal/..."):
		return "nested modules use public packages only: users may upgrade one without the other"
	case own && within(dir, "examples/..."):
		return "examples are not for importing"
	}
	return ""
}

func eachImport(f *file, wrong func(importPath string) string) []string {
	var problems []string
	for _, spec := range f.syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			p = spec.Path.Value
		}
		if why := wrong(p); why != "" {
			problems = append(problems, problem(f, f.line(ast.Node(spec)), "imports %s: %s", p, why))
		}
	}
	return problems
}

// within reports whether dir is pattern, or below it when it ends in "/...".
func within(dir, pattern string) bool {
	if base, below := strings.CutSuffix(pattern, "/..."); below {
		return strings.HasPrefix(dir, base+"/")
	}
	return dir == pattern
}

func isBelow(p, base string) bool { return p == base || strings.HasPrefix(p, base+"/") }

// ownDir returns the directory of a package of the root module. Nested modules'
// packages have been sorted out before, or are refused as unknown directories.
func ownDir(importPath string) (string, bool) {
	if !isBelow(importPath, rootPath) {
		return "", false
	}
	return path.Clean("." + strings.TrimPrefix(importPath, rootPath)), true
}

func isStandard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".") && importPath != "C"
}

func containsModule(modules []string, importPath string) bool {
	for _, m := range modules {
		if isBelow(importPath, m) {
			return true
		}
	}
	return false
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func TestImportsSelf(t *testing.T) {
	source := func(imports ...string) string {
		src := "package x\n"
		for _, p := range imports {
			src += "import _ " + strconv.Quote(p) + "\n"
		}
		return src
	}
	for _, tc := range []struct {
		name, path string
		imports    []string
		want       []string
	}{
		{"standard library", "model/x.go", []string{"fmt", "net/http"}, nil},
		{"cgo", "model/x.go", []string{"C"}, []string{"other modules"}},
		{"leaf imports downward", "reporter/x.go", []string{rootPath + "/wire", rootPath + "/model"}, nil},
		{"leaf imports upward", "model/x.go", []string{rootPath + "/wire"}, []string{"from this module only none"}},
		{"leaf imports its peer", "sampler/x.go", []string{rootPath + "/propagation"}, []string{"model, internal/..."}},
		{"leaf imports the root", "transport/x.go", []string{rootPath}, []string{"from this module only internal/..."}},
		{"leaf imports opentracing", "reporter/x.go", []string{opentracing + "/log"}, []string{"other modules but none"}},
		{"root imports opentracing", "x.go", []string{opentracing, opentracing + "/ext", rootPath + "/reporter"}, nil},
		{"root imports a stranger", "x.go", []string{"golang.org/x/sync/errgroup"}, []string{"other modules but " + opentracing}},
		{"root imports upward", "x.go", []string{rootPath + "/spurhttp"}, []string{"from this module only"}},
		{"root imports shared parts", "x.go", []string{rootPath + "/internal/backoff"}, nil},
		{"nobody imports archtest", "x.go", []string{rootPath + "/internal/archtest"}, []string{"from this module only"}},
		{"shared parts import each other", "internal/a/x.go", []string{rootPath + "/internal/b"}, nil},
		{"examples use public packages", "examples/http/x.go", []string{rootPath, rootPath + "/spurhttp", opentracing}, nil},
		{"examples use no internal ones", "examples/http/x.go", []string{rootPath + "/internal/backoff"}, []string{"from this module only"}},
		{"unknown package", "helpers/x.go", nil, []string{"has no row in importTable"}},
		{"unknown package below a leaf", "wire/otlp/x.go", []string{"fmt"}, []string{"has no row in importTable"}},
		{"unknown package of tests", "helpers/x_test.go", nil, []string{"has no row in importTable"}},
		{"tests may look around", "model/x_test.go", []string{rootPath, rootPath + "/spurtest"}, nil},

		{"nested uses the public API", "spurgrpc/x.go", []string{rootPath, rootPath + "/model", "google.golang.org/grpc"}, nil},
		{"nested uses its own packages", "backend/query/x.go", []string{rootPath + "/backend/internal/store"}, nil},
		{"nested uses root internals", "backend/x.go", []string{rootPath + "/internal/backoff"}, []string{"public packages only"}},
		{"nested uses a nested one", "otelbridge/x.go", []string{rootPath + "/otlpgrpc"}, []string{"another one (otlpgrpc)"}},
		{"nested uses compat", "spurgrpc/x.go", []string{"github.com/uber/jaeger-client-go/config"}, []string{"another one (compat/jaeger-client-go)"}},
		{"compat uses itself", "compat/jaeger-client-go/x.go", []string{"github.com/uber/jaeger-client-go/log", rootPath}, nil},
		{"benchmarks use the real one", "benchmarks/x.go", []string{"github.com/uber/jaeger-client-go"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			expect(t, checkImports(fixture{tc.path, source(tc.imports...)}.parse(t)), tc.want...)
		})
	}
}
