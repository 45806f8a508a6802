// SPDX-License-Identifier: Apache-2.0

package transport

import "sync/atomic"

const (
	firstPatience = 8    // batches accepted before a limit that fell is tried with more
	mostPatience  = 1024 // it doubles each time that was too much
)

// limit is what MaxBatch returns. It falls when something on the path takes less,
// and doubles again, up to what it was, as batches are accepted: what took less may
// have been replaced. now may be read from any goroutine.
type limit struct {
	now      atomic.Int64
	most     int64
	accepted int // batches since now changed
	patience int
}

func (l *limit) init(most int) {
	l.most, l.patience = int64(most), firstPatience
	l.now.Store(l.most)
}

func (l *limit) get() int { return int(l.now.Load()) }

// lower is called when a batch was too large, and n is not.
func (l *limit) lower(n int64) {
	if n >= l.now.Load() {
		return
	}
	l.now.Store(n)
	l.accepted, l.patience = 0, min(2*l.patience, mostPatience)
}

// accept is called when a batch was accepted.
func (l *limit) accept() {
	n := l.now.Load()
	if n == l.most {
		return
	}
	if l.accepted++; l.accepted >= l.patience {
		l.accepted = 0
		l.now.Store(min(2*n, l.most))
	}
}
