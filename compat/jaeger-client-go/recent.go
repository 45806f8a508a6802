// SPDX-License-Identifier: Apache-2.0

package jaeger

import "sync/atomic"

// recent are the spans that finished last. With NullReporter they keep tags and logs, for
// programs that look at a span behind its end, as tests do; those before them have given
// the memory back.
type recent struct {
	next  atomic.Uint32
	spans [recentSpans]atomic.Pointer[Span]
}

// add takes a span in that has finished, in the place of the oldest one.
func (r *recent) add(s *Span) {
	if r == nil || !s.span.SpanContext().IsSampled() {
		return
	}
	if oldest := r.spans[r.next.Add(1)%recentSpans].Swap(s); oldest != nil && oldest != s {
		oldest.span.Release()
	}
}
