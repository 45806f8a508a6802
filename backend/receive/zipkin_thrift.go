// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/go-spur/spur/model"
)

// decodeZipkinThrift reads a list of Span (zipkincore.thrift) in the binary
// protocol.
func decodeZipkinThrift(body []byte, now time.Time) (request, error) {
	z := newZipkinTraces(now)
	r := thriftReader{b: body}
	r.structs(func() {
		v := r.zipkinSpan()
		if r.err == nil {
			v.addTo(z)
		}
	})
	return z.request(), r.err
}

func (r *thriftReader) zipkinSpan() (v zipkinV1) {
	r.fields(func(id int16, typ byte) {
		switch {
		case id == 1 && typ == thriftI64:
			binary.BigEndian.PutUint64(v.traceID[8:], r.uint64())
		case id == 12 && typ == thriftI64:
			binary.BigEndian.PutUint64(v.traceID[:8], r.uint64())
		case id == 3 && typ == thriftString:
			v.name = string(r.text())
		case id == 4 && typ == thriftI64:
			binary.BigEndian.PutUint64(v.id[:], r.uint64())
		case id == 5 && typ == thriftI64:
			binary.BigEndian.PutUint64(v.parent[:], r.uint64())
		case id == 6 && typ == thriftList:
			r.structs(func() {
				if a := r.zipkinAnnotation(); a.value != "" {
					v.annotations = append(v.annotations, a)
				}
			})
		case id == 8 && typ == thriftList:
			r.structs(func() {
				if b := r.zipkinBinary(); b.key != "" || b.value != (model.Value{}) {
					v.binary = append(v.binary, b)
				}
			})
		case id == 9 && typ == thriftBool:
			v.debug = r.byte() == 1
		case id == 10 && typ == thriftI64:
			v.start = int64(r.uint64())
		case id == 11 && typ == thriftI64:
			v.duration = int64(r.uint64())
		default:
			r.skip(typ, thriftDepth)
		}
	})
	return v
}

func (r *thriftReader) zipkinAnnotation() (a zipkinAnnotation) {
	r.fields(func(id int16, typ byte) {
		switch {
		case id == 1 && typ == thriftI64:
			a.at = int64(r.uint64())
		case id == 2 && typ == thriftString:
			a.value = string(r.text())
		case id == 3 && typ == thriftStruct:
			a.host = r.zipkinEndpoint()
		default:
			r.skip(typ, thriftDepth)
		}
	})
	return a
}

func (r *thriftReader) zipkinBinary() (b zipkinBinary) {
	var value []byte
	kind := int32(zipkinText)
	r.fields(func(id int16, typ byte) {
		switch {
		case id == 1 && typ == thriftString:
			b.key = string(r.text())
		case id == 2 && typ == thriftString:
			value = r.text()
		case id == 3 && typ == thriftI32:
			kind = int32(r.uint32())
		case id == 4 && typ == thriftStruct:
			b.host = r.zipkinEndpoint()
		default:
			r.skip(typ, thriftDepth)
		}
	})
	b.value = zipkinTyped(kind, value)
	return b
}

// The types of annotations without a time (zipkincore.thrift, AnnotationType).
const (
	zipkinBool = iota
	zipkinBytes
	zipkinI16
	zipkinI32
	zipkinI64
	zipkinDouble
	zipkinText
)

// zipkinTyped returns a value of a type, or its bytes when they are none.
func zipkinTyped(kind int32, b []byte) model.Value {
	switch n := len(b); {
	case kind == zipkinText:
		return model.String(string(b))
	case kind == zipkinBool && n == 1:
		return model.Bool(b[0] == 1)
	case kind == zipkinI16 && n == 2:
		return model.Int64(int64(int16(binary.BigEndian.Uint16(b))))
	case kind == zipkinI32 && n == 4:
		return model.Int64(int64(int32(binary.BigEndian.Uint32(b))))
	case kind == zipkinI64 && n == 8:
		return model.Int64(int64(binary.BigEndian.Uint64(b)))
	case kind == zipkinDouble && n == 8:
		return model.Float64(math.Float64frombits(binary.BigEndian.Uint64(b)))
	}
	return model.Bytes(b)
}

func (r *thriftReader) zipkinEndpoint() *zipkinEndpoint {
	e := &zipkinEndpoint{}
	r.fields(func(id int16, typ byte) {
		switch {
		case id == 1 && typ == thriftI32:
			var ip [4]byte
			binary.BigEndian.PutUint32(ip[:], r.uint32())
			if e.ipv4 = address(ip[:]); e.ipv4 == "0.0.0.0" {
				e.ipv4 = ""
			}
		case id == 2 && typ == thriftI16:
			e.port = int64(r.uint16())
		case id == 3 && typ == thriftString:
			e.service = string(r.text())
		case id == 4 && typ == thriftString:
			e.ipv6 = address(r.text())
		default:
			r.skip(typ, thriftDepth)
		}
	})
	return e
}
