// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/go-spur/spur/model"
)

// Field headers of the compact protocol: the distance from the previous field's
// id in the upper half, the type in the lower. Named by distance and type.
const (
	compact1I32    = 0x15
	compact2I32    = 0x25
	compact1I64    = 0x16
	compact4I64    = 0x46
	compact2Double = 0x27
	compact3True   = 0x31
	compact3False  = 0x32
	compact1String = 0x18
	compact5String = 0x58
	compact1List   = 0x19
	compact2List   = 0x29
	compact1Struct = 0x1c

	compactStruct   = 12   // element type in a list header
	compactProtocol = 0x82 // first byte of a message
	compactVersion  = 1    // second byte: type<<5 | version
)

// AppendCompactSpan appends a Span struct, as an element of Batch.spans. Times
// are cut to microseconds, a duration is at least one; lists that are empty are
// left out; the parent id and the references are written as they are. What
// limits removed from the span follows its tags as otel.dropped_attributes_count,
// otel.dropped_events_count, otel.dropped_links_count and spur.trimmed. Strings
// are expected to be valid UTF-8 and not checked. TraceState and ParentRemote
// have no place in the format.
func AppendCompactSpan(dst []byte, s *model.Span) []byte {
	dst = appendCompactI64(dst, compact1I64, int64(s.TraceID.Low))
	dst = appendCompactI64(dst, compact1I64, int64(s.TraceID.High))
	dst = appendCompactI64(dst, compact1I64, int64(s.SpanID))
	dst = appendCompactI64(dst, compact1I64, int64(s.ParentID))
	dst = appendCompactString(dst, compact1String, s.Operation)
	flags := byte(compact2I32)
	if len(s.References) > 0 {
		dst = appendCompactReferences(dst, s.References)
		flags = compact1I32
	}
	dst = appendCompactI64(dst, flags, int64(s.Flags))
	dst = appendCompactI64(dst, compact1I64, s.Start/1000)
	dst = appendCompactI64(dst, compact1I64, durationMicros(s.Duration))
	logs := byte(compact2List)
	if notes := countNotes(s); len(s.Tags)+notes > 0 {
		dst = append(dst, compact1List)
		dst = appendCompactListHead(dst, len(s.Tags)+notes)
		dst = appendCompactTags(dst, s.Tags)
		if notes > 0 {
			var room [maxNotes]model.Tag
			dst = appendCompactTags(dst, appendNotes(room[:0], s))
		}
		logs = compact1List
	}
	if len(s.Logs) > 0 {
		dst = append(dst, logs)
		dst = appendCompactListHead(dst, len(s.Logs))
		for i := range s.Logs {
			l := &s.Logs[i]
			dst = appendCompactI64(dst, compact1I64, l.Time/1000)
			dst = append(dst, compact1List)
			dst = appendCompactListHead(dst, len(l.Fields))
			dst = appendCompactTags(dst, l.Fields)
			dst = append(dst, 0)
		}
	}
	return append(dst, 0)
}

// AppendCompactProcess appends a Process struct, to be given to
// AppendCompactMessageHead.
func AppendCompactProcess(dst []byte, p *model.Process) []byte {
	dst = appendCompactString(dst, compact1String, p.Service)
	if len(p.Tags) > 0 {
		dst = append(dst, compact1List)
		dst = appendCompactListHead(dst, len(p.Tags))
		dst = appendCompactTags(dst, p.Tags)
	}
	return append(dst, 0)
}

// AppendCompactMessageHead appends what stands in front of the spans of an
// emitBatch message. process is what AppendCompactProcess made; spans is their
// number, at most math.MaxInt32. The head is at most len(process)+MessageHeadMax
// bytes long. That many spans and a tail must follow.
func AppendCompactMessageHead(dst []byte, seqID int32, process []byte, spans int) []byte {
	dst = append(dst, compactProtocol, messageCall<<5|compactVersion)
	dst = appendUvarint(dst, uint64(uint32(seqID)))
	dst = append(dst, byte(len(methodEmitBatch)))
	dst = append(dst, methodEmitBatch...)
	dst = append(dst, compact1Struct)
	return AppendCompactBatchHead(dst, process, spans)
}

// AppendCompactMessageTail appends what stands behind the spans: the number of
// the batch, unless it is 0; the stats, unless they are nil; and the ends of all
// structs. The tail is at most MessageTailMax bytes long.
func AppendCompactMessageTail(dst []byte, seqNo int64, stats *ClientStats) []byte {
	return append(AppendCompactBatchTail(dst, seqNo, stats), 0)
}

