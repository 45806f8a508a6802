// SPDX-License-Identifier: Apache-2.0

// Package collect stands between receivers and a store: it mends or refuses
// spans, adds the collector's tags, keeps them in a bounded queue and writes
// them in batches.
//
// What cannot be taken now is refused with [trace.ErrBusy], so that the sender
// keeps it; what a store fails to write is tried again while the queue fills.
// [Collector.Books] says at any time what became of every span received.
package collect
