// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

const (
	plainMod  = "module example.com/app\n\ngo 1.23\n"
	clientMod = plainMod + "\nrequire github.com/uber/jaeger-client-go v2.30.0+incompatible\n"
	mainGo    = `package main

import (
	"fmt"

	"github.com/opentracing-contrib/go-stdlib/nethttp"
	jaegercfg "github.com/uber/jaeger-client-go/config"
	"github.com/uber/jaeger-client-gofer"
)
`
)

// lines are the findings and imports as text.
func lines(c *code) (all []string) {
	for _, f := range c.Findings {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%v %s: %s %s", f.Status, f.Subject, f.Text, f.Line)))
	}
	for _, f := range c.Imports {
		all = append(all, fmt.Sprintf("%s %s:%d %s", f.Package, f.File, f.Line, f.Path))
	}
	return all
}

func TestInspect(t *testing.T) {
	t.Setenv("GOWORK", "")
	t.Setenv("GOFLAGS", "")
	const (
		nethttp = "ok github.com/opentracing-contrib/go-stdlib/nethttp: works with spur's tracer; instead: spurhttp.Handler(tracer, mux) for Middleware, spurhttp.Client(nil) or spurhttp.Transport(rt) for Transport and TraceRequest"
		grpc    = "grpc.StatsHandler(spurgrpc.ServerHandler(tracer)) and grpc.WithStatsHandler(spurgrpc.ClientHandler(tracer)) for the interceptors"
	)
	line := "replace " + client + " => " + compat + " " + version()
	for _, tc := range []struct {
		name     string
		files    []string
		patterns []string
		module   string
		status   status
		want     []string
	}{
		{
			name: "no module", files: []string{"main.go", mainGo},
			want: []string{"ok go.mod: not looked at: this directory is in no module"},
		},
		{
			name: "no module, and patterns", files: []string{"main.go", mainGo}, patterns: []string{"./..."}, status: fail,
			want: []string{"FAIL go.mod: not looked at: this directory is in no module"},
		},
		{
			name: "nothing of it", files: []string{"go.mod", plainMod, "main.go", "package main\n\nfunc main() {}\n"}, module: "example.com/app",
			want: []string{"ok " + client + ": not imported"},
		},
		{
			name: "imports", files: []string{"go.mod", clientMod, "main.go", mainGo}, module: "example.com/app", status: warn,
			want: []string{
				"warn " + client + ": imported, and archived; this line in go.mod, and then go mod tidy, put spur in its place: " + line,
				nethttp,
				"example.com/app main.go:6 github.com/opentracing-contrib/go-stdlib/nethttp",
				"example.com/app main.go:7 github.com/uber/jaeger-client-go/config",
			},
		},
		{
			name: "an old go.mod", files: []string{"go.mod", strings.Replace(clientMod, "go 1.23", "go 1.18", 1), "x/x.go", "package x\n"}, module: "example.com/app", status: warn,
			want: []string{
				"warn " + client + ": required by go.mod, for a dependency, and archived; this line in go.mod, and then go mod tidy, put spur in its place: " + line,
				"warn go.mod: go 1.18 becomes go 1.23 with that line: variables of a loop are then new in each iteration, and defaults of the runtime change",
			},
		},
		{
			name: "replaced", files: []string{"go.mod", clientMod + line + "\n", "main.go", mainGo}, module: "example.com/app",
			want: []string{
				"ok " + client + ": imported, and replaced by " + compat + " " + version() + itsDefaults, nethttp,
				"example.com/app main.go:6 github.com/opentracing-contrib/go-stdlib/nethttp",
				"example.com/app main.go:7 github.com/uber/jaeger-client-go/config",
			},
		},
		{
			name: "replaced by a directory", files: []string{"go.mod", clientMod + "replace " + client + " => ../spur/compat/jaeger-client-go\n", "x/x.go", "package x\n"}, module: "example.com/app",
			want: []string{"ok " + client + ": required by go.mod, for a dependency, and replaced by the directory ../spur/compat/jaeger-client-go" + itsDefaults},
		},
		{
			name: "replaced by a fork", files: []string{"go.mod", clientMod + "replace " + client + " => example.com/fork v1.0.0\n", "x/x.go", "package x\n"}, module: "example.com/app", status: warn,
			want: []string{"warn " + client + ": required by go.mod, for a dependency, and replaced by something else than spur: example.com/fork v1.0.0"},
		},
		{
			name: "replaced by go.work", files: []string{"go.work", "go 1.23\n\nuse .\n\n" + line + "\n", "go.mod", clientMod, "x/x.go", "package x\n"}, module: "example.com/app",
			want: []string{"ok " + client + ": required by go.mod, for a dependency, and replaced by " + compat + " " + version() + itsDefaults},
		},
		{
			name: "tests, other platforms, gRPC", files: []string{
				"go.mod", plainMod, "a/a.go", "package a\n",
				"a/a_test.go", "package a\n\nimport _ \"github.com/uber/jaeger-lib/metrics\"\n",
				"a/x_test.go", "package a_test\n\nimport _ \"github.com/opentracing-contrib/go-grpc/test\"\n",
				"a/a_plan9.go", "package a\n\nimport _ \"github.com/grpc-ecosystem/grpc-opentracing/go/otgrpc\"\n",
				"nested/go.mod", "module example.com/nested\n", "nested/main.go", mainGo,
			}, module: "example.com/app",
			want: []string{
				"ok " + client + ": not imported",
				"ok github.com/uber/jaeger-lib: works with compat/jaeger-client-go; instead: tracer.Stats(), or spurprom.NewCollector(tracer) for Prometheus",
				"ok github.com/opentracing-contrib/go-grpc: works with spur's tracer; instead: " + grpc,
				"ok github.com/grpc-ecosystem/grpc-opentracing/go/otgrpc: works with spur's tracer; instead: " + grpc,
				"example.com/app/a a/a_plan9.go:3 github.com/grpc-ecosystem/grpc-opentracing/go/otgrpc",
				"example.com/app/a a/a_test.go:3 github.com/uber/jaeger-lib/metrics",
				"example.com/app/a a/x_test.go:3 github.com/opentracing-contrib/go-grpc/test",
			},
		},
		{
			name: "patterns", files: []string{"go.mod", plainMod, "a/a.go", "package a\n", "b/b.go", "package b\n\nimport _ \"github.com/uber/jaeger-lib/metrics\"\n"}, patterns: []string{"./a"}, module: "example.com/app",
			want: []string{"ok " + client + ": not imported"},
		},
		{
			name: "does not compile", files: []string{"go.mod", clientMod, "main.go", mainGo + "func main() { return 1 + \"\"; }}}\n"}, module: "example.com/app", status: warn,
			want: []string{
				"warn " + client + ": imported, and archived; this line in go.mod, and then go mod tidy, put spur in its place: " + line, nethttp,
				"example.com/app main.go:6 github.com/opentracing-contrib/go-stdlib/nethttp",
				"example.com/app main.go:7 github.com/uber/jaeger-client-go/config",
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := inspect(context.Background(), write(t, tc.files...), tc.patterns)
			if got, want := strings.Join(lines(&c), "\n"), strings.Join(tc.want, "\n"); got != want || c.Module != tc.module {
				t.Errorf("module %q\n%s\nwant %q\n%s", c.Module, got, tc.module, want)
			}
			if got := worst(c.Findings, func(f finding) status { return f.Status }); got != tc.status {
				t.Errorf("%v, want %v", got, tc.status)
			}
		})
	}
}

