// SPDX-License-Identifier: Apache-2.0

package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/build"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const compatDir = "compat/jaeger-client-go"

// module is one go.mod of this repository.
type module struct {
	dir, path string
	workspace bool // it stands in go.work
}

// moduleTable lists the modules that there may be. One that does not exist yet
// is no error; one that is not listed is.
//
// conformance and benchmarks stand outside go.work because inside it
// github.com/uber/jaeger-client-go is compat, and they want the real one; tools
// does because its requirements are nobody else's.
var moduleTable = []module{
	{".", rootPath, true},
	{"spurgrpc", rootPath + "/spurgrpc", true},
	{"otlpgrpc", rootPath + "/otlpgrpc", true},
	{"otelbridge", rootPath + "/otelbridge", true},
	{"jaegerlib", rootPath + "/jaegerlib", true},
	{"backend", rootPath + "/backend", true},
	{compatDir, "github.com/uber/jaeger-client-go", true},
	{"internal/conformance", rootPath + "/internal/conformance", false},
	{"benchmarks", rootPath + "/benchmarks", false},
	{"tools", rootPath + "/tools", false},
}

// moduleOf returns the directory of the module that a file belongs to.
func moduleOf(name string) string {
	best := "."
	for _, m := range moduleTable {
		if strings.HasPrefix(name, m.dir+"/") && len(m.dir) > len(best) {
			best = m.dir
		}
	}
	return best
}

func moduleRow(dir string) module {
	i := slices.IndexFunc(moduleTable, func(m module) bool { return m.dir == dir })
	if i < 0 {
		return module{}
	}
	return moduleTable[i]
}

// goMod is the part of "go mod edit -json" that the rules need.
type goMod struct {
	Module    struct{ Path string }
	Go        string
	Toolchain string
	Require   []struct {
		Path     string
		Indirect bool
	}
	Replace []struct {
		Old, New struct{ Path string }
	}
}

func (m *goMod) requires(modulePath string) bool {
	for _, r := range m.Require {
		if r.Path == modulePath {
			return true
		}
	}
	return false
}

// goWork is the part of "go work edit -json" that the rules need.
type goWork struct {
	Use     []struct{ DiskPath string }
	Replace []json.RawMessage
}

func TestModules(t *testing.T) {
	if !slices.Contains(build.Default.ReleaseTags, "go1.24") {
		t.Skip("this go command does not know the tool lines of tools/go.mod")
	}
	root := repository(t)
	mods := make(map[string]*goMod)
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != root && skipDir(d.Name()):
			return filepath.SkipDir
		case d.Name() == "go.mod":
			rel, err := filepath.Rel(root, filepath.Dir(p))
			if err != nil {
				return err
			}
			mod := new(goMod)
			goJSON(t, root, mod, "mod", "edit", "-json", p)
			mods[filepath.ToSlash(rel)] = mod
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if mods["."] == nil {
		t.Fatal("found no go.mod in the root")
	}
	for dir, mod := range mods {
		report(t, checkModule(dir, mod))
	}
	work := new(goWork)
	goJSON(t, root, work, "work", "edit", "-json", filepath.Join(root, "go.work"))
	report(t, checkWorkspace(work, func(dir string) bool { return mods[dir] != nil }))
}

// checkModule applies moduleTable and, to the root, the promises made to its users.
func checkModule(dir string, mod *goMod) []string {
	row := moduleRow(dir)
	if row.dir == "" {
		return []string{dir + "/go.mod: the module has no row in moduleTable (internal/archtest)"}
	}
	var problems []string
	add := func(why string) { problems = append(problems, path.Join(dir, "go.mod")+": "+why) }
	if mod.Module.Path != row.path {
		add("the module line says " + mod.Module.Path + ", not " + row.path)
	}
	if dir != "." {
		if mod.requires(rootPath) && !replacesRoot(dir, mod) {
			add("requires " + rootPath + " without replacing it by the directory above: the checkout would test a release")
		}
		return problems
	}
	if mod.Go != "1.23" && !strings.HasPrefix(mod.Go, "1.23.") {
		add("says go " + mod.Go + ", not 1.23: legacy services cannot always move")
	}
	if mod.Toolchain != "" {
		add("has a toolchain line, which makes users download one")
	}
	if len(mod.Replace) > 0 {
		add("has a replace line, which users do not get")
	}
	for _, r := range mod.Require {
		if r.Path != opentracing {
			add("requires " + r.Path + ": the root depends on " + opentracing + " alone")
		}
	}
	return problems
}

