// SPDX-License-Identifier: Apache-2.0

// Package e2e tests all-in-one as a whole, through its ports: what it answers
// about recorded bytes of real clients, compared with what real Jaegers
// answered (golden), and what becomes of spans when its process ends in any way.
//
// The module live, below it, does the same with the clients themselves and a
// Jaeger that runs: make e2e.
package e2e
