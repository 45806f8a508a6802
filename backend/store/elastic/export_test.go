// SPDX-License-Identifier: Apache-2.0

package elastic

import "time"

// SetClock sets the time that it is for s. What is random is not, then.
func (s *Store) SetClock(now time.Time) {
	s.now, s.instance = func() time.Time { return now }, ""
}
