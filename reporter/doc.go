// SPDX-License-Identifier: Apache-2.0

// Package reporter takes finished spans to where they are wanted, and keeps the
// books of what became of each.
//
// [Batching] is the one for production: it encodes a span on the goroutine that
// finished it, straight into the batch under construction, and one goroutine of
// its own hands full batches to a transport. [Memory] keeps spans for tests,
// [Logging] writes a line for each, [Null] forgets them, and [Multi] gives each
// span to several of them. Anything with the three methods of [Reporter] can
// stand beside them.
//
// # How Batching works
//
//	Report ── lock a shard, encode behind its last span ──┐
//	                                                      │ full
//	shard 0 [room for the head│span span span …]──────────┴─→ queue ─→ sender ─→ transport.Send
//	shard 1 [room for the head│span …]──── every FlushInterval, merged ──↗
//
// Nothing of the span is kept: its bytes are. So the memory of waiting spans is
// known to the byte, sending again needs no second encoding, and each span is
// encoded once. A span that does not fit behind the others moves, as bytes, to
// the head of the next batch; one that does not fit into any batch is trimmed.
//
// # The books
//
// Of every span given to Report exactly one column of [DestinationStats] tells,
// in every single snapshot:
//
//	reported = Sent + Unconfirmed + all of Dropped + BufferedSpans
//
// Nothing but BufferedSpans ever decreases. To make that true a span changes
// column only under the locks that a snapshot takes: a shard's mutex guards the
// spans in its batch, the store's mutex all other columns. They are taken in
// that order.
package reporter
