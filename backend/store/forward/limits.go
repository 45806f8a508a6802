// SPDX-License-Identifier: Apache-2.0

package forward

import "time"

// The defaults of Config, and the least SpoolBytes.
const (
	DefaultQueueBytes = 64 << 20
	DefaultSpoolBytes = 1 << 30
	LeastSpoolBytes   = 16 << 20
)

const (
	// workers is how many batches are on their way at a time, and perTarget how many
	// of them to one target.
	workers   = 16
	perTarget = 4

	// A target that failed is left alone for a time that doubles from firstPause to
	// lastPause, up to a half longer by chance, or for as long as it asks, at most
	// mostAsked. Then one batch tries it.
	firstPause = 250 * time.Millisecond
	lastPause  = 15 * time.Second
	mostAsked  = time.Minute

	// retryFor is how long a batch is tried again that waits in memory.
	retryFor = 5 * time.Minute

	// closeTime is how long Close waits for what waits to be sent.
	closeTime = 1500 * time.Millisecond

	// A name is looked up every resolveEvery, and after a failure, but not within
	// resolveLeast. A look-up takes resolveTime at most, and mostAddresses are used.
	resolveEvery  = 30 * time.Second
	resolveLeast  = 5 * time.Second
	resolveTime   = 5 * time.Second
	mostAddresses = 100

	// segmentBytes is the length of a file of the spool at which the next is begun.
	segmentBytes = 4 << 20

	// longestRecord is the longest batch in a file of the spool.
	longestRecord = 32 << 20

	// searchBytes is how much of a damaged file is read at a time to find the next
	// batch.
	searchBytes = 64 << 10

	// logEvery is how often a target that keeps failing is logged.
	logEvery = time.Minute
)
