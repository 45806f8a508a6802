// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"sync"
	"time"
)

// mostLines is how many log lines wait for a handler; further ones are left out.
const mostLines = 32

// lines writes log lines, in order, on a goroutine that lives as long as there are
// some: a handler may block, and it may call Flush or Close, which wait for the
// sender. The zero value is ready to use.
type lines struct {
	mu      sync.Mutex
	waiting []func()
	idle    chan struct{} // closed when the goroutine ends; nil when there is none
}

// write has f called soon. f survives a handler that panics.
func (l *lines) write(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == mostLines {
		return
	}
	l.waiting = append(l.waiting, f)
	if l.idle == nil {
		l.idle = make(chan struct{})
		go l.run(l.idle)
	}
}

func (l *lines) run(idle chan struct{}) {
	defer close(idle)
	defer l.ended(idle)
	for f := l.next(); f != nil; f = l.next() {
		f()
	}
}

func (l *lines) next() func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.waiting, l.idle = nil, nil
		return nil
	}
	f := l.waiting[0]
	l.waiting = l.waiting[1:]
	return f
}

// ended makes room for another goroutine when a handler has ended this one by
// runtime.Goexit.
func (l *lines) ended(idle chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.idle == idle {
		l.waiting, l.idle = nil, nil
	}
}

// wait waits until all lines are written, but not longer than most.
func (l *lines) wait(most time.Duration) {
	l.mu.Lock()
	idle := l.idle
	l.mu.Unlock()
	if idle == nil {
		return
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
	}
}
