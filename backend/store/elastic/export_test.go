// SPDX-License-Identifier: Apache-2.0

package elastic

import "time"

// SetClock sets the time that it is for s.
func (s *Store) SetClock(now time.Time) { s.now = func() time.Time { return now } }
