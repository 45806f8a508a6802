// SPDX-License-Identifier: Apache-2.0

// Package benchmarks compares spur with other tracers. It is a module of its own,
// and so are its folders whose tracers cannot be linked into one program:
//
//   - [github.com/go-spur/spur/benchmarks/workload] is what all of them do, and how
//     one of them is measured
//   - instructions counts what spur's own operations take, for "make instructions"
//   - spur, peers, datadog and compat are the programs with tracers in them
//   - compare runs these in rounds, for "make bench-peers"
//
// README.md has the numbers, results.txt what was measured.
// NOTES.md says what was learned.
package benchmarks
