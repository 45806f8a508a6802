// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCounts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "counts.txt")
	want := counts{"go1.26.0 linux/amd64", []count{{"spur", "a", 1000}, {"spur", "b", 2000}}}
	if err := want.write(file); err != nil {
		t.Fatal(err)
	}
	want, err := readCounts(file)
	if err != nil || want.platform != "go1.26.0 linux/amd64" || len(want.lines) != 2 {
		t.Fatalf("read %+v, %v", want, err)
	}
	for _, tt := range []struct {
		a, b, wrong int
	}{{1000, 2000, 0}, {1050, 2100, 0}, {1051, 2100, 1}, {1051, 2101, 2}, {10, 20, 0}} {
		got := counts{lines: []count{{"spur", "a", tt.a}, {"spur", "b", tt.b}}}
		if errs := want.regressions(got); len(errs) != tt.wrong {
			t.Errorf("%d and %d: %v, want %d errors", tt.a, tt.b, errs, tt.wrong)
		}
	}
	if errs := want.regressions(counts{lines: []count{{"spur", "new", 1}}}); len(errs) != 1 {
		t.Errorf("a new workload: %v", errs)
	}
	if said := want.compare("spur", "a", 900); !strings.Contains(said, "-10.0 %: better") {
		t.Errorf("900 for 1000 is %q", said)
	}
	if said := want.compare("spur", "a", 990); said != "-1.0 %" {
		t.Errorf("990 for 1000 is %q", said)
	}
}

func TestReadCountsRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "counts.txt")
	if _, err := readCounts(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	for _, text := range []string{"", "# nothing\n", "go1.26.0 linux/amd64\nspur a many\n", "go1.26.0 linux/amd64\nspur\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := readCounts(file); err == nil {
			t.Errorf("%q is read as %+v", text, c)
		}
	}
}
