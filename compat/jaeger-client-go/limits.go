// SPDX-License-Identifier: Apache-2.0

package jaeger

import "time"

const (
	// closeTimeout bounds what Close waits for each piece of the program's own.
	closeTimeout = 5 * time.Second

	// reporterTimeout bounds Close of a remote reporter, within closeTimeout.
	reporterTimeout = closeTimeout - 300*time.Millisecond

	// defaultFlushInterval is how long spans wait for others to be sent with them.
	defaultFlushInterval = time.Second

	// defaultQueueSize is how many spans wait for a transport of the program's own.
	defaultQueueSize = 100

	// maxExplained is how many bytes of a header an error quotes.
	maxExplained = 128

	// maxZeros is how often RandomNumber may return 0 in a row before that is the id's
	// value, which spur replaces.
	maxZeros = 100
)
