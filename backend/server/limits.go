// SPDX-License-Identifier: Apache-2.0

package server

import "time"

// stopTime is how long stopping takes at most. Each component has a share of it.
const (
	stopTime      = 10 * time.Second
	stopReceivers = 2 * time.Second
	stopIngester  = 5500 * time.Millisecond // which has no receivers and no queue
	stopTracer    = time.Second / 2
	stopQueue     = 3500 * time.Millisecond
	stopSampling  = time.Second / 2
	stopStore     = 2 * time.Second
	stopQuery     = time.Second
	stopAdmin     = time.Second / 2
)

// Of the HTTP servers for query and admin. What they answer may take longer, or as
// long as a stream is wanted.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 5 * time.Minute // to import a file
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

// certificateCheck is how often the files of certificates are looked at.
const certificateCheck = time.Minute

// Of the file of the pages' settings: its bytes, and how many parts that have no
// effect are named.
const (
	maxUIConfig = 1 << 20
	mostIgnored = 20
)