func TestInspectWhatIsBroken(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files []string
		args  []string
		want  string
	}{
		{"go.mod", []string{"go.mod", "module \x1b[31m\n", "main.go", mainGo}, nil, "FAIL go.mod: go mod: exit status 1: "},
		{"a file", []string{"go.mod", plainMod, "main.go", "packag main\n"}, nil, "warn example.com/app: looked at as far as it can be: "},
		{"a pattern", []string{"go.mod", plainMod, "main.go", "package main\n"}, []string{"./nowhere"}, "nowhere: looked at as far as it can be: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := inspect(context.Background(), write(t, tc.files...), tc.args)
			got := strings.Join(lines(&c), "\n")
			if !strings.Contains(got, tc.want) || strings.Contains(got, "\x1b") {
				t.Errorf("%q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestWithoutGo(t *testing.T) {
	dir := write(t, "go.mod", plainMod)
	t.Setenv("PATH", dir)
	for patterns, want := range map[string]string{
		"": "ok go: not looked at: there is no go command here", "./...": "FAIL go: not looked at: there is no go command here",
	} {
		c := inspect(context.Background(), dir, strings.Fields(patterns))
		if got := strings.Join(lines(&c), "\n"); got != want {
			t.Errorf("%q: %s, want %s", patterns, got, want)
		}
	}
}

func TestInspectEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	start := time.Now()
	c := inspect(ctx, write(t, "go.mod", plainMod), nil)
	if worst(c.Findings, func(f finding) status { return f.Status }) != fail || time.Since(start) > 10*time.Second {
		t.Errorf("%+v after %v", c, time.Since(start))
	}
}
