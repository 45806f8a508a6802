// SPDX-License-Identifier: Apache-2.0

// Package poll keeps a value in step with what a server says. A [Follower] asks
// again and again; a [Server] is what is asked. No answer hurts the program: sizes,
// times and redirects are bounded, panics end where they happen, what the server
// repeats of a request's secrets is not shown, and stopping takes a moment whatever
// the server does. Nor does the program hurt the server: there is a least time
// between requests.
package poll
