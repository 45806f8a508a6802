// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/go-spur/spur/transport"
)

func TestBackoff(t *testing.T) {
	b := newBackoff(1, 2)
	for round := range 200 {
		t0 := new(attempts)
		for _, ms := range []int{250, 500, 1000, 2000, 4000, 5000, 5000} {
			step := time.Duration(ms) * time.Millisecond
			wait, asked := b.wait(t0, 0)
			if asked || wait < step/2 || wait > step {
				t.Fatalf("round %d: wait %v (asked %v), want %v to %v", round, wait, asked, step/2, step)
			}
		}
	}
}

func TestBackoffJitters(t *testing.T) {
	a, b := newBackoff(1, 2), newBackoff(1, 3)
	first, _ := a.wait(new(attempts), 0)
	second, _ := b.wait(new(attempts), 0)
	if first == second {
		t.Errorf("two clients both wait %v", first)
	}
	again := newBackoff(1, 2)
	if third, _ := again.wait(new(attempts), 0); third != first {
		t.Errorf("the same seed waits %v and %v", first, third)
	}
}

func TestBackoffRetryAfter(t *testing.T) {
	for _, tc := range []struct {
		name       string
		retryAfter time.Duration
		want       time.Duration // 0: an own wait
	}{
		{"none", 0, 0},
		{"negative", -time.Hour, 0},
		{"shorter than the own wait", time.Millisecond, 0},
		{"longer", 2 * time.Second, 2 * time.Second},
		{"a minute", time.Minute, time.Minute},
		{"an hour", time.Hour, time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBackoff(1, 2)
			wait, asked := b.wait(new(attempts), tc.retryAfter)
			if asked != (tc.want > 0) || asked && wait != tc.want || !asked && wait > firstWait {
				t.Errorf("wait %v, asked %v; want %v", wait, asked, tc.want)
			}
		})
	}
}

// Retries are for what fails for a while: everything else gets one attempt.
func TestOneAttempt(t *testing.T) {
	for _, kind := range []transport.Kind{
		transport.Accepted, transport.Permanent, transport.Partial, transport.Unconfirmed, transport.Refused, 77,
	} {
		t.Run(kind.String(), func(t *testing.T) {
			f := newFake(65000)
			f.on = func(context.Context, []byte) error { return &transport.Error{Kind: kind, RetryAfter: time.Hour} }
			r := newBatching(t, f, BatchingOptions{FlushInterval: never})
			r.Report(rootSpan(1))
			if err := r.Close(context.Background()); (err == nil) != (kind == transport.Accepted || kind == transport.Partial) || err != nil && !errors.Is(err, ErrLost) {
				t.Errorf("Close: %v", err)
			}
			if d := stats(r); len(f.got) != 1 || d.Retries != 0 {
				t.Errorf("%d attempts, %d retries", len(f.got), d.Retries)
			}
		})
	}
}
