// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-spur/spur/spurtest"
)

func TestMain(m *testing.M) { os.Exit(spurtest.Main(m)) }

// at is a program with these variables, NAME=value, and this directory of code.
func at(dir string, vars ...string) program {
	return program{dir: dir, environ: vars, lookup: func(name string) (string, bool) {
		for _, v := range vars {
			if n, value, _ := strings.Cut(v, "="); n == name {
				return value, true
			}
		}
		return "", false
	}}
}

// with is the environment of these variables.
func with(vars ...string) *environment {
	p := at("", vars...)
	return newEnvironment(p.lookup, p.environ)
}

// write makes files, each given as its name and its text, in a new directory.
func write(t *testing.T, files ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// doctor runs the program for a status and returns what it prints.
func doctor(t *testing.T, want int, p program, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(args, p, &stdout, &stderr); got != want {
		t.Fatalf("spur-doctor %q: status %d, want %d\n%s%s", args, got, want, &stdout, &stderr)
	}
	return stdout.String() + stderr.String()
}

// asJSON is the report as a stranger reads it.
type asJSON struct {
	Format        int
	Version       string
	Status        string
	Configuration struct {
		Settings  []struct{ Name, Value, Source, Status, Note string }
		Variables []struct {
			Name, Value string
			GoClient    bool `json:"jaeger_client_go"`
		}
		Findings []struct{ Status, Subject, Text string }
	}
	Connections []struct {
		Name, Address, Source, Status, Text, Hint, Strategy string
		Used                                                bool
		TraceID                                             string `json:"trace_id"`
	}
	Code struct {
		Module, Status string
		Packages       int
		Findings       []struct{ Status, Subject, Text string }
		Imports        []struct {
			Path, Package, File, Instead string
			Line                         int
		}
	}
}

func read(t *testing.T, text string) (r asJSON) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return r
}
