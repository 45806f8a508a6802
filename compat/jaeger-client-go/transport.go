// SPDX-License-Identifier: Apache-2.0

package jaeger

import "io"

// Transport sends spans for a remote reporter, which calls its methods on one goroutine.
// Those of this module may be called from any goroutine.
type Transport interface {
	// Append takes one more span. If that fills what waits, it sends it. It returns how
	// many spans it has sent; with an error, how many are lost.
	Append(span *Span) (int, error)

	// Flush sends what waits. It returns how many spans that were; with an error, they
	// are lost.
	Flush() (int, error)

	io.Closer
}
