// SPDX-License-Identifier: Apache-2.0

package jaeger

import "time"

const (
	// closeTimeout is after how long Close of a tracer leaves behind what hangs. Three pieces
	// may then take closePatience more, which makes 5 seconds.
	closeTimeout = 5*time.Second - 3*closePatience

	// closePatience is how long Close waits for a piece of the program's own when its time is
	// up, and Close of a remote sampler for a fetcher, parser or updater.
	closePatience = 100 * time.Millisecond

	// reporterTimeout bounds Close of a remote reporter, within closeTimeout.
	reporterTimeout = closeTimeout - closePatience

	// defaultFlushInterval is how long spans wait for others to be sent with them.
	defaultFlushInterval = time.Second

	// defaultQueueSize is how many spans wait for a transport of the program's own.
	defaultQueueSize = 100

	// recentSpans is how many finished spans keep tags and logs with NullReporter.
	recentSpans = 64

	// maxExplained is how many bytes of a header an error quotes.
	maxExplained = 128

	// maxZeros is how often RandomNumber may return 0 in a row before that is the id's
	// value, which spur replaces.
	maxZeros = 100

	// fetchTimeout is the deadline of one request to a sampling server, from connecting to
	// the last byte.
	fetchTimeout = 10 * time.Second

	// shortestInterval is the least time between two requests, so that a mistyped interval
	// is no attack on the server.
	shortestInterval = 100 * time.Millisecond

	// shownBytes is how many bytes of a server's answer are logged.
	shownBytes = 256
)
