// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// tail is a segment that is still growing. What it holds is only added to, so
// that readers may have a copy of the struct.
type tail struct {
	first int64 // the number of the first span
	columns
	postings           []posting
	minStart, maxStart uint64
	minTrace, maxTrace int64
	bytes              int64 // of the blocks
	begun              int64 // when the first span arrived, in seconds since 1970
}

func newTail(first int64) tail {
	return tail{first: first, minStart: math.MaxUint64, minTrace: math.MaxInt64}
}

// follow returns a new tail behind t, which will grow as large.
func (t *tail) follow() tail {
	n := newTail(t.next())
	n.columns = newColumns(t.spans())
	n.postings = make([]posting, 0, len(t.postings)+len(t.postings)/8)
	return n
}

func (t *tail) spans() int { return len(t.trace) }

// next is the number of the next span.
func (t *tail) next() int64 { return t.first + int64(t.spans()) }

// add adds a span of a trace (trace.id).
func (t *tail) add(row int64, s trace.Span, operation int64, tokens ...[]token) {
	span := uint32(t.spans())
	t.trace = append(t.trace, row)
	t.minTrace, t.maxTrace = min(t.minTrace, row), max(t.maxTrace, row)
	start := uint64(s.StartTimestamp())
	t.start = append(t.start, start)
	t.minStart, t.maxStart = min(t.minStart, start), max(t.maxStart, start)
	t.duration = append(t.duration, int64(s.Duration()))
	t.operation = append(t.operation, operation)
	t.status = append(t.status, uint8(min(uint32(s.Status().Code()), 255)))
	t.span = append(t.span, spanID(s.SpanID()))
	t.parent = append(t.parent, spanID(s.ParentSpanID()))
	for _, list := range tokens {
		for _, token := range list {
			t.postings = append(t.postings, posting{token, span})
		}
	}
}

func spanID(id pcommon.SpanID) (n uint64) {
	for _, b := range id {
		n = n<<8 | uint64(b)
	}
	return n
}

// save writes t as a segment.
func (t *tail) save(c *conn) error {
	if t.spans() == 0 {
		return nil
	}
	err := c.exec("INSERT INTO segment (id, spans, min_start, max_start, min_trace, max_trace) VALUES (?, ?, ?, ?, ?, ?)",
		t.first, int64(t.spans()), int64(t.minStart), int64(t.maxStart), t.minTrace, t.maxTrace)
	if err != nil {
		return err
	}
	var rows []any
	for k := range columnKinds {
		rows = append(rows, columnID(t.first, k), t.encode(k))
	}
	rows = append(rows, columnID(t.first, columnReferences), []byte{})
	if err := c.insert("INSERT INTO columns (id, body)", "", 2, rows); err != nil {
		return err
	}
	rows = rows[:0]
	err = encodePostings(t.postings, func(first token, body []byte) error {
		rows = append(rows, t.first, int64(first), slices.Clone(body))
		return nil
	})
	if err != nil {
		return err
	}
	return c.insert("INSERT INTO posting (segment, token, body)", "", 3, rows)
}

func columnID(segment int64, k kind) int64 { return segment<<4 + int64(k) }
