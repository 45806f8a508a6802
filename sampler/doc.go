// SPDX-License-Identifier: Apache-2.0

// Package sampler decides which traces are recorded.
//
// A [Sampler] is asked once for every local root: the first span of a trace in
// this process. The sampler.type and sampler.param tags are those of Jaeger's clients:
//
//   - [Const] samples every trace or none.
//   - [Probabilistic] samples a fraction of all traces, chosen by trace id, so
//     that services with the same rate choose the same traces.
//   - [RateLimiting] samples so many traces a second.
//   - [PerOperation] gives each operation its own probability and a least number
//     of traces: what Jaeger's adaptive sampling asks for.
//   - [Remote] samples as Jaeger's sampling server says, [File] as its strategies
//     file does. A [Strategy] is what either can say.
//   - [ParentBased] follows the caller's decision where there is one and asks
//     another sampler where there is none. A tracer makes one of any other
//     sampler but an [Overruling], which is asked in any case.
//   - [TagMatching] samples a trace when one of its spans gets a certain tag.
//   - [First] and [Any] combine samplers; [Overrides] asks another one for some
//     operations, such as health checks.
//
// All of them are safe for concurrent use and never block. A decision allocates
// nothing, but for two cases: a [PerOperation] that learns an operation it has not
// seen makes about ten allocations, once; and a trace that stays undecided takes two
// for what a [First] or an [Any] keeps of it, two more below an [Overrides].
//
// A custom sampler implements [Sampler]; one that needs to know more than a span's
// start tells it implements [Late], and [Stateful] if it wraps others or can decide at one
// kind of event only.
package sampler
