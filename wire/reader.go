// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Types as the binary protocol numbers them. The reader translates those of the
// compact protocol.
const (
	tStop   = 0
	tBool   = 2
	tByte   = 3
	tDouble = 4
	tI16    = 6
	tI32    = 8
	tI64    = 10
	tString = 11
	tStruct = 12
	tMap    = 13
	tSet    = 14
	tList   = 15
	tUUID   = 16
)

// compactTypes holds the types in the order of the compact protocol's numbers.
const compactTypes = "\x00\x02\x02\x03\x06\x08\x0a\x04\x0b\x0f\x0e\x0d\x0c\x10\x00\x00"

// maxNesting bounds the depth of what is skipped.
const maxNesting = 32

// reader reads the primitives of both protocols. The first error sticks: from
// then on nothing is left to read, every read returns zero and every struct ends.
type reader struct {
	b       []byte
	off     int
	err     error
	compact bool
	truth   bool // compact: the value of the bool field whose header was read last
}

// piece is a string's place in the input.
type piece struct{ off, n int }

// fail records what is wrong, unless something was before.
func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at offset %d of %d", ErrMalformed, what, r.off, len(r.b))
	}
	r.off = len(r.b)
}

// next returns the next n bytes, or nil and fails when there are fewer.
func (r *reader) next(n int) []byte {
	if n < 0 || n > len(r.b)-r.off {
		r.fail("unexpected end")
		return nil
	}
	r.off += n
	return r.b[r.off-n : r.off]
}

func (r *reader) byte() byte {
	if r.off >= len(r.b) {
		return r.end()
	}
	r.off++
	return r.b[r.off-1]
}

// end is what byte does when nothing is left, apart so that byte is inlined.
//
//go:noinline
func (r *reader) end() byte {
	r.fail("unexpected end")
	return 0
}

// uvarint reads at most bits bits, seven a byte.
func (r *reader) uvarint(bits uint) uint64 {
	var v uint64
	for shift := uint(0); ; shift += 7 {
		c := r.byte()
		if shift+7 > bits && uint64(c) >= 1<<(bits-shift) {
			r.fail("number too large")
			return 0
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
}

func (r *reader) varint(bits uint) int64 {
	v := r.uvarint(bits)
	return int64(v>>1) ^ -int64(v&1)
}

func (r *reader) i16() int16 {
	if r.compact {
		return int16(r.varint(16))
	}
	if b := r.next(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (r *reader) i32() int32 {
	if r.compact {
		return int32(r.varint(32))
	}
	if b := r.next(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (r *reader) i64() int64 {
	if r.compact {
		return r.varint(64)
	}
	if b := r.next(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (r *reader) double() float64 {
	b := r.next(8)
	switch {
	case b == nil:
		return 0
	case r.compact:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b))
}

// bool reads the value of a field, which in the compact protocol was in its
// header.
func (r *reader) bool() bool {
	if r.compact {
		return r.truth
	}
	return r.byte() == 1
}

// size reads a length or count. Nothing takes less than a byte, so that a size
// beyond what is left is wrong before anything else is looked at.
func (r *reader) size() int {
	var n int64
	if r.compact {
		n = int64(int32(r.uvarint(32)))
	} else {
		n = int64(r.i32())
	}
	switch {
	case n < 0:
		r.fail("negative size")
		return 0
	case n > int64(len(r.b)-r.off):
		r.fail("size beyond the end")
		return 0
	}
	return int(n)
}

// text reads a string or binary.
func (r *reader) text() piece {
	n := r.size()
	p := piece{off: r.off, n: n}
	r.off += n
	return p
}

// field reads the header of the field after the one with id last, which is 0 for
// a struct's first. At the end of the struct the type is tStop.
func (r *reader) field(last int16) (id int16, typ byte) {
	head := r.byte()
	if head == tStop {
		return 0, tStop
	}
	if !r.compact {
		return r.i16(), head
	}
	if head>>4 != 0 {
		id = last + int16(head>>4)
	} else {
		id = r.i16()
	}
	r.truth = head&0x0f == 1
	return id, r.compactType(head)
}

// list reads the header of a list or set. A list without elements may be of any
// type.
func (r *reader) list() (elem byte, n int) {
	head := r.byte()
	switch {
	case !r.compact:
		elem, n = head, r.size()
	case head>>4 == 15:
		n = r.size()
		elem = r.compactType(head)
	case head>>4 != 0:
		n = int(head >> 4)
		elem = r.compactType(head)
	}
	return elem, n
}

// structs reads the header of a list of structs.
func (r *reader) structs() int {
	elem, n := r.list()
	if n > 0 && elem != tStruct {
		r.fail("list of something else than structs")
		return 0
	}
	return n
}

// compactType translates the type in a compact header.
func (r *reader) compactType(head byte) byte {
	typ := compactTypes[head&0x0f]
	if typ == tStop {
		r.fail("unknown type")
	}
	return typ
}

// skip reads the value of a field that nobody wants.
func (r *reader) skip(typ byte) {
	if typ == tBool && r.compact {
		return // it was in the header
	}
	r.skipValue(typ, maxNesting)
}

// skipValue reads a value outside a field header, nested at most depth deep.
func (r *reader) skipValue(typ byte, depth int) {
	if depth == 0 {
		r.fail("nested too deep")
		return
	}
	switch typ {
	case tBool, tByte:
		r.next(1)
	case tDouble:
		r.next(8)
	case tI16:
		r.i16()
	case tI32:
		r.i32()
	case tI64:
		r.i64()
	case tString:
		r.text()
	case tUUID:
		r.next(16)
	case tStruct:
		for id, typ := r.field(0); typ != tStop; id, typ = r.field(id) {
			if typ != tBool || !r.compact {
				r.skipValue(typ, depth-1)
			}
		}
	case tList, tSet:
		elem, n := r.list()
		for ; n > 0 && r.err == nil; n-- {
			r.skipValue(elem, depth-1)
		}
	case tMap:
		r.skipMap(depth)
	default:
		r.fail("unknown type")
	}
}

func (r *reader) skipMap(depth int) {
	var key, value byte
	var n int
	if r.compact {
		if n = r.size(); n > 0 {
			types := r.byte()
			key, value = r.compactType(types>>4), r.compactType(types)
		}
	} else {
		key, value = r.byte(), r.byte()
		n = r.size()
	}
	for ; n > 0 && r.err == nil; n-- {
		r.skipValue(key, depth-1)
		r.skipValue(value, depth-1)
	}
}
