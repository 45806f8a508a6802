// SPDX-License-Identifier: Apache-2.0

package dropin

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/exp/apidiff"
)

const module = "github.com/uber/jaeger-client-go"

// packages are those of the real module that programs can import, and the internal ones
// whose types they get hold of.
var packages = []string{
	"", "/config", "/internal/baggage", "/internal/reporterstats", "/internal/throttler",
	"/log", "/log/zap", "/log/zap/mock_opentracing", "/rpcmetrics", "/testutils", "/thrift",
	"/thrift-gen/agent", "/thrift-gen/baggage", "/thrift-gen/jaeger", "/thrift-gen/sampling", "/thrift-gen/zipkincore",
	"/transport", "/transport/zipkin", "/utils", "/x", "/zipkin",
}

// TestAPI compares what the two modules export: nothing is missing, nothing changed, and
// what is added stands in api_additions.txt.
func TestAPI(t *testing.T) {
	real, ours := exported(t, "-modfile=jaeger.mod"), exported(t)
	allowed := additions(t)
	declared := 0
	for _, path := range packages {
		path = module + path
		if ours[path] == nil {
			t.Errorf("package %s is missing", path)
			continue
		}
		for _, change := range apidiff.Changes(real[path], ours[path]).Changes {
			if !change.Compatible {
				t.Errorf("%s: apidiff: %s", path, change.Message)
			}
		}
		want, got := listing(real[path]), listing(ours[path])
		declared += len(want)
		for _, line := range slices.Sorted(maps.Keys(want)) {
			if !got[line] {
				t.Errorf("%s lacks: %s", path, line)
			}
		}
		for _, line := range slices.Sorted(maps.Keys(got)) {
			key := path + ": " + line
			if _, ok := allowed[key]; ok {
				allowed[key] = true
			} else if !want[line] {
				t.Errorf("addition that api_additions.txt does not know:\n%s", key)
			}
		}
	}
	t.Logf("%d lines of declarations in %d packages", declared, len(packages))
	for key, used := range allowed {
		if !used {
			t.Errorf("api_additions.txt allows what nobody added: %s", key)
		}
	}
}

// additions returns the lines of api_additions.txt, none of them used yet. A line that
// begins with # says why the ones after it are there.
func additions(t *testing.T) map[string]bool {
	text, err := os.ReadFile("api_additions.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines[line] = false
		}
	}
	return lines
}

// TestListingSeesChanges changes a package in each way that must not go unseen.
func TestListingSeesChanges(t *testing.T) {
	const before = `package p
		type T struct { A int ` + "`yaml:\"a\"`" + `; hidden int }
		func (T) M() {}
		func (*T) P(n int) error { return nil }
		type I interface { F(string) }
		type hidden struct{ X int }
		var V = &hidden{}
		const C = 1
		func F(a, b int, c ...string) {}`
	was := listing(check(t, before))
	for name, edit := range map[string][2]string{
		"a field's type":         {"A int", "A int64"},
		"a field's tag":          {`yaml:\"a\"`, "b"},
		"a method":               {"func (T) M() {}", ""},
		"a receiver":             {"(*T) P", "(T) P"},
		"a result":               {"P(n int) error { return nil }", "P(n int) {}"},
		"an interface":           {"F(string)", "F(string); G()"},
		"a hidden type in reach": {"X int", "X, Y int"},
		"a pointer":              {"&hidden{}", "hidden{}"},
		"a constant's value":     {"C = 1", "C = 2"},
		"a constant's type":      {"C = 1", "C int = 1"},
		"a variable":             {"func F(a, b int, c ...string) {}", "var F = func(a, b int, c ...string) {}"},
		"a variadic parameter":   {"c ...string", "c []string"},
	} {
		after := strings.Replace(before, strings.ReplaceAll(edit[0], `\"`, `"`), edit[1], 1)
		if after == before {
			t.Fatalf("%s: the edit does not apply", name)
		}
		if maps.Equal(was, listing(check(t, after))) {
			t.Errorf("%s: the listing stays the same", name)
		}
	}
}
