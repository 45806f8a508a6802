// SPDX-License-Identifier: Apache-2.0

// Package live sends spans with real clients, through the real ports, to
// all-in-one and to a Jaeger 1.62, and compares what the two answer: make e2e.
// The clients are in package emit.
package live
