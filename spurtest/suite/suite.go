// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"context"
	"sync"
	"testing"
	"time"
)

// patience is how long the suites wait for something that is to happen.
const patience = 10 * time.Second

// check is one test of a suite for pieces of type P.
type check[P any] struct {
	name string
	run  func(t testing.TB, piece P)
}

func runSuite[P any](t *testing.T, piece P, checks []check[P]) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, piece) })
	}
}

// soon returns a context that ends when patience does, or the test.
func soon(t testing.TB, patience time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// concurrently calls f with the numbers below workers*each on several goroutines, and
// returns when all is done.
func concurrently(workers, each int, f func(n int)) {
	var wait sync.WaitGroup
	for worker := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range each {
				f(worker*each + i)
			}
		}()
	}
	wait.Wait()
}

func survive(t testing.TB, what string, fn func()) {
	t.Helper()
	if p := panicOf(fn); p != nil {
		t.Errorf("%s: panic: %v", what, p)
	}
}

// panicOf returns what fn panics with, or nil.
func panicOf(fn func()) (p any) {
	defer func() { p = recover() }()
	fn()
	return nil
}
