// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// leakTimeout is how long goroutines get to end.
const leakTimeout = 2 * time.Second

// maxStacks bounds what is read of all goroutines' stacks, in bytes.
const maxStacks = 64 << 20

// CheckLeaks fails the test if goroutines that started after the call are still
// there when the test has ended, with their stacks. They get 2 seconds. Call it
// first: what cleans up later must be registered later. It cannot tell the
// goroutines of tests that run at the same time apart, so it is not for tests
// with t.Parallel. Goroutines of package testing do not count, nor does the one
// that os/signal keeps for good.
func CheckLeaks(t testing.TB) {
	t.Helper()
	checkLeaks(t, leakTimeout)
}

func checkLeaks(t testing.TB, timeout time.Duration) {
	t.Helper()
	before := map[string]bool{}
	for _, g := range goroutines() {
		before[g.id] = true
	}
	t.Cleanup(func() {
		t.Helper()
		if left := leaked(before, timeout); left != "" {
			t.Errorf("spurtest: goroutines left behind:\n%s", left)
		}
	})
}

// Main runs the tests of a package and returns the code to exit with. If the
// tests pass but goroutines are left when all have ended, after at most 2
// seconds, it writes their stacks to standard error and returns 1.
//
//	func TestMain(m *testing.M) { os.Exit(spurtest.Main(m)) }
func Main(m *testing.M) int { return runTests(m.Run, os.Stderr, leakTimeout) }

func runTests(run func() int, stderr io.Writer, timeout time.Duration) int {
	code := run()
	if code != 0 {
		return code
	}
	if left := leaked(nil, timeout); left != "" {
		_, _ = fmt.Fprintf(stderr, "spurtest: goroutines left behind:\n%s\n", left)
		return 1
	}
	return 0
}

// leaked returns the stacks of goroutines that are not in before, once there are
// none or time is up.
func leaked(before map[string]bool, timeout time.Duration) string {
	var left []string
	eventually(timeout, func() bool {
		left = left[:0]
		for i, g := range goroutines() {
			if i > 0 && !before[g.id] && !g.harmless() { // the first is this one
				left = append(left, g.stack)
			}
		}
		return len(left) == 0
	})
	return strings.Join(left, "\n\n")
}

type goroutine struct {
	id    string // never used again while the process lives
	stack string
}

// harmless reports whether the goroutine belongs to the test framework or the
// runtime, or is one that cannot be stopped.
func (g goroutine) harmless() bool {
	return strings.Contains(g.stack, "created by testing.") ||
		strings.Contains(g.stack, "created by runtime.") ||
		strings.Contains(g.stack, "\ntesting.(*M).Run(") ||
		strings.Contains(g.stack, "os/signal.loop(")
}

// goroutines returns all goroutines, the calling one first.
func goroutines() []goroutine {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true)
	for n == len(buf) && n < maxStacks {
		buf = make([]byte, 2*len(buf))
		n = runtime.Stack(buf, true)
	}
	var all []goroutine
	for _, stack := range bytes.Split(buf[:n], []byte("\n\n")) {
		head, _, _ := bytes.Cut(stack, []byte(" ["))
		all = append(all, goroutine{id: string(head), stack: strings.TrimSpace(string(stack))})
	}
	return all
}
