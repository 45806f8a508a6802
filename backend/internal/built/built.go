// SPDX-License-Identifier: Apache-2.0

// Package built is the command all-in-one as an executable file, for tests that
// run it in a process of its own.
package built

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// Command builds cmd/all-in-one, once for all tests of a package.
type Command struct {
	once   sync.Once
	folder string
	name   string
	err    error
}

// Name returns the path of the executable file.
func (c *Command) Name(t testing.TB) string {
	t.Helper()
	c.once.Do(c.build)
	if c.err != nil {
		t.Fatal(c.err)
	}
	return c.name
}

func (c *Command) build() {
	if c.folder, c.err = os.MkdirTemp("", "all-in-one"); c.err != nil {
		return
	}
	c.name = filepath.Join(c.folder, "all-in-one")
	if runtime.GOOS == "windows" {
		c.name += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", c.name, "github.com/go-spur/spur/backend/cmd/all-in-one").CombinedOutput()
	if err != nil {
		c.err = fmt.Errorf("%w: %s", err, out)
	}
}

// Run runs the tests of m, removes the file, and returns the status to exit with.
func (c *Command) Run(m *testing.M) int {
	defer func() { _ = os.RemoveAll(c.folder) }()
	return m.Run()
}
