// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"encoding/binary"
	"fmt"
)

// Types of Thrift's binary protocol.
const (
	thriftStop   = 0
	thriftBool   = 2
	thriftByte   = 3
	thriftDouble = 4
	thriftI16    = 6
	thriftI32    = 8
	thriftI64    = 10
	thriftString = 11
	thriftStruct = 12
	thriftMap    = 13
	thriftSet    = 14
	thriftList   = 15
)

// thriftReader reads the binary protocol. After the first error, every read
// returns zero and every struct and list ends.
type thriftReader struct {
	b   []byte
	err error
}

func (r *thriftReader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("thrift: %s, %d bytes before the end", what, len(r.b))
	}
	r.b = nil
}

// next returns n bytes, or zeros when there are fewer and n is small.
func (r *thriftReader) next(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail("unexpected end")
		return make([]byte, min(max(n, 0), 8))
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *thriftReader) byte() byte     { return r.next(1)[0] }
func (r *thriftReader) uint16() uint16 { return binary.BigEndian.Uint16(r.next(2)) }
func (r *thriftReader) uint32() uint32 { return binary.BigEndian.Uint32(r.next(4)) }
func (r *thriftReader) uint64() uint64 { return binary.BigEndian.Uint64(r.next(8)) }

// text returns a string or binary, which is a part of the input.
func (r *thriftReader) text() []byte {
	n := int32(r.uint32())
	if b := r.next(int(n)); r.err == nil {
		return b
	}
	return nil
}

// fields calls f with each field of a struct, to read its value.
func (r *thriftReader) fields(f func(id int16, typ byte)) {
	for r.err == nil {
		typ := r.byte()
		if typ == thriftStop {
			return
		}
		f(int16(r.uint16()), typ)
	}
}

// list reads the header of a list or set. An element takes a byte at least.
func (r *thriftReader) list() (elem byte, n int) {
	elem, n = r.byte(), int(int32(r.uint32()))
	if n < 0 || n > len(r.b) {
		r.fail("a list longer than the input")
		return elem, 0
	}
	return elem, n
}

// structs calls f to read each element of a list of structs.
func (r *thriftReader) structs(f func()) {
	elem, n := r.list()
	if n > 0 && elem != thriftStruct {
		r.fail("a list of something else than structs")
	}
	for ; n > 0 && r.err == nil; n-- {
		f()
	}
}

// skip reads a value that nobody wants, nested at most depth deep.
func (r *thriftReader) skip(typ byte, depth int) {
	if depth == 0 {
		r.fail("nested too deep")
		return
	}
	switch typ {
	case thriftBool, thriftByte:
		r.next(1)
	case thriftI16:
		r.next(2)
	case thriftI32:
		r.next(4)
	case thriftI64, thriftDouble:
		r.next(8)
	case thriftString:
		r.text()
	case thriftStruct:
		r.fields(func(_ int16, typ byte) { r.skip(typ, depth-1) })
	case thriftList, thriftSet:
		elem, n := r.list()
		for ; n > 0 && r.err == nil; n-- {
			r.skip(elem, depth-1)
		}
	case thriftMap:
		key, value := r.byte(), r.byte()
		n := int(int32(r.uint32()))
		if n < 0 || n > len(r.b) {
			r.fail("a map longer than the input")
		}
		for ; n > 0 && r.err == nil; n-- {
			r.skip(key, depth-1)
			r.skip(value, depth-1)
		}
	default:
		r.fail("unknown type")
	}
}
