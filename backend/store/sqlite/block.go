// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/s2"

	"github.com/go-spur/spur/backend/trace"
)

// A block's body is a row of pieces, each compressed by S2 for itself, so that a
// few spans of it can be read alone. The first piece is
//
//	number of heads, then of each head its resource and scope
//
// and the others, of pieceSpans spans each, the last of fewer,
//
//	of each span the index of its head, and the span
//
// where numbers are uvarints, and bytes and pieces have their length before them.

// blockWriter makes the body of a block.
type blockWriter struct {
	heads  []byte
	spans  []byte
	ends   []int                // of the pieces in spans that are full
	index  map[[2]string]uint64 // of the heads
	memory map[headMemory]uint64
	count  int
	packed []byte // a piece
	bytes  []byte // the body
}

func (w *blockWriter) reset() {
	w.heads, w.spans, w.ends, w.count = w.heads[:0], w.spans[:0], w.ends[:0], 0
	if w.index == nil {
		w.index, w.memory = map[[2]string]uint64{}, map[headMemory]uint64{}
	}
	clear(w.index)
	clear(w.memory)
}

// add adds a span and returns its index.
func (w *blockWriter) add(e trace.Encoded) int {
	head, ok := w.memory[memoryOf(e)]
	if !ok {
		if head, ok = w.index[[2]string{string(e.Resource), string(e.Scope)}]; !ok {
			head = uint64(len(w.index))
			w.index[[2]string{string(e.Resource), string(e.Scope)}] = head
			w.heads = appendBytes(appendBytes(w.heads, e.Resource), e.Scope)
		}
		w.memory[memoryOf(e)] = head
	}
	w.spans = appendBytes(binary.AppendUvarint(w.spans, head), e.Span)
	w.count++
	if w.count%pieceSpans == 0 {
		w.ends = append(w.ends, len(w.spans))
	}
	return w.count - 1
}

func (w *blockWriter) full() bool {
	return w.count >= blockSpans || len(w.spans)+len(w.heads) >= blockBytes
}

// body returns the block's body, which is valid until the next call.
func (w *blockWriter) body() []byte {
	w.bytes = w.bytes[:0]
	w.piece(append(binary.AppendUvarint(make([]byte, 0, len(w.heads)+10), uint64(len(w.index))), w.heads...))
	from := 0
	for _, to := range w.ends {
		w.piece(w.spans[from:to])
		from = to
	}
	if from < len(w.spans) {
		w.piece(w.spans[from:])
	}
	return w.bytes
}

func (w *blockWriter) piece(b []byte) {
	w.packed = s2.Encode(w.packed[:cap(w.packed)], b)
	w.bytes = appendBytes(w.bytes, w.packed)
}

func appendBytes(b, data []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

var errCorrupt = errors.New("corrupt data")

// block is a block of which only those pieces are uncompressed that were asked
// for. It may be used by several goroutines.
type block struct {
	heads  []trace.Encoded
	pieces [][]byte
	bytes  int // of memory, when all pieces were asked for

	mu    sync.Mutex
	spans [][]trace.Encoded // of a piece, or nil
}

// encodedBytes is the size of a trace.Encoded without what it refers to.
const encodedBytes = 9 * 8

// openBlock returns a block whose body stays as it is.
func openBlock(body []byte) (*block, error) {
	b := &block{}
	pieces := reader{b: body}
	raw, err := unpack(pieces.bytes())
	if err != nil {
		return nil, fmt.Errorf("block: %w", err)
	}
	r := reader{b: raw}
	n := r.uvarint()
	if n > uint64(len(raw)) {
		return nil, fmt.Errorf("block: %w", errCorrupt)
	}
	b.bytes = len(body) + len(raw) + int(n)*encodedBytes
	b.heads = make([]trace.Encoded, n)
	for i := range b.heads {
		b.heads[i].Resource, b.heads[i].Scope = r.bytes(), r.bytes()
	}
	for len(pieces.b) > 0 {
		p := pieces.bytes()
		b.pieces = append(b.pieces, p)
		size, _ := s2.DecodedLen(p) // an error comes when it is asked for
		b.bytes += size + pieceSpans*encodedBytes
	}
	if r.bad || len(r.b) > 0 || pieces.bad {
		return nil, fmt.Errorf("block: %w", errCorrupt)
	}
	b.spans = make([][]trace.Encoded, len(b.pieces))
	return b, nil
}

// piece returns the spans of a piece, parts of one piece of memory.
func (b *block) piece(i int) ([]trace.Encoded, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spans[i] != nil {
		return b.spans[i], nil
	}
	raw, err := unpack(b.pieces[i])
	if err != nil {
		return nil, fmt.Errorf("block: %w", err)
	}
	r := reader{b: raw}
	spans := make([]trace.Encoded, 0, pieceSpans)
	for len(r.b) > 0 {
		head := r.uvarint()
		if head >= uint64(len(b.heads)) {
			return nil, fmt.Errorf("block: %w", errCorrupt)
		}
		e := b.heads[head]
		e.Span = r.bytes()
		spans = append(spans, e)
	}
	last := i == len(b.pieces)-1
	if r.bad || len(spans) == 0 || len(spans) > pieceSpans || !last && len(spans) < pieceSpans {
		return nil, fmt.Errorf("block: %w", errCorrupt)
	}
	b.spans[i] = spans
	return spans, nil
}

// unpack uncompresses a piece. It does not believe any length.
func unpack(piece []byte) ([]byte, error) {
	n, err := s2.DecodedLen(piece)
	if err != nil {
		return nil, err
	}
	if n > maxBlockBytes {
		return nil, errCorrupt
	}
	return s2.Decode(nil, piece)
}

// span returns the span of that index.
func (b *block) span(i int) (trace.Encoded, error) {
	if i/pieceSpans >= len(b.pieces) {
		return trace.Encoded{}, fmt.Errorf("block: %w", errCorrupt)
	}
	spans, err := b.piece(i / pieceSpans)
	if err == nil && i%pieceSpans >= len(spans) {
		err = fmt.Errorf("block: %w", errCorrupt)
	}
	if err != nil {
		return trace.Encoded{}, err
	}
	return spans[i%pieceSpans], nil
}

// readBlock returns all spans of a block.
func readBlock(body []byte) ([]trace.Encoded, error) {
	b, err := openBlock(body)
	if err != nil {
		return nil, err
	}
	var all []trace.Encoded
	for i := range b.pieces {
		spans, err := b.piece(i)
		if err != nil {
			return nil, err
		}
		all = append(all, spans...)
	}
	return all, nil
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
