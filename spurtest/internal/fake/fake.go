// SPDX-License-Identifier: Apache-2.0

// Package fake has a test that is allowed to fail, to test tests.
package fake

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// T is a test that is allowed to fail. Its zero value is ready for use.
type T struct {
	testing.TB
	Logs     []string
	Failures []string // of the test and its cleanups

	cleanups []func()
	mu       sync.Mutex // of Failures
}

func (f *T) Helper()          {}
func (f *T) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }

func (f *T) Error(args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Failures = append(f.Failures, fmt.Sprint(args...))
}

func (f *T) Errorf(format string, args ...any) { f.Error(fmt.Sprintf(format, args...)) }

func (f *T) Logf(format string, args ...any) {
	f.Logs = append(f.Logs, fmt.Sprintf(format, args...))
}

func (f *T) Fatal(args ...any) {
	f.Error(args...)
	runtime.Goexit()
}

func (f *T) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

// Run is what the framework does with a test.
func (f *T) Run(test func(t testing.TB)) {
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

// WantFailures compares the failures by a part of each.
func (f *T) WantFailures(t *testing.T, want ...string) {
	t.Helper()
	if len(f.Failures) != len(want) {
		t.Fatalf("got %d failures, want %d: %q", len(f.Failures), len(want), f.Failures)
	}
	for i := range want {
		if !strings.Contains(f.Failures[i], want[i]) {
			t.Errorf("failure %d is %q, want one with %q", i, f.Failures[i], want[i])
		}
	}
}
