// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"sync"
)

// flushes lets any number of goroutines wait for the sender: their requests are
// numbered, and it answers all up to a number at once.
type flushes struct {
	mu       sync.Mutex
	wanted   uint64        // number of the newest request
	done     uint64        // all up to this one are answered
	answered chan struct{} // closed, and made anew, when done grows
}

// wait makes a request and wakes who answers, until it is answered, ctx ends (nil
// never does), which is an error, or done is closed: then answered says whether the
// request was.
func (f *flushes) wait(ctx context.Context, wake chan struct{}, done <-chan struct{}) (answered bool, err error) {
	f.mu.Lock()
	f.wanted++
	mine := f.wanted
	f.mu.Unlock()
	for ended := false; ; {
		f.mu.Lock()
		ok, next := f.done >= mine, f.answered
		f.mu.Unlock()
		if ok || ended {
			return ok, nil
		}
		poke(wake)
		select {
		case <-next:
		case <-done:
			ended = true
		case <-orBackground(ctx).Done():
			return false, ctx.Err()
		}
	}
}

func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}

// pending returns the newest request, and whether it still wants an answer.
func (f *flushes) pending() (number uint64, wanted bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.wanted, f.wanted > f.done
}

func (f *flushes) answer(number uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = number
	close(f.answered)
	f.answered = make(chan struct{})
}
