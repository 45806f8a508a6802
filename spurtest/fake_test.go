// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// fakeT is a test that is allowed to fail.
type fakeT struct {
	testing.TB
	cleanups []func()
	logs     []string

	mu       sync.Mutex
	failures []string
}

func (f *fakeT) Helper()          {}
func (f *fakeT) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }

func (f *fakeT) Error(args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures = append(f.failures, fmt.Sprint(args...))
}

func (f *fakeT) Errorf(format string, args ...any) { f.Error(fmt.Sprintf(format, args...)) }

func (f *fakeT) Logf(format string, args ...any) {
	f.logs = append(f.logs, fmt.Sprintf(format, args...))
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
		defer func() {
			if p := recover(); p != nil {
				f.Errorf("panic: %v", p)
			}
		}()
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

// failingChecks runs those checks of a suite that are expected to fail, or all if
// none is, and returns what they say, by name.
func failingChecks[P any](piece P, checks []check[P], expected map[string]string) map[string][]string {
	said := map[string][]string{}
	for _, c := range checks {
		if _, ok := expected[c.name]; !ok && len(expected) > 0 {
			continue
		}
		f := new(fakeT)
		f.run(func(t testing.TB) { c.run(t, piece) })
		if len(f.failures) > 0 {
			said[c.name] = f.failures
		}
	}
	return said
}

// wantFailing fails the test unless the checks named fail, each with a text that
// contains what is given, and no other one does.
func wantFailing(t *testing.T, got map[string][]string, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if !strings.Contains(strings.Join(got[name], "\n"), text) || len(got[name]) == 0 {
			t.Errorf("check %q says %q, want a failure with %q", name, got[name], text)
		}
	}
	for name, failures := range got {
		if _, expected := want[name]; !expected {
			t.Errorf("check %q fails: %q", name, failures)
		}
	}
}
