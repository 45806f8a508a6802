// SPDX-License-Identifier: Apache-2.0

package query

import "time"

const (
	// maxLoading is how many requests load a trace at the same time.
	maxLoading = 4
	// maxHeldSpans is how many spans of traces that are being written are in
	// memory. A trace larger than that counts as that.
	maxHeldSpans = 1_000_000
	// writeTimeout is how long a client may take to accept what is written next.
	writeTimeout = 30 * time.Second
	// logEvery is how often failures are logged; those between are counted.
	logEvery = time.Second
	// maxQuoted is how much of a wrong value an error repeats, in bytes.
	maxQuoted = 100
)
