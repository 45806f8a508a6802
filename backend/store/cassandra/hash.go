// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"encoding/binary"
	"math"
	"math/bits"
	"time"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/model"
)

// Jaeger tells rows with the ids of one span apart by a hash of the span: FNV-1a of
// what encoding/gob makes of its model.Span. That begins with a description of the
// types, always the same: hashTypes is its hash. The rest is written here.
const (
	hashTypes uint64 = 0x9b2320e38fe12249
	fnvPrime  uint64 = 1099511628211
)

// hash returns Jaeger's hash of a span of p. buf is scratch space.
func hash(s *jaeger.Span, p *model.Process, buf []byte) (uint64, []byte) {
	const room = 9 // for the length of the message
	b := append(buf[:0], make([]byte, room)...)
	b = append(b, 0xff, 0x80) // the type Span
	b = appendSpan(b, s, p)
	head := gobUint(make([]byte, 0, room), uint64(len(b)-room))
	start := room - len(head)
	copy(b[start:], head)
	h := hashTypes
	for _, c := range b[start:] {
		h = (h ^ uint64(c)) * fnvPrime
	}
	return h, b
}

// A struct is a list of its fields that are not zero, each behind the difference of
// its number to that of the one before, and ends with 0. gobFields counts.
type gobFields struct {
	b    []byte
	last int // -1 at first
}

func (f *gobFields) at(field int) {
	f.b = gobUint(f.b, uint64(field-f.last))
	f.last = field
}

func (f *gobFields) uint(field int, v uint64) {
	if v != 0 {
		f.at(field)
		f.b = gobUint(f.b, v)
	}
}

func (f *gobFields) int(field int, v int64) {
	if v != 0 {
		f.at(field)
		f.b = gobInt(f.b, v)
	}
}

func (f *gobFields) text(field int, v string) {
	if v != "" {
		f.at(field)
		f.b = append(gobUint(f.b, uint64(len(v))), v...)
	}
}

// end ends a struct whose field of that number has no fields itself, and is there.
func (f *gobFields) end(empty int) []byte {
	f.at(empty)
	return append(f.b, 0, 0)
}

func appendSpan(b []byte, s *jaeger.Span, p *model.Process) []byte {
	f := gobFields{b, -1}
	f.at(0)
	f.b = gobTraceID(f.b, s.TraceID)
	f.uint(1, uint64(s.SpanID))
	f.text(2, s.Operation)
	if len(s.References) > 0 {
		f.at(3)
		f.b = gobUint(f.b, uint64(len(s.References)))
		for i := range s.References {
			f.b = appendReference(f.b, &s.References[i])
		}
	}
	f.uint(4, uint64(s.FlagBits))
	f.at(5)
	f.b = gobTime(f.b, s.Start)
	f.int(6, int64(s.Duration))
	f.tags(7, s.Tags)
	if len(s.Logs) > 0 {
		f.at(8)
		f.b = gobUint(f.b, uint64(len(s.Logs)))
		for i := range s.Logs {
			l := gobFields{f.b, -1}
			l.at(0)
			l.b = gobTime(l.b, s.Logs[i].Time)
			l.tags(1, s.Logs[i].Fields)
			f.b = l.end(2)
		}
	}
	f.at(9)
	process := gobFields{f.b, -1}
	process.text(0, p.Service)
	process.tags(1, p.Tags)
	f.b = process.end(2)
	if len(s.Warnings) > 0 {
		f.at(11)
		f.b = gobUint(f.b, uint64(len(s.Warnings)))
		for _, w := range s.Warnings {
			f.b = append(gobUint(f.b, uint64(len(w))), w...)
		}
	}
	return f.end(12)
}

func appendReference(b []byte, r *model.Reference) []byte {
	f := gobFields{b, -1}
	f.at(0)
	f.b = gobTraceID(f.b, r.TraceID)
	f.uint(1, uint64(r.SpanID))
	f.int(2, int64(r.Type))
	return f.end(3)
}

func (f *gobFields) tags(field int, tags []model.Tag) {
	if len(tags) == 0 {
		return
	}
	f.at(field)
	f.b = gobUint(f.b, uint64(len(tags)))
	for i := range tags {
		t := gobFields{f.b, -1}
		t.text(0, tags[i].Key)
		v := tags[i].Value
		switch v.Kind() {
		case model.KindString:
			t.text(2, v.Str())
		case model.KindBool:
			t.int(1, 1)
			if v.Bool() {
				t.uint(3, 1)
			}
		case model.KindInt64:
			t.int(1, 2)
			t.int(4, v.Int64())
		case model.KindFloat64:
			t.int(1, 3)
			if d := v.Float64(); d != 0 {
				t.at(5)
				t.b = gobUint(t.b, bits.ReverseBytes64(math.Float64bits(d)))
			}
		case model.KindBytes:
			t.int(1, 4)
			t.text(6, v.Str())
		}
		f.b = t.end(7)
	}
}

func gobTraceID(b []byte, id model.TraceID) []byte {
	f := gobFields{b, -1}
	f.uint(0, id.Low)
	f.uint(1, id.High)
	return append(f.b, 0)
}

// gobTime appends a time.Time in UTC.
func gobTime(b []byte, ns int64) []byte {
	const version = 1
	const since1 = 62135596800 // seconds from year 1 to 1970
	seconds, rest := ns/int64(time.Second), ns%int64(time.Second)
	if rest < 0 {
		seconds, rest = seconds-1, rest+int64(time.Second)
	}
	b = append(b, 15, version)
	b = binary.BigEndian.AppendUint64(b, uint64(seconds+since1))
	b = binary.BigEndian.AppendUint32(b, uint32(rest))
	return append(b, 0xff, 0xff) // no offset
}

func gobInt(b []byte, v int64) []byte {
	if v < 0 {
		return gobUint(b, uint64(^v)<<1|1)
	}
	return gobUint(b, uint64(v)<<1)
}

func gobUint(b []byte, v uint64) []byte {
	if v < 1<<7 {
		return append(b, byte(v))
	}
	n := (bits.Len64(v) + 7) / 8
	b = append(b, byte(-n))
	for i := n - 1; i >= 0; i-- {
		b = append(b, byte(v>>(8*i)))
	}
	return b
}
