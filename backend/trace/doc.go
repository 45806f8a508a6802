// SPDX-License-Identifier: Apache-2.0

// Package trace holds what the rooms of the backend hand each other: one span
// with what it stands in, a search and what it finds, and the small answers
// that are computed from stored spans.
//
// The spans themselves are pdata's ptrace.Traces, OTLP in memory, so that
// nothing a sender said is lost between a receiver and a store.
package trace
