// SPDX-License-Identifier: Apache-2.0

package sqlite

import "time"

const (
	// DefaultMaxBytes is the size of a store whose Config does not say.
	DefaultMaxBytes = 1 << 30
	// DefaultMaxAge is how long spans are kept when the Config does not say.
	DefaultMaxAge = 72 * time.Hour
	// DefaultMaxScan is the number of spans that a search decodes at most when
	// the Config does not say: about 300 ms.
	DefaultMaxScan = 50_000

	// Once a page is full, the traces behind it are counted until 1/countShare
	// of the spans that may be decoded are.
	countShare = 4

	// A segment is closed once it has so many spans, takes 1/segmentShare of the
	// store, or has grown for 1/segmentAgeShare of Config.MaxAge. It is also closed
	// at so many postings, which take 16 bytes of memory each: spans of very many
	// tags make them.
	segmentSpans    = 16 << 10
	segmentShare    = 32
	segmentAgeShare = 8
	maxTailPostings = 1 << 20

	// A block has at most so many spans, and about so many bytes; of these
	// pieceSpans are uncompressed at once.
	blockSpans = 64
	blockBytes = 1 << 20
	pieceSpans = 32
	// With the span that made it full, a block is never larger.
	maxBlockBytes = 128 << 20

	// Traces of fewer candidates are looked up one by one; of more, all traces
	// are walked in their order.
	fewCandidates = 2_000
	fewOfPage     = 10 // times the page, when only that is wanted
	firstRows     = 64
	maxRowsAtOnce = 2_000

	// Of more tokens of a key, its whole list is read.
	fewTokens = 8

	// Of more spans since a cursor, only the last count as arrived.
	maxArrivedSpans = 100_000

	// The dictionary holds so many keys and values, texts below maxText bytes.
	maxKeys           = 10_000
	maxKeyValues      = 10_000
	maxDictionary     = 200_000
	maxText           = 256
	maxOperations     = 100_000 // that the writer remembers
	maxOperationBytes = 8 << 20 // of their names
	maxKnownHashes    = 100_000 // of spans of traces that the writer remembers, twice
	maxPostingBytes   = 900     // of postings in one row, unless one alone is longer

	// SQLite's memory: of the writer, and of each of its readers.
	writerCacheKB = 2_000
	readerCacheKB = 2_000
	maxReaders    = 4
	busyWait      = 10 * time.Second // for another connection

	// So many parts of a trace are read at once.
	partsAtOnce = 64

	// Of blocks that were read, uncompressed, so much is kept for the next ones
	// who read.
	maxCachedBytes = 8 << 20
	// Segments whose columns one search keeps, to make summaries.
	maxSegmentsInUse = 4

	// So much is written between two checkpoints of the write-ahead log.
	checkpointBytes = 4 << 20
	// At this size of the log, writing waits until readers let it begin anew.
	maxLogBytes = 64 << 20
)
