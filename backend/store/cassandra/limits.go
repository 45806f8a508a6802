// SPDX-License-Identifier: Apache-2.0

package cassandra

import "time"

const (
	// maxScan is the number of spans that a search reads before it gives up, unless
	// Config says another.
	maxScan = 20_000
	// maxTrace is the number of bytes of a trace's rows that are read at most, and
	// maxRound those that a search holds at once, or all walks together; one of these may
	// hold as much once more, of one trace. A span takes spanBytes besides.
	maxTrace  = 512 << 20
	maxRound  = 256 << 20
	spanBytes = 500
	// maxServices is the number of services that a search without one looks through, and
	// a walk at a time. Together they hold about heldEntries of the index.
	maxServices = 10_000
	heldEntries = 500_000
	// A walk reads so many traces in one step, knows so many that may come again, and
	// besides so many that are too large or have rows that cannot be read.
	walkTraces = 100
	maxSeen    = 200_000
	maxOdd     = 50_000
	// maxNames bounds the names that are known to be written.
	maxNames = 100_000

	// requests are those under way for one call.
	requests = 32
	// Rows of one partition go in one request, up to these.
	batchRows  = 200
	batchBytes = 128 << 10
	// mostMutation is what servers take of rows at once, by default.
	mostMutation = 16<<20 - 64<<10
	// pageRows are the rows of one answer.
	pageRows = 1_000
	// Rows of an index that are asked for at once, fewer when many services are.
	leastRows, firstRows, mostRows = 10, 100, 5_000

	// maxKey is the length of a partition's or a row's key in Cassandra, less a tag and
	// what is around the parts of it.
	maxKey = 1<<16 - 1 - 2*maxTag - 64
	// maxTag is where Jaeger stops to index keys and values of tags.
	maxTag = 256

	// createTime is how long it may take to create or compare the schema.
	createTime = time.Minute

	watchEvery = 5 * time.Second
	logEvery   = time.Minute
	maxDays    = 366 // of links

	// Of what adaptive sampling counted and computed.
	samplingTTL, probabilitiesTTL = day, 30 * day
)
