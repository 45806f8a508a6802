// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"sync"

	"github.com/opentracing/opentracing-go"
)

// InMemoryReporter keeps spans, for tests. All methods may be called from any goroutine.
type InMemoryReporter struct {
	lock  sync.Mutex
	spans []opentracing.Span
}

// NewInMemoryReporter makes an InMemoryReporter.
func NewInMemoryReporter() *InMemoryReporter { return &InMemoryReporter{} }

// Report implements Reporter.
func (r *InMemoryReporter) Report(span *Span) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.spans = append(r.spans, span)
}

// Close implements Reporter: it forgets the spans.
func (r *InMemoryReporter) Close() { r.Reset() }

// SpansSubmitted returns how many spans are kept.
func (r *InMemoryReporter) SpansSubmitted() int {
	r.lock.Lock()
	defer r.lock.Unlock()
	return len(r.spans)
}

// GetSpans returns the spans, in the order in which they finished.
func (r *InMemoryReporter) GetSpans() []opentracing.Span {
	r.lock.Lock()
	defer r.lock.Unlock()
	return append([]opentracing.Span{}, r.spans...)
}

// Reset forgets the spans.
func (r *InMemoryReporter) Reset() {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.spans = nil
}
