// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/go-spur/spur/internal/format"
)

// goPackage is what the go command says of a package.
type goPackage struct {
	ImportPath string
	Dir        string
	Standard   bool

	GoFiles, CgoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles []string

	Error *struct{ Err string }
}

const listFields = "-json=ImportPath,Dir,Standard,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles,Error"

// goMod is what is used of a go.mod or go.work file, as go mod edit prints it.
type goMod struct {
	Module  struct{ Path string }
	Go      string // "" means 1.16
	Require []struct{ Path, Version string }
	Replace []replacement
}

type replacement struct {
	Old, New struct{ Path, Version string }
}

// goCommand runs the go command in a directory.
type goCommand struct{ dir string }

// packages lists those that the patterns name, without what they import: so nothing is
// downloaded, and what does not compile does no harm.
func (g goCommand) packages(ctx context.Context, patterns []string) (all []goPackage, err error) {
	args := append([]string{"list", "-e", "-find", listFields, "--"}, patterns...)
	err = g.run(ctx, func(out *json.Decoder) error {
		for {
			var p goPackage
			if err := out.Decode(&p); err != nil {
				return err
			}
			if len(all) == maxPackages {
				return fmt.Errorf("more than %d packages", maxPackages)
			}
			if !p.Standard {
				all = append(all, p)
			}
		}
	}, args...)
	return all, err
}

// one reads the one document that the command prints.
func (g goCommand) one(ctx context.Context, into any, args ...string) error {
	return g.run(ctx, func(out *json.Decoder) error { return out.Decode(into) }, args...)
}

// run hands the command's output to read, which may return io.EOF. The error has the
// first of what the command complained about.
func (g goCommand) run(ctx context.Context, read func(*json.Decoder) error, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.WaitDelay = g.dir, time.Second
	var complaints limited
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, &complaints
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.Wait() // within WaitDelay of the end of ctx, whoever holds the output
		_ = in.Close()      // never an error
	}()
	wrong := read(json.NewDecoder(io.LimitReader(out, maxList)))
	if wrong != nil && !errors.Is(wrong, io.EOF) {
		cancel() // the rest is not read
	}
	_ = out.Close() // never an error
	err := <-ended
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("go %s: no end within %v", args[0], listTime)
	case wrong != nil && !errors.Is(wrong, io.EOF):
		return fmt.Errorf("go %s: %w", args[0], wrong)
	case err != nil:
		return fmt.Errorf("go %s: %w: %s", args[0], err, format.Line(complaints.String(), maxText))
	}
	return nil
}

// limited keeps the first maxStderr bytes that are written to it.
type limited struct{ bytes.Buffer }

// Write implements io.Writer.
func (l *limited) Write(b []byte) (int, error) {
	_, _ = l.Buffer.Write(b[:min(len(b), maxStderr-l.Len())])
	return len(b), nil
}
