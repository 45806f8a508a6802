// SPDX-License-Identifier: Apache-2.0

package query

import "time"

const (
	// maxSearching is how many searches, rates and maps are made at the same time,
	// and maxSearchTime how long one of them takes.
	maxSearching  = 8
	maxSearchTime = 30 * time.Second
	// maxHeldSpans is how many spans of traces that are being read or written are
	// in memory.
	maxHeldSpans = 500_000
	// writeTimeout is how long a client may take to accept what is written next.
	writeTimeout = 30 * time.Second
	// logEvery is how often failures are logged; those between are counted.
	logEvery = time.Second
	// maxQuoted is how much of a wrong value an error repeats, in bytes.
	maxQuoted = 100

	// Of the searches of v1 and v3: how many traces they find unless it is said, how
	// many at most, and how far back v1 looks, as Jaeger.
	defaultTraces   = 100
	maxTraces       = 10_000
	defaultLookback = 48 * time.Hour

	// defaultDependencies is how far back /api/dependencies looks, as Jaeger.
	defaultDependencies = 24 * time.Hour
	// maxMetricsServices is how many services /api/metrics answers for at once.
	maxMetricsServices = 100
	// maxOTLP is how long a body of OTLP may be, in bytes.
	maxOTLP = 16 << 20
	// Of the import of Jaeger's JSON, which is read span by span.
	maxImportBytes  = 512 << 20 // also after it was uncompressed
	maxImportLookup = 100       // traces that are looked for at a time
	maxImportSpans  = 250_000
	maxImportValues = 5_000_000 // tags, references and fields of logs
	maxImportTags   = 1000      // of a span, a process or a log
	maxImportToken  = 4 << 20   // about, bytes of a span
	maxImportDepth  = 4         // of lists and objects around a trace
	maxImportTraces = 100       // ids in the answer
	// maxPoints is how many points a series over time has, as Prometheus.
	maxPoints = 11_000
	// maxSeriesPoints is how many points all series of an answer may have.
	maxSeriesPoints = 300_000

	// Of /api/search, /api/keys, /api/values and v3's trace-summaries: how much a page
	// has unless it says so, and at most; how many columns; how many services of a trace, and
	// how many bytes of one text.
	defaultPage       = 100
	maxPage           = 1000
	maxColumns        = 20
	maxListedServices = 50
	maxListedText     = 256
	// maxSpanIDs is how many spans /api/trace/{id}/spans returns at once.
	maxSpanIDs = 500

	// Of /api/live: how many streams there are; how often the store is asked
	// while things arrive, and while nothing does; how many traces an event has;
	// after how many full events in a row the rest is left out; after which
	// silence something is sent.
	maxStreams    = 100
	livePoll      = 250 * time.Millisecond
	liveIdle      = time.Second
	livePage      = 100
	liveBacklog   = 10
	liveHeartbeat = 15 * time.Second

	// Of link patterns: how many, the keys of one, and the characters of a URL or a
	// text. ui/trace/link-pattern.js has the same.
	maxLinkPatterns = 500
	maxLinkKeys     = 100
	maxLinkText     = 4000
)
