// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"iter"
	"math"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// chunk holds spans that arrived one after the other. What it holds is never
// changed, only added to.
type chunk struct {
	number   uint64 // from 1
	archived bool
	block    int        // size of new blocks
	blocks   []block    // of encoded spans; a full one is followed by the next
	page     int        // size of all pages
	pages    [][]record // likewise
	names    []name
	heads    []head
	nameOf   map[name]uint32
	headOf   map[headKey]uint32
	bytes    int
	oldest   uint64      // start of the oldest span
	dict     *dictionary // once it was asked for; under Store.dictMu
}

// block holds encoded spans one behind the other.
type block struct {
	spans  []byte
	first  int    // index of the record of the first one
	head   uint32 // of the last one
	cost   int    // of looking for a tag in all: tagCost
	filter filter // of all, and of their heads
}

// record is what is known of a span without decoding it.
type record struct {
	trace        pcommon.TraceID
	span, parent pcommon.SpanID
	start, end   uint64 // in nanoseconds; end is never before start
	hash         uint64
	block, at    uint32 // of the encoded span
	size         uint32
	head         uint32 // index in the chunk
	firehose     bool   // trace.Span.Firehose
	status       ptrace.StatusCode
}

// name is what a span is called, and who called it so.
type name struct {
	service, name string
	kind          ptrace.SpanKind
}

// head is a resource and a scope, encoded.
type head struct{ resource, scope []byte }

type headKey struct{ resource, scope string }

// noTime is the oldest start of no span.
const noTime = math.MaxUint64

// newChunk returns a chunk for about so many bytes.
func newChunk(number uint64, archived bool, bytes int) *chunk {
	return &chunk{
		number: number, archived: archived, oldest: noTime,
		block: min(blockBytes, bytes/blocksPerChunk), page: minPage + bytes/pageShare,
		nameOf: map[name]uint32{}, headOf: map[headKey]uint32{},
	}
}

// records returns all records.
func (c *chunk) records() iter.Seq[*record] {
	return func(yield func(*record) bool) {
		for _, page := range c.pages {
			for i := range page {
				if !yield(&page[i]) {
					return
				}
			}
		}
	}
}

// in returns the records of the spans of the block i.
func (c *chunk) in(i int) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		first := c.blocks[i].first
		for n := first; n < first+c.recordsIn(i); n++ {
			if !yield(&c.pages[n/c.page][n%c.page]) {
				return
			}
		}
	}
}

// recordsIn returns how many records in returns.
func (c *chunk) recordsIn(i int) int {
	if i+1 < len(c.blocks) {
		return c.blocks[i+1].first - c.blocks[i].first
	}
	return (len(c.pages)-1)*c.page + len(c.pages[len(c.pages)-1]) - c.blocks[i].first
}

// encoded returns the span that r is about. It must not be changed.
func (c *chunk) encoded(r *record) trace.Encoded {
	h := &c.heads[r.head]
	return trace.Encoded{Resource: h.resource, Scope: h.scope, Span: c.blocks[r.block].spans[r.at : r.at+r.size : r.at+r.size]}
}

// addHead returns the index of a resource and a scope.
func (c *chunk) addHead(resource, scope []byte) uint32 {
	i, ok := c.headOf[headKey{string(resource), string(scope)}]
	if !ok {
		i = uint32(len(c.heads))
		c.heads = append(c.heads, head{append([]byte(nil), resource...), append([]byte(nil), scope...)})
		c.headOf[headKey{string(resource), string(scope)}] = i
		c.bytes += nameOverhead + 2*(len(resource)+len(scope))
	}
	return i
}

// addName returns the index of a name, which it copies if it is new.
func (c *chunk) addName(service string, operation []byte, kind ptrace.SpanKind) uint32 {
	i, ok := c.nameOf[name{service, text(operation), kind}]
	if !ok {
		i = uint32(len(c.names))
		n := name{strings.Clone(service), string(operation), kind}
		c.names = append(c.names, n)
		c.nameOf[n] = i
		c.bytes += nameOverhead + len(n.service) + len(n.name)
	}
	return i
}

// add adds a span, all of whose record but its place is known, and returns the
// record.
func (c *chunk) add(r record, span []byte) *record {
	last := len(c.pages) - 1
	if last < 0 || len(c.pages[last]) == c.page {
		c.pages = append(c.pages, make([]record, 0, c.page))
		last++
	}
	b := c.blockFor(len(span), last*c.page+len(c.pages[last]))
	if len(b.spans) == 0 || b.head != r.head {
		b.head = r.head
		b.filter.addHead(c.heads[r.head])
	}
	b.filter.addSpan(span)
	b.cost += tagCost(trace.Encoded{Resource: c.heads[r.head].resource, Scope: c.heads[r.head].scope, Span: span})
	r.block, r.at, r.size = uint32(len(c.blocks)-1), uint32(len(b.spans)), uint32(len(span))
	b.spans = append(b.spans, span...)
	c.bytes += spanOverhead + len(span)
	c.oldest = min(c.oldest, r.start)
	c.pages[last] = append(c.pages[last], r)
	return &c.pages[last][len(c.pages[last])-1]
}

// blockFor returns the last block, in which there is room for size bytes. Next is
// the index of the next record.
func (c *chunk) blockFor(size, next int) *block {
	last := len(c.blocks) - 1
	left := 0
	if last >= 0 {
		left = cap(c.blocks[last].spans) - len(c.blocks[last].spans)
	}
	if last < 0 || left < size {
		c.bytes += left // which nothing will use
		bytes := max(c.block, size)
		c.blocks = append(c.blocks, block{spans: make([]byte, 0, bytes), first: next, filter: newFilter(bytes)})
		last++
		c.bytes += c.blocks[last].filter.bytes()
	}
	return &c.blocks[last]
}
