// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// otlpReader reads the primitives of protobuf's wire format between off and end,
// which are the bounds of the message that is being read. The first error sticks:
// from then on nothing is left to read and every read returns zero.
type otlpReader struct {
	b        []byte
	off, end int
	err      error
}

// fail records what is wrong, unless something was before.
func (r *otlpReader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at offset %d of %d", ErrMalformed, what, r.off, len(r.b))
	}
	r.off, r.end = len(r.b), len(r.b)
}

// field reads the key of the next field: its number, times eight, and the type of
// its value. At the end of the message it returns 0.
func (r *otlpReader) field() (key uint32) {
	if r.off >= r.end {
		return 0
	}
	v := r.uvarint()
	switch {
	case r.err != nil:
		return 0
	case v>>3 == 0 || v > 1<<32-1:
		r.fail("impossible field number")
		return 0
	}
	switch v & 7 {
	case 0, 1, 2, 5:
		return uint32(v)
	case 3, 4:
		r.fail("group")
	default:
		r.fail("unknown type")
	}
	return 0
}

// skip reads the value of a field that nobody wants.
func (r *otlpReader) skip(key uint32) {
	switch key & 7 {
	case 0:
		r.uvarint()
	case 1:
		r.fixed64()
	case 2:
		r.bytes()
	case 5:
		r.fixed32()
	}
}

// open enters the message that is the value of the field whose key was read last;
// close, with what open returned, leaves it.
func (r *otlpReader) open() (outer int) {
	p := r.bytes()
	outer = r.end
	if r.err == nil {
		r.off, r.end = p.off, p.off+p.n
	}
	return outer
}

func (r *otlpReader) close(outer int) {
	if r.err == nil {
		r.off, r.end = r.end, outer
	}
}

// bytes reads a length and that many bytes.
func (r *otlpReader) bytes() piece {
	n := r.uvarint()
	if n > uint64(r.end-r.off) {
		r.fail("length beyond the end")
		return piece{}
	}
	p := piece{off: r.off, n: int(n)}
	r.off += p.n
	return p
}

// utf8 reads a text.
func (r *otlpReader) utf8() piece {
	p := r.bytes()
	if b := r.b[p.off : p.off+p.n]; !isASCII(b) && !utf8.Valid(b) {
		r.fail("text that is not UTF-8")
		return piece{}
	}
	return p
}

func (r *otlpReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b[r.off:r.end])
	switch {
	case n == 0:
		r.fail("unexpected end")
	case n < 0:
		r.fail("number too large")
	default:
		r.off += n
	}
	return v
}

func (r *otlpReader) fixed64() uint64 {
	if r.end-r.off < 8 {
		r.fail("unexpected end")
		return 0
	}
	r.off += 8
	return binary.LittleEndian.Uint64(r.b[r.off-8:])
}

func (r *otlpReader) fixed32() uint32 {
	if r.end-r.off < 4 {
		r.fail("unexpected end")
		return 0
	}
	r.off += 4
	return binary.LittleEndian.Uint32(r.b[r.off-4:])
}

// tally counts the fields with each of the given keys in the rest of the message,
// without moving on.
func (r *otlpReader) tally(keys ...uint32) (n [maxTally]int) {
	off := r.off
	for key := r.field(); key != 0; key = r.field() {
		for i, k := range keys {
			if k == key {
				n[i]++
			}
		}
		r.skip(key)
	}
	if r.err == nil {
		r.off = off
	}
	return n
}

// tallyIn counts the fields with the key inner in all messages that are fields
// with the key outer.
func (r *otlpReader) tallyIn(outer, inner uint32) (n int) {
	off := r.off
	for key := r.field(); key != 0; key = r.field() {
		if key != outer {
			r.skip(key)
			continue
		}
		end := r.open()
		n += r.tally(inner)[0]
		r.off = r.end
		r.close(end)
	}
	if r.err == nil {
		r.off = off
	}
	return n
}

// maxTally is how many keys tally takes.
const maxTally = 6