// AppendCompactBatchHead is AppendCompactMessageHead for a Batch struct without
// a message around it.
func AppendCompactBatchHead(dst, process []byte, spans int) []byte {
	dst = append(dst, compact1Struct)
	dst = append(dst, process...)
	dst = append(dst, compact1List)
	return appendCompactListHead(dst, spans)
}

// AppendCompactBatchTail is AppendCompactMessageTail for a Batch struct without
// a message around it.
func AppendCompactBatchTail(dst []byte, seqNo int64, stats *ClientStats) []byte {
	toStats := byte(0x2c) // field 4 after field 2
	if seqNo != 0 {
		dst = appendCompactI64(dst, compact1I64, seqNo)
		toStats = compact1Struct
	}
	if stats != nil {
		dst = append(dst, toStats)
		dst = appendCompactI64(dst, compact1I64, stats.FullQueueDroppedSpans)
		dst = appendCompactI64(dst, compact1I64, stats.TooLargeDroppedSpans)
		dst = appendCompactI64(dst, compact1I64, stats.FailedToEmitSpans)
		dst = append(dst, 0)
	}
	return append(dst, 0)
}

func appendCompactReferences(dst []byte, refs []model.Reference) []byte {
	dst = append(dst, compact1List)
	dst = appendCompactListHead(dst, len(refs))
	for i := range refs {
		r := &refs[i]
		dst = appendCompactI64(dst, compact1I32, int64(r.Type))
		dst = appendCompactI64(dst, compact1I64, int64(r.TraceID.Low))
		dst = appendCompactI64(dst, compact1I64, int64(r.TraceID.High))
		dst = appendCompactI64(dst, compact1I64, int64(r.SpanID))
		dst = append(dst, 0)
	}
	return dst
}

func appendCompactTags(dst []byte, tags []model.Tag) []byte {
	for i := range tags {
		t := &tags[i]
		dst = appendCompactString(dst, compact1String, t.Key)
		kind := t.Value.Kind()
		dst = append(dst, compact1I32, byte(kind)<<1)
		switch kind {
		case model.KindString:
			dst = appendCompactString(dst, compact1String, t.Value.Str())
		case model.KindFloat64:
			dst = append(dst, compact2Double)
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(t.Value.Float64()))
		case model.KindBool:
			if t.Value.Bool() {
				dst = append(dst, compact3True)
			} else {
				dst = append(dst, compact3False)
			}
		case model.KindInt64:
			dst = appendCompactI64(dst, compact4I64, t.Value.Int64())
		case model.KindBytes:
			dst = appendCompactString(dst, compact5String, t.Value.Str())
		}
		dst = append(dst, 0)
	}
	return dst
}

// appendCompactListHead appends the header of a list of n structs.
func appendCompactListHead(dst []byte, n int) []byte {
	if n < 15 {
		return append(dst, byte(n)<<4|compactStruct)
	}
	return appendUvarint(append(dst, 0xf0|compactStruct), uint64(uint32(n)))
}

// appendCompactString appends a field header and a string.
func appendCompactString(dst []byte, header byte, s string) []byte {
	if len(s) < 0x80 {
		return append(append(dst, header, byte(len(s))), s...)
	}
	return append(appendUvarint(append(dst, header), uint64(len(s))), s...)
}

// appendCompactI64 appends a field header and an integer of any width.
func appendCompactI64(dst []byte, header byte, v int64) []byte {
	return appendUvarint(append(dst, header), uint64(v<<1)^uint64(v>>63))
}

// appendUvarint appends v seven bits a byte, lowest first. It works on all bytes
// at once, because ids are random and take nine or ten of them.
func appendUvarint(dst []byte, v uint64) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	const more = 0x8080808080808080 // in each byte: another one follows
	n := len(dst)
	dst = slices.Grow(dst, binary.MaxVarintLen64)[:n+binary.MaxVarintLen64]
	x := v&0x0fffffff | v&0x00fffffff0000000<<4
	x = x&0x00003fff00003fff | x&0x0fffc0000fffc000<<2
	x = x&0x007f007f007f007f | x&0x3f803f803f803f80<<1
	if v < 1<<56 {
		last := uint(bits.Len64(v)-1) / 7 // index of the last byte
		binary.LittleEndian.PutUint64(dst[n:], x|more&(1<<(8*last)-1))
		return dst[:n+int(last)+1]
	}
	binary.LittleEndian.PutUint64(dst[n:], x|more)
	high := v >> 56
	dst[n+8] = byte(high)
	if high < 0x80 {
		return dst[:n+9]
	}
	dst[n+9] = 1
	return dst
}
