// SPDX-License-Identifier: Apache-2.0

package ingest

import "time"

const (
	// A batch, which is one Write, is what arrives within batchDelay, up to so many
	// messages, or so many bytes of them.
	batchMessages = 500
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

	// writeTime is how long the store may take for a batch, and a rebalance waits.
	writeTime = 20 * time.Second
	// letterTime is the same for dead letters, and committing.
	letterTime = 10 * time.Second

	// A Write that fails is tried again with pauses that double from firstPause to
	// lastPause. After triesTogether times the messages are written one by one, until
	// the first triesApart have all failed.
	firstPause    = 100 * time.Millisecond
	lastPause     = 5 * time.Second
	triesTogether = 3
	triesApart    = 20

	// commitEvery is how often offsets are committed, and lagEvery how often the lag
	// is asked for.
	commitEvery = time.Second
	lagEvery    = 10 * time.Second

	logEvery = time.Minute
)
