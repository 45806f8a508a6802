// SPDX-License-Identifier: Apache-2.0

package send

import "time"

const (
	// DefaultTimeout is how long one attempt may take, from the connection to the
	// answer.
	DefaultTimeout = 10 * time.Second

	// MostBytes is the size of a Batch that every receiver takes: gRPC's servers
	// read 4 MiB unless told otherwise, and in Jaeger's formats a span can be
	// twice as long as in OTLP.
	MostBytes = 1 << 20

	// longest is the size of the longest request that is sent.
	longest = 16 << 20

	// Of a connection of gRPC: how often it is tried at most and at least, and how
	// long one attempt may take.
	firstConnect = 100 * time.Millisecond
	lastConnect  = time.Second
	connectTime  = 5 * time.Second

	// mostAnswer is the size of the longest answer that is read, and mostText that
	// of the text in it which an error shows.
	mostAnswer = 1 << 20
	mostText   = 200

	// mostRetryAfter is how long a receiver may ask to be left alone.
	mostRetryAfter = 24 * time.Hour
)
