// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/go-spur/spur/model"
)

// binaryStrictCall is the first word of a message: the version of the strict
// header, and the type.
const binaryStrictCall = 0x80010000 | messageCall

// AppendBinarySpan is AppendCompactSpan in the binary protocol.
func AppendBinarySpan(dst []byte, s *model.Span) []byte {
	dst, b := reserve(dst, 51)
	putBinaryI64(b[0:11], 1, s.TraceID.Low)
	putBinaryI64(b[11:22], 2, s.TraceID.High)
	putBinaryI64(b[22:33], 3, uint64(s.SpanID))
	putBinaryI64(b[33:44], 4, uint64(s.ParentID))
	putBinaryHeader(b[44:51], tString, 5, len(s.Operation))
	dst = append(dst, s.Operation...)
	if len(s.References) > 0 {
		dst = appendBinaryListHead(dst, 6, len(s.References))
		for i := range s.References {
			dst = appendBinaryReference(dst, &s.References[i])
		}
	}
	dst, b = reserve(dst, 29)
	putBinaryHeader(b[0:7], tI32, 7, int(s.Flags))
	putBinaryI64(b[7:18], 8, uint64(s.Start/1000))
	putBinaryI64(b[18:29], 9, uint64(durationMicros(s.Duration)))
	if notes := countNotes(s); len(s.Tags)+notes > 0 {
		dst = appendBinaryListHead(dst, 10, len(s.Tags)+notes)
		dst = appendBinaryTags(dst, s.Tags)
		if notes > 0 {
			var room [maxNotes]model.Tag
			dst = appendBinaryTags(dst, appendNotes(room[:0], s))
		}
	}
	if len(s.Logs) > 0 {
		dst = appendBinaryListHead(dst, 11, len(s.Logs))
		for i := range s.Logs {
			l := &s.Logs[i]
			dst = appendBinaryI64(dst, 1, l.Time/1000)
			dst = appendBinaryListHead(dst, 2, len(l.Fields))
			dst = appendBinaryTags(dst, l.Fields)
			dst = append(dst, 0)
		}
	}
	return append(dst, 0)
}

// AppendBinaryProcess is AppendCompactProcess in the binary protocol.
func AppendBinaryProcess(dst []byte, p *model.Process) []byte {
	dst = appendBinaryString(dst, 1, p.Service)
	if len(p.Tags) > 0 {
		dst = appendBinaryListHead(dst, 2, len(p.Tags))
		dst = appendBinaryTags(dst, p.Tags)
	}
	return append(dst, 0)
}

// AppendBinaryMessageHead is AppendCompactMessageHead in the binary protocol,
// with the strict form of the message header.
func AppendBinaryMessageHead(dst []byte, seqID int32, process []byte, spans int) []byte {
	dst = binary.BigEndian.AppendUint32(dst, binaryStrictCall)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(methodEmitBatch)))
	dst = append(dst, methodEmitBatch...)
	dst = binary.BigEndian.AppendUint32(dst, uint32(seqID))
	dst = append(dst, tStruct, 0, 1)
	return AppendBinaryBatchHead(dst, process, spans)
}

// AppendBinaryMessageTail is AppendCompactMessageTail in the binary protocol.
func AppendBinaryMessageTail(dst []byte, seqNo int64, stats *ClientStats) []byte {
	return append(AppendBinaryBatchTail(dst, seqNo, stats), 0)
}

// AppendBinaryBatchHead is AppendCompactBatchHead in the binary protocol. Between
// it and AppendBinaryBatchTail(dst, 0, nil) the spans make the body of a request
// to a collector (POST /api/traces, application/x-thrift).
func AppendBinaryBatchHead(dst, process []byte, spans int) []byte {
	dst = append(dst, tStruct, 0, 1)
	dst = append(dst, process...)
	return appendBinaryListHead(dst, 2, spans)
}

// AppendBinaryBatchTail is AppendCompactBatchTail in the binary protocol.
func AppendBinaryBatchTail(dst []byte, seqNo int64, stats *ClientStats) []byte {
	if seqNo != 0 {
		dst = appendBinaryI64(dst, 3, seqNo)
	}
	if stats != nil {
		dst = append(dst, tStruct, 0, 4)
		dst = appendBinaryI64(dst, 1, stats.FullQueueDroppedSpans)
		dst = appendBinaryI64(dst, 2, stats.TooLargeDroppedSpans)
		dst = appendBinaryI64(dst, 3, stats.FailedToEmitSpans)
		dst = append(dst, 0)
	}
	return append(dst, 0)
}

func appendBinaryReference(dst []byte, r *model.Reference) []byte {
	dst, b := reserve(dst, 41)
	putBinaryHeader(b[0:7], tI32, 1, int(r.Type))
	putBinaryI64(b[7:18], 2, r.TraceID.Low)
	putBinaryI64(b[18:29], 3, r.TraceID.High)
	putBinaryI64(b[29:40], 4, uint64(r.SpanID))
	b[40] = 0
	return dst
}

func appendBinaryTags(dst []byte, tags []model.Tag) []byte {
	for i := range tags {
		t := &tags[i]
		dst = appendBinaryString(dst, 1, t.Key)
		kind := t.Value.Kind()
		dst = append(dst, tI32, 0, 2, 0, 0, 0, byte(kind))
		switch kind {
		case model.KindString:
			dst = appendBinaryString(dst, 3, t.Value.Str())
		case model.KindFloat64:
			dst = append(dst, tDouble, 0, 4)
			dst = binary.BigEndian.AppendUint64(dst, math.Float64bits(t.Value.Float64()))
		case model.KindBool:
			truth := byte(0)
			if t.Value.Bool() {
				truth = 1
			}
			dst = append(dst, tBool, 0, 5, truth)
		case model.KindInt64:
			dst = appendBinaryI64(dst, 6, t.Value.Int64())
		case model.KindBytes:
			dst = appendBinaryString(dst, 7, t.Value.Str())
		}
		dst = append(dst, 0)
	}
	return dst
}

// appendBinaryListHead appends a field header and the header of a list of n
// structs.
func appendBinaryListHead(dst []byte, id byte, n int) []byte {
	dst, b := reserve(dst, 8)
	b[0], b[1], b[2], b[3] = tList, 0, id, tStruct
	binary.BigEndian.PutUint32(b[4:], uint32(n))
	return dst
}

// appendBinaryString appends a field header and a string.
func appendBinaryString(dst []byte, id byte, s string) []byte {
	dst, b := reserve(dst, 7)
	putBinaryHeader(b, tString, id, len(s))
	return append(dst, s...)
}

// appendBinaryI64 appends a field header and an integer.
func appendBinaryI64(dst []byte, id byte, v int64) []byte {
	dst, b := reserve(dst, 11)
	putBinaryI64(b, id, uint64(v))
	return dst
}

// putBinaryI64 fills the 11 bytes of b with a field header and v.
func putBinaryI64(b []byte, id byte, v uint64) {
	_ = b[10]
	b[0], b[1], b[2] = tI64, 0, id
	binary.BigEndian.PutUint64(b[3:], v)
}

// putBinaryHeader fills the 7 bytes of b with a field header and 32 bits: a
// small number, or the length of what follows.
func putBinaryHeader(b []byte, typ, id byte, v int) {
	_ = b[6]
	b[0], b[1], b[2] = typ, 0, id
	binary.BigEndian.PutUint32(b[3:], uint32(v))
}

// reserve makes dst longer by n bytes and returns it together with them.
func reserve(dst []byte, n int) (longer, tail []byte) {
	at := len(dst)
	longer = slices.Grow(dst, n)[:at+n]
	return longer, longer[at:]
}
