// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// fakeT is a test that is allowed to fail.
type fakeT struct {
	testing.TB
	cleanups []func()
	failures []string
}

func (f *fakeT) Helper()          {}
func (f *fakeT) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }

func (f *fakeT) Error(args ...any) { f.failures = append(f.failures, fmt.Sprint(args...)) }

func (f *fakeT) Errorf(format string, args ...any) {
	f.failures = append(f.failures, fmt.Sprintf(format, args...))
}

func (f *fakeT) Fatal(args ...any) {
	f.Error(args...)
	runtime.Goexit()
}

func (f *fakeT) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

// run is what the framework does with a test.
func (f *fakeT) run(test func(t testing.TB)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(f)
	}()
	<-done
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
}

// wantFailures compares the failures by a part of each.
func (f *fakeT) wantFailures(t *testing.T, want ...string) {
	t.Helper()
	if len(f.failures) != len(want) {
		t.Fatalf("got %d failures, want %d: %q", len(f.failures), len(want), f.failures)
	}
	for i := range want {
		if !strings.Contains(f.failures[i], want[i]) {
			t.Errorf("failure %d is %q, want one with %q", i, f.failures[i], want[i])
		}
	}
}
