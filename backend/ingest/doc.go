// SPDX-License-Identifier: Apache-2.0

// Package ingest reads spans from Kafka and stores them.
//
// Messages of a partition are stored in their order, and the group's offset is moved
// only when the store has them, so that a process which ends at any moment loses none:
// the next one reads again what was not committed, and the store knows what it has.
// What cannot be read, and what the store refuses for good while it takes other spans,
// is sent to a topic of dead letters before the offset is moved. A store that is away
// is waited for.
package ingest