func replacesRoot(dir string, mod *goMod) bool {
	for _, r := range mod.Replace {
		if r.Old.Path == rootPath && path.Join(dir, r.New.Path) == "." {
			return true
		}
	}
	return false
}

// checkWorkspace compares go.work with the modules that exist and belong there.
func checkWorkspace(work *goWork, exists func(dir string) bool) []string {
	var problems []string
	if len(work.Replace) > 0 {
		problems = append(problems, "go.work: has a replace line; replacements stand in go.mod files, where GOWORK=off sees them")
	}
	used := make(map[string]bool)
	for _, u := range work.Use {
		dir := path.Clean(u.DiskPath)
		used[dir] = true
		if !moduleRow(dir).workspace {
			problems = append(problems, "go.work: uses "+dir+", which stands outside (moduleTable)")
		}
	}
	for _, m := range moduleTable {
		if m.workspace && exists(m.dir) && !used[m.dir] {
			problems = append(problems, "go.work: lacks the module in "+m.dir)
		}
	}
	return problems
}

func TestRootDependsOnOpenTracingAlone(t *testing.T) {
	root := repository(t)
	out := goOutput(t, root, "list", "-deps", "-test", "-json=ImportPath,Standard,Module", "./...")
	problems, own := checkDependencies(bytes.NewReader(out))
	report(t, problems)
	if own < 5 {
		t.Errorf("go list named %d packages of this module: the check is broken", own)
	}
}

// TestUsersGetOpenTracingAlone lists what a program that imports the root package
// links beside the standard library.
func TestUsersGetOpenTracingAlone(t *testing.T) {
	out := goOutput(t, repository(t), "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
	report(t, checkLinked(strings.Fields(string(out))))
}

// linkedFromOutside are the packages of other modules that the root package needs.
var linkedFromOutside = []string{opentracing, opentracing + "/ext", opentracing + "/log"}

// checkLinked compares the packages that the root package needs with those that it
// may: linkedFromOutside, all of them, and what importTable lets it reach.
func checkLinked(packages []string) []string {
	var problems []string
	for _, p := range linkedFromOutside {
		if !slices.Contains(packages, p) {
			problems = append(problems, "the root package does not need "+p+" any more: the list is wrong, or the check is broken")
		}
	}
	root, _ := rowOf(".")
	for _, p := range packages {
		if p != rootPath && !slices.Contains(linkedFromOutside, p) && (!isBelow(p, rootPath) || root.mayImport(p) != "") {
			problems = append(problems, "the root package needs "+p)
		}
	}
	return problems
}

// checkDependencies reads the output of "go list -deps -test -json" and returns
// what the root module may not depend on, and the number of its own packages.
func checkDependencies(r io.Reader) (problems []string, own int) {
	dec := json.NewDecoder(r)
	for {
		var p struct {
			ImportPath string
			Standard   bool
			Module     *struct{ Path string }
		}
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return problems, own
		}
		if err != nil {
			return append(problems, "go list: "+err.Error()), own
		}
		switch {
		case p.Standard, strings.HasSuffix(p.ImportPath, ".test"):
		case p.Module == nil:
			problems = append(problems, p.ImportPath+" belongs to no module")
		case p.Module.Path == rootPath:
			own++
		case p.Module.Path != opentracing:
			problems = append(problems, "the root module or its tests depend on "+p.ImportPath+" of "+p.Module.Path)
		}
	}
}

// goOutput runs the go command in dir, outside the workspace.
func goOutput(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	out, err := goCommand(dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// goCommand is goOutput for what may fail.
func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, nil
}

func goJSON(t *testing.T, dir string, into any, args ...string) {
	t.Helper()
	if err := json.Unmarshal(goOutput(t, dir, args...), into); err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
}
