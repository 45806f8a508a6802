// SPDX-License-Identifier: Apache-2.0

package links

import "time"

const (
	hoursAtOnce = 4   // of a day
	pageTraces  = 500 // of a search
	readsAtOnce = 4   // of traces, in each hour

	// mostBytes is how much the names of the links of a day may have, with linkBytes
	// for each: engines keep a day in one row or document.
	mostBytes = 4 << 20
	linkBytes = 64

	// A store that is away is asked again, after a pause that doubles, for patience.
	firstPause = time.Second
	lastPause  = 30 * time.Second
	patience   = 5 * time.Minute
	warnEvery  = time.Minute
)
