// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
)

// Engine is what Run tests.
type Engine struct {
	// Open opens the store that cfg describes, or makes a new one.
	Open func(ctx context.Context, cfg Config) (store.Store, error)

	// Newer makes the closed store in dir look as if a later version of the
	// engine had written it. nil is for engines that keep nothing on disk.
	Newer func(t testing.TB, dir string)

	// Older makes the closed store in dir what the first version of the engine
	// would have written. nil says that this is the first version.
	Older func(t testing.TB, dir string)

	// Keeps returns what the engine's schema keeps of spans. nil is for everything.
	Keeps func(ptrace.Traces) ptrace.Traces

	// PartlyIndexed says that searches need not find spans by values of tags that are
	// bytes, or text that reads as a number but is not written as one usually is, nor
	// spans that are not to be indexed, those of firehose.
	PartlyIndexed bool
}

// Config is what a test asks of a store.
type Config struct {
	Dir      string // where it lies, an existing folder
	MaxBytes int64  // at which it removes the oldest spans, or 0: more than the test writes
	MaxScan  int    // the number of spans that a search reads one by one before it gives up, or 0: its own
}

// Except names tests that an engine may fail, with the reason. One that it
// does not fail is an error.
type Except map[string]string

// RunWriting tests what an engine does with what is written to it, for those that are
// read with the code of another one.
func RunWriting(t *testing.T, e Engine, except Except) {
	run(t, e, except, tests[:slices.IndexFunc(tests, func(x test) bool { return x.name == firstReading })])
}

// Run tests an engine.
func Run(t *testing.T, e Engine, except Except) { run(t, e, except, tests) }

func run(t *testing.T, e Engine, except Except, tests []test) {
	if dir := os.Getenv(killDir); dir != "" { //nolint:forbidigo // set by testKill for its child
		writeUntilKilled(t, e, dir)
	}
	for name, reason := range except {
		if !slices.ContainsFunc(tests, func(x test) bool { return x.name == name }) || reason == "" {
			t.Errorf("exception %q is of no test, or has no reason", name)
		}
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			failure, skip := collect(t, e, x.run).outcome(except[x.name])
			switch {
			case skip != "":
				t.Skip(skip)
			case failure != "":
				t.Error(failure)
			}
		})
	}
}

// outcome says what failed, or why nothing is said, given the reason for which
// the test is excepted, or "".
func (t *T) outcome(reason string) (failure, skip string) {
	switch {
	case t.skipped != "":
		return "", t.skipped
	case reason == "":
		return strings.Join(t.failures, "\n"), ""
	case len(t.failures) == 0:
		return "the exception is not needed: " + reason, ""
	default:
		return "", reason
	}
}

// collect calls f with a T and returns it when f is done.
func collect(t testing.TB, e Engine, f func(*T)) *T {
	r := &T{TB: t, engine: e}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				r.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		f(r)
	}()
	<-done
	return r
}

// T is a test of one engine. It holds failures back, because they may be
// excepted.
type T struct {
	testing.TB
	engine Engine

	mu       sync.Mutex
	failures []string
	skipped  string
}

// Errorf notes a failure.
func (t *T) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, fmt.Sprintf(format, args...))
}

// Fatalf notes a failure and ends the test.
func (t *T) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

// Error notes a failure.
func (t *T) Error(args ...any) { t.Errorf("%s", fmt.Sprintln(args...)) }

// Fatal notes a failure and ends the test.
func (t *T) Fatal(args ...any) { t.Fatalf("%s", fmt.Sprintln(args...)) }

// Skip ends the test with no result.
func (t *T) Skip(args ...any) {
	t.skipped = fmt.Sprint(args...)
	runtime.Goexit()
}
