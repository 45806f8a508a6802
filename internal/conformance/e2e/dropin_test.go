// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReplaceLine builds a program written against jaeger-client-go, as it is and with the
// replace line, and lets both send to real Jaegers, over UDP and HTTP: they show the same.
func TestReplaceLine(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	programs := map[string]string{
		"jaeger-client-go": buildHello(t),
		"compat": buildHello(t, "-replace=github.com/uber/jaeger-client-go="+filepath.Join(root, "compat", "jaeger-client-go"),
			"-replace=github.com/go-spur/spur="+root),
	}
	for _, version := range []string{"1.62", "2"} {
		t.Run("Jaeger "+version, func(t *testing.T) { compareHello(t, start(t, version), programs) })
	}
}

func compareHello(t *testing.T, r rig, programs map[string]string) {
	host, port, err := net.SplitHostPort(r["E2E_AGENT_COMPACT"])
	if err != nil {
		t.Fatal(err)
	}
	for way, env := range map[string][]string{
		"UDP": {"JAEGER_AGENT_HOST=" + host, "JAEGER_AGENT_PORT=" + port}, "HTTP": {"JAEGER_ENDPOINT=" + r["E2E_COLLECTOR_HTTP"]},
	} {
		shown := map[string]map[string]facts{}
		for name, program := range programs {
			service := fmt.Sprintf("hello-%016x", rand.Uint64())
			cmd := exec.Command(program)
			cmd.Env = append(env, "JAEGER_SERVICE_NAME="+service, "JAEGER_SAMPLER_TYPE=const", "JAEGER_SAMPLER_PARAM=1")
			if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
				t.Fatalf("%s: %v: %s", name, err, out)
			}
			shown[name] = r.spans(t, service, func(_, span any) string { return "an id" }, 2)
			for _, f := range shown[name] {
				forget(f, service)
			}
		}
		for name, want := range shown["jaeger-client-go"] {
			if got := shown["compat"][name]; !maps.Equal(got, want) {
				t.Errorf("%s: span %q\nis   %v\nwith jaeger-client-go it is\n     %v", way, name, got, want)
			}
		}
	}
}

// forget leaves out what differs from run to run.
func forget(f facts, service string) {
	for key, value := range f {
		if key == "start" || key == "duration" || strings.HasSuffix(key, "timeUnixNano") || strings.Contains(key, "client-uuid") || value == "stringValue "+service {
			delete(f, key)
		}
	}
}

// buildHello builds testdata/hello as a module of its own, with these edits of its go.mod.
func buildHello(t *testing.T, edits ...string) string {
	dir := t.TempDir()
	text, err := os.ReadFile("testdata/hello/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"mod", "init", "example.com/hello"},
		append([]string{"mod", "edit", "-require=github.com/uber/jaeger-client-go@v2.30.0+incompatible"}, edits...),
		{"mod", "tidy"},
		{"build", "-o", "hello", "."},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	return filepath.Join(dir, "hello")
}
