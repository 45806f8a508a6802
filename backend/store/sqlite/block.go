// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/s2"

	"github.com/go-spur/spur/backend/trace"
)

// A block's body is this, compressed by S2:
//
//	number of heads, then of each head its resource and scope
//	of each span the index of its head, and the span
//
// where numbers are uvarints and bytes have their length before them.

// blockWriter makes the body of a block.
type blockWriter struct {
	heads  []byte
	spans  []byte
	index  map[[2]string]uint64 // of the heads
	count  int
	packed []byte
}

func (w *blockWriter) reset() {
	w.heads, w.spans, w.count = w.heads[:0], w.spans[:0], 0
	if w.index == nil {
		w.index = map[[2]string]uint64{}
	}
	clear(w.index)
}

// add adds a span and returns its index.
func (w *blockWriter) add(e trace.Encoded) int {
	key := [2]string{string(e.Resource), string(e.Scope)}
	head, ok := w.index[key]
	if !ok {
		head = uint64(len(w.index))
		w.index[key] = head
		w.heads = appendBytes(appendBytes(w.heads, e.Resource), e.Scope)
	}
	w.spans = appendBytes(binary.AppendUvarint(w.spans, head), e.Span)
	w.count++
	return w.count - 1
}

func (w *blockWriter) full() bool {
	return w.count >= blockSpans || len(w.spans)+len(w.heads) >= blockBytes
}

// body returns the block's body, which is valid until the next call.
func (w *blockWriter) body() []byte {
	raw := binary.AppendUvarint(make([]byte, 0, len(w.heads)+len(w.spans)+10), uint64(len(w.index)))
	raw = append(append(raw, w.heads...), w.spans...)
	w.packed = s2.Encode(w.packed[:cap(w.packed)], raw)
	return w.packed
}

func appendBytes(b, data []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

var errCorrupt = errors.New("corrupt data")

// readBlock returns the spans of a block, parts of one piece of memory.
func readBlock(body []byte) ([]trace.Encoded, error) {
	if n, err := s2.DecodedLen(body); err != nil || n > maxBlockBytes {
		return nil, fmt.Errorf("block: %w", errCorrupt)
	}
	raw, err := s2.Decode(nil, body)
	if err != nil {
		return nil, fmt.Errorf("block: %w", err)
	}
	r := reader{b: raw}
	n := r.uvarint()
	if n > uint64(len(raw)) {
		return nil, fmt.Errorf("block: %w", errCorrupt)
	}
	heads := make([]trace.Encoded, n)
	for i := range heads {
		heads[i].Resource, heads[i].Scope = r.bytes(), r.bytes()
	}
	var spans []trace.Encoded
	for len(r.b) > 0 && !r.bad {
		head := r.uvarint()
		if head >= uint64(len(heads)) {
			return nil, fmt.Errorf("block: %w", errCorrupt)
		}
		e := heads[head]
		e.Span = r.bytes()
		spans = append(spans, e)
	}
	if r.bad {
		return nil, fmt.Errorf("block: %w", errCorrupt)
	}
	return spans, nil
}

// reader reads what was written with encoding/binary. Once something was
// missing it is bad, and returns zeros.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) bytes() []byte { return r.take(r.uvarint()) }

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b, r.bad = nil, true
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}
