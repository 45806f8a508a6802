// SPDX-License-Identifier: Apache-2.0

// Package bench has the workloads that tracers are compared by. Its tests are the
// benchmarks, and tests of what is delivered to another process.
package bench
