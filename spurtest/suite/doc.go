// SPDX-License-Identifier: Apache-2.0

// Package suite has tests for pieces that take the place of one of spur's own:
// [TestPropagator], [TestTransport], and for HTTP middleware [TestHTTPServer] and
// [TestHTTPClient].
//
//	func TestMiddleware(t *testing.T) {
//		suite.TestHTTPServer(t, func(tracer *spur.Tracer, h http.Handler) http.Handler {
//			return mine.Middleware(tracer, h)
//		})
//	}
//
// The documentation of each lists what it demands. spur's own pieces pass them. They
// run subtests one after another and fail when goroutines are left behind; run them
// with -race.
package suite
