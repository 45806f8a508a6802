// SPDX-License-Identifier: Apache-2.0

// Package memory is a store that keeps spans in memory, as many as fit into a
// number of bytes: the oldest give way to new ones.
//
// Spans lie in chunks, encoded, in the order in which they arrived. Beside each
// stands a record of what lists and most searches look at, so that a span is
// decoded only when its tags matter. The oldest chunk goes as a whole; a trace
// that lies in several chunks loses its oldest spans first.
package memory
