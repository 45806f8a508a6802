// SPDX-License-Identifier: Apache-2.0

// Package e2e holds the tests that send traces through real Jaegers, v1.62 with
// its agent and v2, and an OpenTelemetry Collector, by every wire that spur has, and
// read them back from the query service or the Collector's file; and those that send
// requests between spur and the tracing libraries of Node.js. What is not shown as it
// was traced is listed in differences_test.go. The tests have the build tag e2e;
// "make e2e" builds what they need, which takes a while the first time, fetches the
// libraries, and runs them. E2E_OFFSET moves all ports; see jaeger.sh, collector.sh
// and node-peer.sh.
package e2e
