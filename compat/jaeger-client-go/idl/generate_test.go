// SPDX-License-Identifier: Apache-2.0

package idl

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The packages in thrift-gen are what the compiler makes of the definitions here.
func TestGenerated(t *testing.T) {
	version, err := exec.Command("thrift", "-version").Output()
	if want := "Thrift version 0.17.0\n"; err != nil || string(version) != want {
		t.Skipf("no Thrift compiler of version 0.17.0: %q, %v", version, err)
	}
	dir := t.TempDir()
	if out, err := exec.Command("./generate.sh", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*", "*.go"))
	if err != nil || len(made) == 0 {
		t.Fatal("nothing was generated", err)
	}
	for _, file := range made {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(dir, file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", "thrift-gen", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("thrift-gen/%s is not what go generate ./idl writes: %v", name, err)
		}
	}
}
