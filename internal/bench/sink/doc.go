// SPDX-License-Identifier: Apache-2.0

// Package sink stands for Jaeger's agent and for collectors: a process of its own, so
// that its processor time is not the tracer's, that counts the spans it receives.
package sink
