// SPDX-License-Identifier: Apache-2.0

// Package zap connects the tracer with go.uber.org/zap. A [Logger] lets the tracer log
// there; [Trace], [Context] and [Span] are fields that say which span a line is about; and
// [NewLoggingTracer] logs what a program does with its spans.
package zap
