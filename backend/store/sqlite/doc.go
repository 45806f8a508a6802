// SPDX-License-Identifier: Apache-2.0

// Package sqlite is a store that keeps spans in one SQLite file, as many as fit
// into a number of bytes and for so long: the oldest give way to new ones.
//
// The spans of a write lie in blocks, ordered by trace, encoded and compressed;
// those that were read last are also in a cache. Every segmentSpans spans there
// is a segment: columns of what lists, rates and dependencies are made of, and
// postings, which tell for each key=value what spans have it. Its calls are added
// up, so that dependencies are not counted again and again. What belongs to
// the next segment is in memory, the tail; when the file is opened, the tail is
// made from the blocks.
//
// A search looks its conditions up in the postings, segment by segment, those
// with the newest spans first. What they cannot tell, text and regular
// expressions of long or rare values, is told by reading the spans, up to
// Config.MaxScan of them.
package sqlite
