// SPDX-License-Identifier: Apache-2.0

package reporterstats

// ReporterStats are the counters of a reporter. They may be read from any goroutine.
type ReporterStats interface {
	// SpansDroppedFromQueue returns how many spans the full queue refused so far.
	SpansDroppedFromQueue() int64
}

// Receiver is a transport that wants to be given the counters of its reporter.
type Receiver interface {
	SetReporterStats(ReporterStats)
}
