// SPDX-License-Identifier: Apache-2.0

// Package bench has the workloads that tracers are compared by, as "make bench-peers"
// does. Its tests are the benchmarks of spur alone, and tests of what is delivered to
// another process.
package bench
