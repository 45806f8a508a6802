// SPDX-License-Identifier: Apache-2.0

// Package examples_test runs each example as a reader would, and compares what it
// prints with what its README shows.
package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	ports  = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
	breaks = regexp.MustCompile(`\n +\| `) // where long lines go on
)

// shape is a text without what differs from run to run. Where lines break depends on
// the lengths of the rest.
func shape(s string) string {
	return ports.ReplaceAllString(breaks.ReplaceAllString(s, " "), "ADDRESS")
}

func TestReadmes(t *testing.T) {
	readmes, err := filepath.Glob("*/README.md")
	if err != nil || len(readmes) < 7 {
		t.Fatalf("found %q, %v", readmes, err)
	}
	for _, readme := range readmes {
		dir := filepath.Dir(readme)
		if dir == "quickstart" || dir == "metrics" || dir == "service" || dir == "routers" {
			continue // their own tests compare more loosely: durations and counts differ
		}
		t.Run(dir, func(t *testing.T) {
			text, err := os.ReadFile(readme)
			if err != nil {
				t.Fatal(err)
			}
			_, block, found := strings.Cut(string(text), "\nIt prints:\n\n```\n")
			want, _, closed := strings.Cut(block, "```\n")
			if !found || !closed {
				t.Fatal("the README does not say what it prints")
			}
			cmd := exec.Command("go", "run", "./"+dir)
			cmd.Env = cleanEnv()
			var problems strings.Builder
			cmd.Stderr = &problems
			got, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, &problems)
			}
			if shape(string(got)) != shape(want) {
				t.Errorf("it prints\n%s\nthe README says\n%s", got, want)
			}
			if problems.Len() > 0 {
				t.Errorf("on stderr: %s", &problems)
			}
		})
	}
}

// cleanEnv is the environment without the variables that tracers read.
func cleanEnv() (env []string) {
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "JAEGER_") && !strings.HasPrefix(entry, "OTEL_") {
			env = append(env, entry)
		}
	}
	return env
}
