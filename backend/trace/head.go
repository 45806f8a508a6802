// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"
)

// Head is what a span says of itself beside its attributes, events and links.
type Head struct {
	TraceID          pcommon.TraceID
	SpanID, ParentID pcommon.SpanID
	Name             []byte // a part of Encoded.Span
	Kind             ptrace.SpanKind
	Start, End       uint64 // in nanoseconds since 1970
	Status           ptrace.StatusCode
	Flags            uint32
}

// Fields of Span and Status.
const (
	fieldTraceID    protowire.Number = 1
	fieldSpanID     protowire.Number = 2
	fieldParentID   protowire.Number = 4
	fieldName       protowire.Number = 5
	fieldKind       protowire.Number = 6
	fieldStart      protowire.Number = 7
	fieldEnd        protowire.Number = 8
	fieldStatus     protowire.Number = 15
	fieldFlags      protowire.Number = 16
	fieldStatusCode protowire.Number = 3
)

// Head reads e.Span without decoding the rest. Behind a mistake it reads nothing.
func (e Encoded) Head() (h Head) {
	for b := e.Span; len(b) > 0; {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return h
		}
		b = b[n:]
		var number uint64
		var value []byte
		switch typ {
		case protowire.VarintType:
			number, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			value, n = protowire.ConsumeBytes(b)
		default:
			if n = protowire.ConsumeFieldValue(num, typ, b); n == 8 {
				number = binary.LittleEndian.Uint64(b)
			} else if n == 4 {
				number = uint64(binary.LittleEndian.Uint32(b))
			}
		}
		if n < 0 {
			return h
		}
		b = b[n:]
		switch num {
		case fieldTraceID:
			copy(h.TraceID[:], value)
		case fieldSpanID:
			copy(h.SpanID[:], value)
		case fieldParentID:
			copy(h.ParentID[:], value)
		case fieldName:
			h.Name = value
		case fieldKind:
			h.Kind = ptrace.SpanKind(number)
		case fieldStart:
			h.Start = number
		case fieldEnd:
			h.End = number
		case fieldStatus:
			h.Status = statusOf(value)
		case fieldFlags:
			h.Flags = uint32(number)
		}
	}
	return h
}

// statusOf returns the code of a Status.
func statusOf(b []byte) (code ptrace.StatusCode) {
	for len(b) > 0 {
		num, typ, tag := protowire.ConsumeTag(b)
		n := protowire.ConsumeFieldValue(num, typ, b[max(tag, 0):])
		if tag < 0 || n < 0 {
			break
		}
		if num == fieldStatusCode && typ == protowire.VarintType {
			v, _ := protowire.ConsumeVarint(b[tag:])
			code = ptrace.StatusCode(v)
		}
		b = b[tag+n:]
	}
	return code
}
