// SPDX-License-Identifier: Apache-2.0

package archtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	rootPath    = "github.com/go-spur/spur"
	opentracing = "github.com/opentracing/opentracing-go"
	repository  = "../.." // from this package's directory, in which its tests run
)

// The root module asks its users for Go 1.23 and opentracing-go, and nothing else.
func TestGoMod(t *testing.T) {
	const want = "module " + rootPath + "\n\ngo 1.23\n\nrequire " + opentracing + " v1.2.0\n"
	got, err := os.ReadFile(repository + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("go.mod is\n%s\nwant\n%s", got, want)
	}
}

// Nor do its tests need anything else.
func TestDependencies(t *testing.T) {
	out, err := goCommand("list", "-deps", "-test", "-f", "{{with .Module}}{{.Path}}{{end}}", "./...")
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.Fields(string(out))
	slices.Sort(modules)
	if modules = slices.Compact(modules); !slices.Equal(modules, []string{rootPath, opentracing}) {
		t.Errorf("the root module and its tests depend on %q, want opentracing-go alone", modules)
	}
}

// goCommand runs the go command in the root module, outside the workspace.
func goCommand(args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = filepath.FromSlash(repository)
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, nil
}
