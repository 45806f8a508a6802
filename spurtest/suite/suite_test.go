// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/spurtest/internal/fake"
)

// brokenPatience is for pieces that are expected to fail.
const brokenPatience = 500 * time.Millisecond

func patienceFor(want map[string]string) time.Duration {
	if len(want) == 0 {
		return patience
	}
	return brokenPatience
}

// failingChecks runs those checks of a suite that are expected to fail, or all if
// none is, and returns what they say, by name.
func failingChecks[P any](piece P, checks []check[P], expected map[string]string) map[string][]string {
	said := map[string][]string{}
	for _, c := range checks {
		if _, ok := expected[c.name]; !ok && len(expected) > 0 {
			continue
		}
		f := new(fake.T)
		f.Run(func(t testing.TB) { c.run(t, piece) })
		if len(f.Failures) > 0 {
			said[c.name] = f.Failures
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
