// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/spurtest/internal/fake"
)

// park is what a leaked goroutine does.
func park(until <-chan struct{}) { <-until }

func TestCheckLeaks(t *testing.T) {
	old := make(chan struct{})
	go park(old)
	defer close(old)

	t.Run("none", func(t *testing.T) {
		f := new(fake.T)
		f.Run(func(t testing.TB) { CheckLeaks(t) })
		f.WantFailures(t)
	})
	t.Run("one that ends in time", func(t *testing.T) {
		f := new(fake.T)
		f.Run(func(t testing.TB) {
			CheckLeaks(t)
			stop := make(chan struct{})
			go park(stop)
			time.AfterFunc(20*time.Millisecond, func() { close(stop) })
		})
		f.WantFailures(t)
	})
	t.Run("one that stays", func(t *testing.T) {
		stop := make(chan struct{})
		defer close(stop)
		f := new(fake.T)
		f.Run(func(t testing.TB) {
			checkLeaks(t, 30*time.Millisecond)
			go park(stop)
		})
		f.WantFailures(t, "spurtest.park(")
		if n := strings.Count(f.Failures[0], "goroutine "); n != 2 { // its own line and "in goroutine n"
			t.Errorf("more than one goroutine is blamed:\n%s", f.Failures[0])
		}
	})
	t.Run("a subtest is not one", func(t *testing.T) {
		f := new(fake.T)
		stop := make(chan struct{})
		ended := make(chan struct{})
		f.Run(func(testing.TB) {
			checkLeaks(f, 30*time.Millisecond)
			started := make(chan struct{})
			go func() {
				defer close(ended)
				t.Run("sub", func(*testing.T) {
					close(started)
					<-stop
				})
			}()
			<-started
		})
		close(stop)
		<-ended
		if len(f.Failures) != 1 || strings.Contains(f.Failures[0], "created by testing.") {
			t.Errorf("the test's goroutine is blamed, or the one that runs it is not: %q", f.Failures)
		}
	})
}

func TestMainFindsLeaks(t *testing.T) {
	stop := make(chan struct{})
	for _, tc := range []struct {
		name string
		run  func() int
		code int
		says string
	}{
		{"tests failed", func() int { return 3 }, 3, ""},
		{"leak", func() int { go park(stop); return 0 }, 1, "spurtest.park("},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var stderr strings.Builder
			if code := runTests(tc.run, &stderr, 30*time.Millisecond); code != tc.code {
				t.Errorf("code %d, want %d", code, tc.code)
			}
			if got := stderr.String(); !strings.Contains(got, tc.says) || tc.says == "" && got != "" {
				t.Errorf("stderr is %q, want %q in it", got, tc.says)
			}
		})
	}
	close(stop) // or TestMain of this package fails
}
