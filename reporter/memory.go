// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"cmp"
	"context"
	"sync"

	"github.com/go-spur/spur/model"
)

// DefaultMemoryLimit is how many spans a Memory keeps.
const DefaultMemoryLimit = 100_000

// Memory keeps copies of the spans it gets, for tests and debugging. The zero
// value is ready to use. All methods may be called from any goroutine.
type Memory struct {
	// Limit is how many spans are kept; DefaultMemoryLimit when 0. Further ones
	// are dropped and counted queue_full. It must not change after first use.
	Limit int

	mu     sync.Mutex
	spans  []*model.Span
	closed bool
	stats  DestinationStats
}

// Report implements Reporter.
func (m *Memory) Report(s *model.Span) {
	if s == nil {
		return
	}
	kept := s.Clone()
	limit := cmp.Or(max(m.Limit, 0), DefaultMemoryLimit)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		m.stats.Dropped[Closed]++
	case len(m.spans) >= limit:
		m.stats.Dropped[QueueFull]++
	default:
		m.spans = append(m.spans, kept)
		m.stats.Sent++
	}
}

// Spans returns a copy of each kept span, in the order of their reports.
func (m *Memory) Spans() []model.Span {
	m.mu.Lock()
	kept := m.spans[:len(m.spans):len(m.spans)] // spans never change, nor does what is before len
	m.mu.Unlock()
	spans := make([]model.Span, len(kept))
	for i, s := range kept {
		spans[i] = *s.Clone()
	}
	return spans
}

// Reset forgets the kept spans. The counters stay.
func (m *Memory) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spans = nil
}

// Flush implements Reporter: there is nothing to wait for.
func (m *Memory) Flush(context.Context) error { return nil }

// Close implements Reporter: spans that come later are counted, not kept. What is
// kept stays readable.
func (m *Memory) Close(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// KeepsSpans implements SpanKeeper.
func (m *Memory) KeepsSpans() bool { return true }

// Stats implements Statser. Kept spans count as sent.
func (m *Memory) Stats() []DestinationStats {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.stats
	d.Name = "memory"
	return []DestinationStats{d}
}
