// SPDX-License-Identifier: Apache-2.0

// Package reporter takes finished spans to where they are wanted, and keeps the
// books of what became of each.
//
// [Batching] is the one for production. [Memory] keeps spans for tests,
// [Console] draws them, [Logging] writes a line for each, [Null] forgets them, and
// [Multi] gives each span to several of them.
//
// # How Batching works
//
//	Report ── lock a shard, encode behind its last span ──┐
//	                                                      │ full
//	shard 0 [room for the head│span span span …]──────────┴─→ queue ─→ sender ─→ transport.Send
//	shard 1 [room for the head│span …]──── every FlushInterval, merged ──↗  ↖───────┘ again, the same bytes
//
// Nothing of the span is kept: its bytes are, so the memory of waiting spans is known,
// and sending again needs no second encoding.
//
// A datagram is one shard's batch. Of what goes into larger requests, shards ship
// chunks of at most 125,000 bytes, and the sender waits until those in the queue make a
// request, half of the queue is taken, or FlushInterval is over.
//
// # The books
//
// Of every span given to Report exactly one column of [DestinationStats] tells,
// in every single snapshot:
//
//	reported = Sent + Unconfirmed + all of Dropped + BufferedSpans
//
//	accepted by the transport              Sent
//	accepted in part                       Sent and Dropped[Rejected]
//	refused by the receiver                Dropped[Rejected]
//	failed for good                        Dropped[SendError], or
//	                                       Unconfirmed when one went unanswered
//	failed in every attempt                Dropped[RetryExhausted], or
//	                                       Unconfirmed when one went unanswered
//	answered by something else             Unconfirmed
//	found no room, or too large for any    Dropped[QueueFull], Dropped[TooLarge]
//	left over at Close, or later           Dropped[Closed], or Unconfirmed as above
//
// Nothing but BufferedSpans ever decreases.
package reporter
