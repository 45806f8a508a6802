// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"sync"
	"time"
)

var _ Throttler = (*Local)(nil)

// maxRate is the most that a Local allows a second.
const maxRate = 1e6

// Local allows so many requests a second, whatever their operation: a token bucket
// that starts full and holds what one second brings, at least one request. It goes
// by real time, whatever clock a tracer has.
type Local struct {
	interval, capacity time.Duration // that bring one request, and fill the bucket; 0: none ever
	start              time.Time

	mu    sync.Mutex
	spent time.Duration // since start: what lies between it and now is in the bucket
}

// NewLocal allows up to perSecond requests a second, a fraction being fewer than
// one: 0.1 is one in ten seconds. More than a million counts as a million; 0, NaN
// and anything below 0 allow none.
func NewLocal(perSecond float64) *Local {
	if !(perSecond > 0) {
		return &Local{}
	}
	const longest = 1 << 61 // 73 years
	l := &Local{interval: time.Duration(min(float64(time.Second)/min(perSecond, maxRate), longest)), start: time.Now()}
	l.capacity = max(l.interval, time.Second-time.Second%l.interval) // whole requests
	l.spent = -l.capacity
	return l
}

// Allow implements Throttler.
func (l *Local) Allow(string) bool {
	if l.interval == 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Since(l.start)
	spent := max(l.spent, now-l.capacity)
	if now-spent < l.interval {
		return false
	}
	l.spent = spent + l.interval
	return true
}
