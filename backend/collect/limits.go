// SPDX-License-Identifier: Apache-2.0

package collect

import "time"

// The defaults of Config.
const (
	DefaultQueueSpans   = 50_000
	DefaultQueueBytes   = 256 << 20
	DefaultBatchSpans   = 500
	DefaultBatchDelay   = 50 * time.Millisecond
	DefaultMaxSpanBytes = 900_000 // a message of Kafka's is 1 MB at most
	DefaultBudget       = 1 << 30
)

const (
	// bodyExpansion is how much larger than its bytes a body can become in memory,
	// at worst: an empty value is 2 bytes of OTLP and 40 of ours, and a message
	// that is being decoded is there twice.
	bodyExpansion = 32

	// maxDepth is how deep lists and maps of a value may be nested.
	maxDepth = 64

	// maxBadKeys is how many keys of one map are mended. Each is compared with all
	// others.
	maxBadKeys = 64

	// What a part of a span takes in memory, beside its text, and at most as OTLP.
	spanMemory  = 256
	valueMemory = 64 // of an attribute, an event, a link or an element of a list
	spanOTLP    = 128
	valueOTLP   = 32

	// A batch that the store fails to write is tried again for retryFor, with
	// pauses that double from firstPause to lastPause.
	retryFor   = time.Minute
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second

	// logEvery is how often a store that keeps failing is logged.
	logEvery = time.Minute
)
