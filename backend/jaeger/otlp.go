// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/binary"
	"math"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/model"
)

// What fields messages of OTLP have (opentelemetry-proto, trace.proto), by number: b
// for bytes, text or a message, v for a varint, 4 and 8 for fixed ones; B for those
// that are repeated.
const (
	shapeAround   = "-b-b" // ResourceSpans without scopes, ScopeSpans without spans
	shapeResource = "-Bv"
	shapeScope    = "-bbBv"
	shapeSpan     = "-bbbbbv88BvBvBvb4"
	shapeStatus   = "--bv"
	shapeEvent    = "-8bBv"
	shapeLink     = "-bbbBv4"
	shapeTag      = "-bb"
	shapeValue    = "-bvv8--b" // no lists and maps
)

// walk calls f with each field of a message: with its number, or what it holds. It
// is false when f is, or when the message is not as encoders write it: of this shape,
// and nothing twice that is not repeated.
func walk(b []byte, shape string, f func(num int, number uint64, held []byte) bool) bool {
	var seen uint32
	for len(b) > 0 {
		tag, n := protowire.ConsumeVarint(b)
		num := int(min(tag>>3, uint64(len(shape))))
		if n < 0 || num == len(shape) || seen&(1<<num) != 0 && shape[num] != 'B' {
			return false
		}
		seen |= 1 << num
		b = b[n:]
		var number uint64
		var held []byte
		switch typ := protowire.Type(tag & 7); {
		case typ == protowire.BytesType && (shape[num] == 'b' || shape[num] == 'B'):
			held, n = protowire.ConsumeBytes(b)
		case typ == protowire.VarintType && shape[num] == 'v':
			number, n = protowire.ConsumeVarint(b)
		case typ == protowire.Fixed64Type && shape[num] == '8':
			number, n = protowire.ConsumeFixed64(b)
		case typ == protowire.Fixed32Type && shape[num] == '4':
			var short uint32
			short, n = protowire.ConsumeFixed32(b)
			number = uint64(short)
		default:
			return false
		}
		if n < 0 || !f(num, number, held) {
			return false
		}
		b = b[n:]
	}
	return true
}

// readTag reads a KeyValue.
func readTag(b []byte) (t model.Tag, ok bool) {
	t.Value = model.String("")
	ok = walk(b, shapeTag, func(num int, _ uint64, held []byte) bool {
		if num == 1 {
			t.Key = textOf(held)
			return true
		}
		return walk(held, shapeValue, func(num int, number uint64, held []byte) bool {
			switch num {
			case 1:
				t.Value = model.String(textOf(held))
			case 2:
				t.Value = model.Bool(number != 0)
			case 3:
				t.Value = model.Int64(int64(number))
			case 4:
				t.Value = model.Float64(math.Float64frombits(number))
			case 7:
				t.Value = model.BytesString(textOf(held))
			}
			return true
		})
	})
	return t, ok
}

func putTraceID(id *model.TraceID, b []byte) bool {
	if len(b) != 16 {
		return len(b) == 0
	}
	id.High, id.Low = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
	return true
}

func putSpanID(id *model.SpanID, b []byte) bool {
	if len(b) != 8 {
		return len(b) == 0
	}
	*id = model.SpanID(binary.BigEndian.Uint64(b))
	return true
}

// textOf is b as text, which must not change any more.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
