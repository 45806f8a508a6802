// SPDX-License-Identifier: Apache-2.0

package poll

import "time"

// quiet is the least time between two beginnings of trouble that are told.
const quiet = time.Minute

// Trouble knows when people should hear about failures: once when they begin and
// once when they have ended, but not more often than once a minute when they come
// and go. Its zero value has no trouble. One goroutine at a time may use it.
type Trouble struct {
	told bool
	last time.Time // when a beginning was told
}

// Note takes the outcome of one attempt. It reports whether to tell that trouble
// began, or that it ended.
func (t *Trouble) Note(err error) (began, ended bool) {
	switch {
	case err == nil:
		ended, t.told = t.told, false
	case !t.told && (t.last.IsZero() || time.Since(t.last) >= quiet):
		began, t.told = true, true
		t.last = time.Now()
	}
	return began, ended
}
