// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const measured = `date: 2026-11-30
go: go1.26.8
cpus: 2
version-jaeger-client-go: v2.30.0+incompatible
BenchmarkTime/workload=a/goroutines=1/peer=spur 100 90 ns/op 100 cpu-ns/op
BenchmarkTime/workload=a/goroutines=1/peer=jaeger 100 400 ns/op 500 cpu-ns/op
BenchmarkLoopback/sample=1/peer=plain 10 1000 cpu-ns/op
BenchmarkLoopback/sample=1/peer=spur 10 1500 cpu-ns/op
BenchmarkTime/workload=a/goroutines=1/peer=spur 100 90 ns/op 120 cpu-ns/op
BenchmarkTime/workload=a/goroutines=1/peer=jaeger 100 400 ns/op 400 cpu-ns/op
`

func TestResults(t *testing.T) {
	dir := t.TempDir()
	file, readme := filepath.Join(dir, "results.txt"), filepath.Join(dir, "TOP.md")
	for name, text := range map[string]string{file: measured, readme: "before\n<!-- by make bench-peers -->\nold\n<!-- end -->\nafter\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := readResults(file)
	if err != nil {
		t.Fatal(err)
	}
	const a = "Time/workload=a/goroutines=1"
	if got := r.median(a, "spur", cpuUnit); got != 110 || r.rounds != 2 {
		t.Errorf("the median is %v of %d rounds, want 110 of 2", got, r.rounds)
	}
	if low, middle, high := r.ratio(a, "spur", a, "jaeger", cpuUnit); low != 0.225 || middle != 0.25 || high != 0.275 {
		t.Errorf("the ratios are %v, %v, %v, want 0.225, 0.25, 0.275", low, middle, high)
	}
	if got := r.median("Loopback/sample=1", "spur", "added-cpu-ns/op"); got != 500 {
		t.Errorf("tracing adds %v ns, want 500", got)
	}
	if got := r.median(a, "nobody", cpuUnit); !math.IsNaN(got) {
		t.Errorf("what was not measured is %v", got)
	}
	if err := r.publish(dir, readme); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"README.md": "| a | – | 110 (0.25)",
		"TOP.md":    "before\n<!-- by make bench-peers -->\n| processor",
		"peers.svg": ">0.25</text>",
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q (%v):\n%s", name, want, err, text)
		}
	}
	if _, err := between("no marks", "table"); err == nil {
		t.Error("a document without marks is changed")
	}
}

func TestReadResultsRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.txt")
	for _, text := range []string{"BenchmarkA 1 2 ns/op\n", "BenchmarkA/peer=x 1 2\n", "BenchmarkA/peer=x 1 y ns/op\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := readResults(file); err == nil {
			t.Errorf("%q is read as %+v", text, r.values)
		}
	}
}

func TestArrived(t *testing.T) {
	for line, want := range map[string]string{
		"7 5 ns/op 200 finished 20 lost 170 sent": "7 5 ns/op 200 finished 80.00 delivered-% 10.00 counted-lost-% 10 unaccounted 10 kernel-lost 3 kernel-drops",
		"7 200 finished": "7 200 finished 80.00 delivered-% 40 unaccounted 0 kernel-lost 3 kernel-drops",
		"7 5 ns/op":      "7 5 ns/op",
	} {
		if got := arrived(line, 160, 3); got != want {
			t.Errorf("%s\nis  %s\nnot %s", line, got, want)
		}
	}
}
