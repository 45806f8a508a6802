// SPDX-License-Identifier: Apache-2.0

package send

import (
	"encoding/binary"
	"math"
	"time"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// What fields messages of OTLP have (opentelemetry-proto, trace.proto), by number: b
// for bytes, text or a message, v for a varint, 4 and 8 for fixed ones; B for those
// that are repeated.
const (
	shapeTraces    = "-B"
	shapeResources = "-bBb" // and scopes
	shapeResource  = "-Bv"
	shapeSpan      = "-bbbbbv88BvBvBvb4"
	shapeEvent     = "-8bBv"
	shapeLink      = "-bbbBv4"
	shapeTag       = "-bb"
	shapeValue     = "-bvv8--b" // no lists and maps
)

// fields calls f with each field of a message: with its number, or what it holds. It
// is false when f is, or when the message is not as encoders write it: of this shape,
// and nothing twice that is not repeated.
func fields(b []byte, shape string, f func(num int, number uint64, held []byte) bool) bool {
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

// scratch is a span that was read from OTLP's bytes, whose memory is used again for
// the next. Its texts are parts of the bytes.
type scratch struct {
	span    jaeger.Span
	logTags []model.Tag // of all logs
}

// read is jaeger, of a span as OTLP's bytes. It is false for one that did not come in
// Jaeger's model, or has warnings, or anything that is not as encoders write it.
func (s *scratch) read(b []byte) bool {
	j := &s.span
	*j = jaeger.Span{Span: model.Span{Tags: j.Tags[:0], References: append(j.References[:0], model.Reference{}), Logs: j.Logs[:0]}}
	s.logTags = s.logTags[:0]
	var end uint64
	format := ""
	ok := fields(b, shapeSpan, func(num int, number uint64, held []byte) bool {
		switch num {
		case 1:
			return putTraceID(&j.TraceID, held)
		case 2:
			return putSpanID(&j.SpanID, held)
		case 4:
			return putSpanID(&j.ParentID, held)
		case 5:
			j.Operation = textOf(held)
		case 7:
			j.Start = int64(number)
		case 8:
			end = number
		case 9:
			t, ok := tag(held)
			if ok && format == "" && t.Key == trace.AttributeFormat {
				format = t.Value.Str()
				return t.Value.Kind() == model.KindString
			}
			j.Tags = append(j.Tags, t)
			return ok && t.Key != trace.AttributeWarnings
		case 11:
			return s.log(held)
		case 13:
			r, ok := link(held)
			j.References = append(j.References, r)
			return ok
		case 16:
			j.FlagBits = uint32(number)
			j.Flags = model.Flags(j.FlagBits)
		}
		return true
	})
	if start := uint64(j.Start); end > start {
		j.Duration = time.Duration(min(end-start, math.MaxInt64))
	}
	s.refer()
	return ok && format != "" && format != trace.FormatZipkin
}

// refer makes the first reference that to the parent, if there is one. A link to the
// parent says of what kind that is.
func (s *scratch) refer() {
	j := &s.span
	all := j.References[:1]
	all[0] = model.Reference{TraceID: j.TraceID, SpanID: j.ParentID, Type: model.ChildOf}
	if j.ParentID == 0 {
		all = all[:0]
	}
	for _, r := range j.References[1:] {
		if j.ParentID != 0 && r.TraceID == j.TraceID && r.SpanID == j.ParentID {
			all[0].Type = r.Type
		} else {
			all = append(all, r)
		}
	}
	j.References = all
}

// log reads an event.
func (s *scratch) log(b []byte) bool {
	var l model.Log
	from := len(s.logTags)
	s.logTags = append(s.logTags, model.Tag{}) // the place of the name
	name, named := "", false
	ok := fields(b, shapeEvent, func(num int, number uint64, held []byte) bool {
		switch num {
		case 1:
			l.Time = int64(number)
		case 2:
			name = textOf(held)
		case 3:
			t, ok := tag(held)
			named = named || t.Key == trace.TagEvent
			s.logTags = append(s.logTags, t)
			return ok
		}
		return true
	})
	if s.logTags[from] = (model.Tag{Key: trace.TagEvent, Value: model.String(name)}); named || name == "" {
		from++
	}
	l.Fields = s.logTags[from:]
	s.span.Logs = append(s.span.Logs, l)
	return ok
}

// link reads a link.
func link(b []byte) (r model.Reference, ok bool) {
	r.Type = model.FollowsFrom
	said := false
	ok = fields(b, shapeLink, func(num int, _ uint64, held []byte) bool {
		switch num {
		case 1:
			return putTraceID(&r.TraceID, held)
		case 2:
			return putSpanID(&r.SpanID, held)
		case 4:
			t, ok := tag(held)
			if ok && !said && t.Key == trace.AttributeRefType {
				said = true
				if t.Value.Kind() == model.KindString && t.Value.Str() == trace.RefChildOf {
					r.Type = model.ChildOf
				}
			}
			return ok
		}
		return true
	})
	return r, ok
}

// processOf is process, of a resource as OTLP's bytes.
func processOf(b []byte) (p model.Process, ok bool) {
	named := false
	ok = fields(b, shapeResource, func(num int, _ uint64, held []byte) bool {
		if num != 1 {
			return true
		}
		t, ok := tag(held)
		if ok && !named && t.Key == "service.name" {
			p.Service, named = t.Value.Str(), true
			return t.Value.Kind() == model.KindString
		}
		p.Tags = append(p.Tags, t)
		return ok
	})
	return p, ok
}

// tag reads a KeyValue.
func tag(b []byte) (t model.Tag, ok bool) {
	t.Value = model.String("")
	ok = fields(b, shapeTag, func(num int, _ uint64, held []byte) bool {
		if num == 1 {
			t.Key = textOf(held)
			return true
		}
		return fields(held, shapeValue, func(num int, number uint64, held []byte) bool {
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
				t.Value = model.Bytes(held)
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
