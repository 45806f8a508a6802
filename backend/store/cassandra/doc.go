// SPDX-License-Identifier: Apache-2.0

// Package cassandra is an engine that keeps traces in Apache Cassandra, in the tables
// of Jaeger's schema v004, so that Jaeger and this engine can read and write the same
// keyspace, also at the same time.
//
// Spans are stored in Jaeger's model, with times in whole microseconds. An index gives
// candidates, each of which is read and compared with the query; a search ends when it
// has read so many spans, and says where. What Jaeger does not index (tags of 256 bytes
// and more, bytes, text that is JSON) is found by reading. Spans of firehose are
// not found by their tags and durations.
//
// A server that is away does not keep Open from returning: calls fail until it is there.
package cassandra
