// SPDX-License-Identifier: Apache-2.0

// Package e2e holds the tests that send traces through real Jaegers, v1.62 with
// its agent and v2, and read them back from the query service; and those that send
// requests between spur and the tracing libraries of Node.js. They have the build
// tag e2e; "make e2e" builds the Jaegers, which takes a while the first time,
// fetches the libraries, and runs them. E2E_OFFSET moves all ports; see jaeger.sh
// and node-peer.sh.
package e2e
