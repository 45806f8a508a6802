// SPDX-License-Identifier: Apache-2.0

package receive

import "google.golang.org/protobuf/encoding/protowire"

// protoField is a field of a message.
type protoField struct {
	num    protowire.Number
	typ    protowire.Type
	value  []byte // of text, bytes and messages
	number uint64 // of varints and numbers of 64 bits
}

// Whether it is the field of that number and of that type.

func (f protoField) bytes(num protowire.Number) bool {
	return f.num == num && f.typ == protowire.BytesType
}

func (f protoField) varint(num protowire.Number) bool {
	return f.num == num && f.typ == protowire.VarintType
}

func (f protoField) fixed64(num protowire.Number) bool {
	return f.num == num && f.typ == protowire.Fixed64Type
}

// isID reports whether the field holds an id of n bytes that are not all zero.
func (f protoField) isID(n int) bool {
	var some byte
	for _, b := range f.value {
		some |= b
	}
	return len(f.value) == n && some != 0
}

// nextField splits the first field off b.
func nextField(b []byte) (f protoField, rest []byte, err error) {
	num, typ, n := protowire.ConsumeTag(b)
	if n < 0 {
		return f, nil, protowire.ParseError(n)
	}
	f.num, f.typ = num, typ
	var m int
	switch typ {
	case protowire.BytesType:
		f.value, m = protowire.ConsumeBytes(b[n:])
	case protowire.VarintType:
		f.number, m = protowire.ConsumeVarint(b[n:])
	case protowire.Fixed64Type:
		f.number, m = protowire.ConsumeFixed64(b[n:])
	default:
		m = protowire.ConsumeFieldValue(num, typ, b[n:])
	}
	if m < 0 {
		return f, nil, protowire.ParseError(m)
	}
	return f, b[n+m:], nil
}

// appendBytes appends a field that holds text, bytes or a message.
func appendBytes[T string | []byte](b []byte, field protowire.Number, v T) []byte {
	b = protowire.AppendVarint(protowire.AppendTag(b, field, protowire.BytesType), uint64(len(v)))
	return append(b, v...)
}
