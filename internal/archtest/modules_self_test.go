// SPDX-License-Identifier: Apache-2.0

package archtest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestModulesSelf(t *testing.T) {
	for _, tc := range []struct {
		name, dir, json string
		want            []string
	}{
		{"root", ".", `{"Module":{"Path":"github.com/go-spur/spur"},"Go":"1.23","Require":[{"Path":"github.com/opentracing/opentracing-go"}]}`, nil},
		{"root with a newer go line", ".", `{"Module":{"Path":"github.com/go-spur/spur"},"Go":"1.24.0"}`, []string{"says go 1.24.0"}},
		{"root with a toolchain line", ".", `{"Module":{"Path":"github.com/go-spur/spur"},"Go":"1.23","Toolchain":"go1.26.0"}`, []string{"toolchain line"}},
		{
			"root with a dependency and a replacement", ".",
			`{"Module":{"Path":"github.com/go-spur/spur"},"Go":"1.23","Require":[{"Path":"golang.org/x/sync","Indirect":true}],"Replace":[{"Old":{"Path":"a"},"New":{"Path":"b"}}]}`,
			[]string{"replace line", "requires golang.org/x/sync"},
		},
		{"unknown module", "extras", `{"Module":{"Path":"github.com/go-spur/spur/extras"},"Go":"1.23"}`, []string{"no row in moduleTable"}},
		{"module line", "compat/jaeger-client-go", `{"Module":{"Path":"github.com/go-spur/spur/compat"}}`, []string{"not github.com/uber/jaeger-client-go"}},
		{
			"nested and replaced", "compat/jaeger-client-go",
			`{"Module":{"Path":"github.com/uber/jaeger-client-go"},"Require":[{"Path":"github.com/go-spur/spur"}],"Replace":[{"Old":{"Path":"github.com/go-spur/spur"},"New":{"Path":"../.."}}]}`,
			nil,
		},
		{
			"nested and replaced by the wrong directory", "compat/jaeger-client-go",
			`{"Module":{"Path":"github.com/uber/jaeger-client-go"},"Require":[{"Path":"github.com/go-spur/spur"}],"Replace":[{"Old":{"Path":"github.com/go-spur/spur"},"New":{"Path":".."}}]}`,
			[]string{"without replacing it"},
		},
		{"nested and not replaced", "spurgrpc", `{"Module":{"Path":"github.com/go-spur/spur/spurgrpc"},"Require":[{"Path":"github.com/go-spur/spur"}]}`, []string{"without replacing it"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mod := new(goMod)
			unmarshal(t, tc.json, mod)
			expect(t, checkModule(tc.dir, mod), tc.want...)
		})
	}
}

func TestWorkspaceSelf(t *testing.T) {
	for _, tc := range []struct {
		name, json string
		exist      []string
		want       []string
	}{
		{"complete", `{"Use":[{"DiskPath":"."},{"DiskPath":"./backend"}]}`, []string{".", "backend", "benchmarks"}, nil},
		{"a module is missing", `{"Use":[{"DiskPath":"."}]}`, []string{".", "backend"}, []string{"lacks the module in backend"}},
		{"one too many", `{"Use":[{"DiskPath":"."},{"DiskPath":"./benchmarks"}]}`, []string{".", "benchmarks"}, []string{"uses benchmarks"}},
		{"replacement", `{"Use":[{"DiskPath":"."}],"Replace":[{}]}`, []string{"."}, []string{"replace line"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			work := new(goWork)
			unmarshal(t, tc.json, work)
			exists := func(dir string) bool { return strings.Contains(" "+strings.Join(tc.exist, " ")+" ", " "+dir+" ") }
			expect(t, checkWorkspace(work, exists), tc.want...)
		})
	}
}

func TestDependenciesSelf(t *testing.T) {
	const (
		fine = `{"ImportPath":"fmt","Standard":true}
{"ImportPath":"github.com/go-spur/spur","Module":{"Path":"github.com/go-spur/spur"}}
{"ImportPath":"github.com/go-spur/spur.test","Module":{"Path":"github.com/go-spur/spur"}}
{"ImportPath":"github.com/opentracing/opentracing-go/ext","Module":{"Path":"github.com/opentracing/opentracing-go"}}
`
		stranger = `{"ImportPath":"go.uber.org/goleak","Module":{"Path":"go.uber.org/goleak"}}`
		homeless = `{"ImportPath":"example.com/x"}`
	)
	for _, tc := range []struct {
		name, in string
		want     []string
	}{
		{"nothing but opentracing", fine, nil},
		{"a test library", fine + stranger, []string{"go.uber.org/goleak"}},
		{"a package without a module", fine + homeless, []string{"belongs to no module"}},
		{"not JSON", fine + "{", []string{"go list: "}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			problems, own := checkDependencies(strings.NewReader(tc.in))
			expect(t, problems, tc.want...)
			if own != 1 {
				t.Errorf("counted %d packages of the module, want 1", own)
			}
		})
	}
}

func TestLinkedSelf(t *testing.T) {
	fine := slices.Concat([]string{rootPath, rootPath + "/model", rootPath + "/internal/warn"}, linkedFromOutside)
	with := func(p string) []string { return append(slices.Clip(fine), p) }
	for _, tc := range []struct {
		name     string
		packages []string
		want     []string
	}{
		{"what there should be", fine, nil},
		{"a stranger", with("golang.org/x/sync/errgroup"), []string{"needs golang.org/x/sync/errgroup"}},
		{"another package of opentracing", with(opentracing + "/mocktracer"), []string{"/mocktracer"}},
		{"the test kit", with(rootPath + "/spurtest"), []string{"needs " + rootPath + "/spurtest"}},
		{"a neighbour", with(rootPath + "x"), []string{rootPath + "x"}},
		{"nothing", []string{rootPath}, []string{"need " + opentracing + " ", "/ext", "/log"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			expect(t, checkLinked(tc.packages), tc.want...)
		})
	}
}

func unmarshal(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("fixture: %v", err)
	}
}
