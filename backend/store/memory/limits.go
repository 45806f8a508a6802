// SPDX-License-Identifier: Apache-2.0

package memory

const (
	// DefaultMaxBytes is the size of a store whose Config does not say.
	DefaultMaxBytes = 256 << 20
	// DefaultMaxScan is Config.MaxScan when it is 0: about 300 ms.
	DefaultMaxScan = 500_000

	// Looking for text in a span costs as much as for textCost tags. So many
	// bytes of a span cost as much as a tag of a usual one.
	textCost  = 3
	tagBytes  = 4 << 10
	textBytes = 512

	// In a trace, tags are looked for so many times at most while writing waits.
	maxProbed = 2_000

	// Once a page is full, the other traces are counted until 1/countShare of
	// MaxScan is used up, or so many records were looked at.
	countShare = 4
	maxCounted = 200_000

	// Of more traces that were written to since a cursor, only the last are
	// arrivals.
	maxArrivals = 10_000

	// Traces that a search, Links and RED look for under one lock.
	tracesAtOnce = 256

	// Places in a block of the order of traces.
	blockPlaces = 256

	// The dictionary of a chunk takes 1/dictionaryShare of the chunk's bytes, or
	// minDictionary. It has so many values of a key at most, of texts below
	// maxValueBytes.
	dictionaryShare = 8
	minDictionary   = 64 << 10
	maxValues       = 1_000
	maxValueBytes   = 256
	keyOverhead     = 400
	valueOverhead   = 64

	// A store has about chunksPerStore chunks, of these sizes at most and at
	// least.
	chunksPerStore = 64
	maxChunkBytes  = 16 << 20
	minChunkBytes  = 4 << 10

	// Encoded spans lie in blocks of so many bytes, and at least blocksPerChunk in a
	// chunk.
	blockBytes     = 64 << 10
	blocksPerChunk = 32

	// The filter of a block takes 1/filterShare of the block. A tag has filterBits
	// bits in it.
	filterShare = 32
	filterBits  = 3

	// A search goes through the blocks that may hold a tag when it has to look for
	// the tag so many times at most, and through the traces otherwise.
	maxHeld = 100_000

	// Records lie in pages of minPage, and one more for each pageShare bytes that
	// the chunk takes.
	minPage   = 8
	pageShare = 32 << 10

	// What a span, a trace, and a name, resource or scope that a chunk has not
	// seen cost beside the bytes of the span.
	spanOverhead  = 144
	traceOverhead = 224
	nameOverhead  = 160

	// A trace of more spans has an index of them.
	maxUnindexed = 64
)
