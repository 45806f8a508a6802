// SPDX-License-Identifier: Apache-2.0

package jaeger

// SpanAllocator hands spans out and takes them back. No option takes one.
type SpanAllocator interface {
	Get() *Span
	Put(*Span)
}
