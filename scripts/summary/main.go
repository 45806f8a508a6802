// SPDX-License-Identifier: Apache-2.0

// Summary reads what "go test -json" says and prints it for people: a line for each
// package as it ends, the output of what failed, and at the end what there was. Lines
// that are not JSON pass; those that begin with "== " count as modules, and those that
// begin with "FAIL" as failures.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// silence is how long nothing may be printed.
const silence = 15 * time.Second

func main() {
	lines := make(chan string)
	go read(os.Stdin, lines)
	s := newSummary(os.Stdout)
	for open := true; open; {
		select {
		case line, ok := <-lines:
			if open = ok; ok {
				s.line(line)
			}
		case <-time.After(silence - time.Since(s.printed)):
			s.printf("... %d s\n", s.seconds())
		}
	}
	if !s.end() {
		os.Exit(1) //nolint:forbidigo // a program's verdict
	}
}

// read sends the lines of r.
func read(r io.Reader, lines chan<- string) {
	defer close(lines)
	for in := bufio.NewReader(r); ; {
		line, err := in.ReadString('\n')
		if line != "" {
			lines <- strings.TrimSuffix(line, "\n")
		}
		if err != nil {
			return
		}
	}
}

// event is what "go doc test2json" describes.
type event struct {
	Action, Package, Test, Output string
}

type summary struct {
	out                               io.Writer
	start, printed                    time.Time
	modules, packages, tests, skipped int
	output                            map[string]string // of tests that have not ended, by package and name
	failed                            []string
	before                            int // how many had failed when the module began
}

func newSummary(out io.Writer) *summary {
	now := time.Now()
	return &summary{out: out, start: now, printed: now, output: map[string]string{}}
}

func (s *summary) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, format, args...)
	s.printed = time.Now()
}

func (s *summary) seconds() int { return int(time.Since(s.start).Seconds()) }

func (s *summary) line(line string) {
	var e event
	if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &e) != nil {
		what, failed := strings.CutPrefix(line, "FAIL ")
		if failed && len(s.failed) > s.before {
			return // it has been said which test
		}
		s.printf("%s\n", line)
		if failed {
			s.fail(what, "")
		} else if strings.HasPrefix(line, "== ") {
			s.modules++
			s.before = len(s.failed)
		}
		return
	}
	name, _, isSubtest := strings.Cut(e.Test, "/")
	key := e.Package + ": " + name
	switch {
	case e.Action == "build-output":
		s.printf("%s", e.Output)
	case e.Action == "output" && e.Test == "":
		s.packageOutput(e.Output)
	case e.Action == "output":
		if !isNoise(e.Output) {
			s.output[key] += e.Output
		}
	case e.Test == "":
		s.packageEnd(e)
	case isSubtest:
	case e.Action == "pass" || e.Action == "skip" || e.Action == "fail":
		s.tests++
		if e.Action == "skip" {
			s.skipped++
		} else if e.Action == "fail" {
			s.fail(key, s.output[key])
		}
		delete(s.output, key)
	}
}

// packageOutput prints what a package says beside its tests: the verdict, and what is wrong.
func (s *summary) packageOutput(text string) {
	if text != "PASS\n" && text != "FAIL\n" && !strings.HasPrefix(text, "?") {
		s.printf("%s", text)
	}
}

func (s *summary) packageEnd(e event) {
	if e.Action != "pass" && e.Action != "fail" {
		return
	}
	s.packages++
	prefix := e.Package + ": "
	for key, output := range s.output {
		if strings.HasPrefix(key, prefix) { // the test never ended
			s.fail(key, output)
			delete(s.output, key)
		}
	}
	if e.Action == "fail" && !slices.ContainsFunc(s.failed, func(f string) bool { return strings.HasPrefix(f, prefix) }) {
		s.fail(e.Package, "")
	}
}

func (s *summary) fail(what, output string) {
	s.printf("%s", output)
	s.failed = append(s.failed, what)
}

// isNoise reports whether a line of a test's output says only that something began or passed.
func isNoise(line string) bool {
	return strings.HasPrefix(line, "=== ") || strings.HasPrefix(strings.TrimSpace(line), "--- PASS")
}

// end prints the summary and reports whether all is well.
func (s *summary) end() bool {
	s.printf("\n%d modules, %d packages, %d tests (%d skipped) in %d s: ", s.modules, s.packages, s.tests, s.skipped, s.seconds())
	if len(s.failed) == 0 {
		s.printf("all passed\n")
		return true
	}
	s.printf("%d failed; what they printed stands above\n", len(s.failed))
	for _, f := range s.failed {
		s.printf("  %s\n", f)
	}
	return false
}
