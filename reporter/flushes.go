// SPDX-License-Identifier: Apache-2.0

package reporter

import "sync"

// flushes lets any number of goroutines wait for the sender without a message in
// the queue of batches: requests are numbered, and the sender answers all up to a
// number at once.
type flushes struct {
	mu       sync.Mutex
	wanted   uint64        // number of the newest request
	done     uint64        // all up to this one are answered
	answered chan struct{} // closed, and made anew, when done grows
}

// request returns the number of a new request and what to wait for before asking
// state.
func (f *flushes) request() (number uint64, answered <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wanted++
	return f.wanted, f.answered
}

// state says whether a request is answered, and else what to wait for.
func (f *flushes) state(number uint64) (done bool, answered <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.done >= number, f.answered
}

// pending returns the newest request, and whether it still wants an answer.
func (f *flushes) pending() (number uint64, wanted bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.wanted, f.wanted > f.done
}

// answer answers all requests up to number.
func (f *flushes) answer(number uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = number
	close(f.answered)
	f.answered = make(chan struct{})
}
