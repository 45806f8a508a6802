// SPDX-License-Identifier: Apache-2.0

package ingest

import "time"

const (
	// A batch, which is one Write, is what arrives within batchDelay, up to so many
	// messages, or so many bytes of them.
	batchMessages = 1000
	batchBytes    = 4 << 20
	batchDelay    = 50 * time.Millisecond

	// mostMessages is how large a batch that the store refuses may grow while others
	// are added to it, to see whether the store takes these.
	mostMessages = 4 * batchMessages

	// A request gets so many bytes, and so many are under way.
	fetchBytes = 16 << 20
	fetches    = 4
	// decompressed bounds what the messages that were compressed together become.
	decompressed = 64 << 20

	// writeTime is how long the store may take for an attempt at a batch, be it together
	// or message by message.
	writeTime = 20 * time.Second
	// letterTime is the same for brokers: for dead letters, for asking about all that one
	// poll cannot read, and for committing. A rebalance waits for an attempt, its dead
	// letters or what the poll that enlarges it asks, and committing: that must be less
	// than the 60 seconds after which brokers go on without a member.
	letterTime = 10 * time.Second

	// A Write that fails is tried again with pauses that double from firstPause to
	// lastPause. After triesTogether times the messages are written one by one, until
	// the first triesApart have all failed.
	firstPause    = 100 * time.Millisecond
	lastPause     = 5 * time.Second
	triesTogether = 3
	triesApart    = 20

	// triesUnpack is how often a partition must be read with an error until what is next
	// in it is given up, and stuckTime how long such an error is told after it was seen.
	triesUnpack = 5
	stuckTime   = writeTime + letterTime

	// commitEvery is how often offsets are committed, and lagEvery how often the lag
	// is asked for.
	commitEvery = time.Second
	lagEvery    = 10 * time.Second

	logEvery = time.Minute
)
