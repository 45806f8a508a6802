// SPDX-License-Identifier: Apache-2.0

// Package trouble says when to log what goes wrong and right again by turns, so that
// it does not fill the log.
package trouble

import (
	"sync"
	"time"
)

// Every is how often the same trouble is logged.
const Every = time.Minute

// Log decides what is logged of one kind of trouble. The zero value is ready for use,
// by several goroutines at once.
type Log struct {
	mu     sync.Mutex
	logged time.Time
	told   bool // the log's last word is that something is wrong
}

// Note is told how something went. It reports whether to log that it went wrong, which is
// once in Every, or that all is well again, which is once after each time of the former.
func (l *Log) Note(err error) (worse, better bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch now := time.Now(); {
	case err == nil:
		better, l.told = l.told, false
	case l.logged.IsZero() || now.Sub(l.logged) >= Every:
		l.logged, l.told, worse = now, true, true
	}
	return worse, better
}
