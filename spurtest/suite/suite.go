// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"fmt"
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

// runSuite runs each check as a subtest.
func runSuite[P any](t *testing.T, piece P, checks []check[P]) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, piece) })
	}
}

// survive fails the test when fn panics.
func survive(t testing.TB, what string, fn func()) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: panic: %v", what, p)
		}
	}()
	fn()
}

// brief quotes the beginning of a text.
func brief(s string) string {
	const most = 100
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q… (%d bytes)", s[:most], len(s))
}
