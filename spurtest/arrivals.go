// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"context"
	"fmt"
	"sync"
)

// arrivals counts spans and lets others wait for a number of them. The zero
// value is ready to use.
type arrivals struct {
	mu      sync.Mutex
	n       int
	changed chan struct{} // closed at the next change; nil while nobody waits
}

// add counts n more.
func (a *arrivals) add(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.n += n
	if a.changed != nil {
		close(a.changed)
		a.changed = nil
	}
}

func (a *arrivals) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.n
}

func (a *arrivals) reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.n = 0
}

// wait returns nil once n are counted, and an error when ctx or end ends first.
func (a *arrivals) wait(ctx context.Context, n int, end <-chan struct{}) error {
	for {
		a.mu.Lock()
		have := a.n
		if a.changed == nil {
			a.changed = make(chan struct{})
		}
		changed := a.changed
		a.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-changed:
		case <-end:
			return fmt.Errorf("%w: %d of %d spans arrived", ErrClosed, have, n)
		case <-ctx.Done():
			return fmt.Errorf("spurtest: %d of %d spans arrived: %w", have, n, ctx.Err())
		}
	}
}
