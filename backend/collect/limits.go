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

	// maxDepth is how deep lists and maps of a value may be nested: pdata reads no
	// message with more than 100 in one another, and a map is three.
	maxDepth = 32

	// maxBadKeys is how many keys of one map are mended. Each is compared with all
	// others.
	maxBadKeys = 64

	// maxRepeated is how many bytes of OTLP the resources of one Take may have when
	// each is counted with all its scopes but one: engines keep it with each.
	maxRepeated = 32 << 20

	// encodedGrowth is how many times longer a span can become when it is decoded
	// and encoded again: a link without ids is 2 bytes, and then 6.
	encodedGrowth = 3

	// What things take in memory beside their text, and at most as OTLP: spans,
	// resources and scopes; attributes, elements of lists, events and links.
	messageMemory = 256
	messageOTLP   = 128
	valueMemory   = 64
	valueOTLP     = 32

	// A batch that the store fails to write is tried again for retryFor, with
	// pauses that double from firstPause to lastPause.
	retryFor   = time.Minute
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second

	// ackTime is how long a sender is kept waiting until its spans are stored.
	ackTime = 5 * time.Second

	// logEvery is how often a store that keeps failing is logged, and what is
	// refused, for each reason.
	logEvery = time.Minute
)
