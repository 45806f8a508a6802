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
	blocks   [][]byte   // encoded spans; a full one is followed by the next
	page     int        // size of new pages
	pages    [][]record // likewise
	names    []name
	heads    []head
	nameOf   map[name]uint32
	headOf   map[headKey]uint32
	bytes    int
	oldest   uint64      // start of the oldest span
	dict     *dictionary // once it was asked for; under Store.dictMu
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
		block: bytes / blocksPerChunk, page: minPage + bytes/pageShare,
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

// encoded returns the span that r is about. It must not be changed.
func (c *chunk) encoded(r *record) trace.Encoded {
	h := &c.heads[r.head]
	return trace.Encoded{Resource: h.resource, Scope: h.scope, Span: c.blocks[r.block][r.at : r.at+r.size : r.at+r.size]}
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
	last := len(c.blocks) - 1
	if last < 0 || cap(c.blocks[last])-len(c.blocks[last]) < len(span) {
		c.blocks = append(c.blocks, make([]byte, 0, max(c.block, len(span))))
		last++
	}
	r.block, r.at, r.size = uint32(last), uint32(len(c.blocks[last])), uint32(len(span))
	c.blocks[last] = append(c.blocks[last], span...)
	c.bytes += spanOverhead + len(span)
	c.oldest = min(c.oldest, r.start)
	last = len(c.pages) - 1
	if last < 0 || len(c.pages[last]) == cap(c.pages[last]) {
		c.pages = append(c.pages, make([]record, 0, c.page))
		last++
	}
	c.pages[last] = append(c.pages[last], r)
	return &c.pages[last][len(c.pages[last])-1]
}
