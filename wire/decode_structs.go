// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"math"
	"time"

	"github.com/go-spur/spur/model"
)

// The structs of jaeger.thrift, one method each. A field of another type than the
// IDL's is skipped like one that the IDL does not have.

func (d *decoder) batch() (b Batch) {
	d.fields("Batch", 1<<1|1<<2, func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == tStruct:
			p := d.processStruct()
			if d.fill {
				*d.process = p
			}
		case id == 2 && typ == tList:
			b.Spans = list(d, &d.spans, (*decoder).span)
		case id == 3 && typ == tI64:
			b.SeqNo, b.HasSeqNo = d.i64(), true
		case id == 4 && typ == tStruct:
			stats := d.clientStats()
			if d.fill {
				if d.stats == nil {
					d.stats = new(ClientStats)
				}
				*d.stats = stats
				b.Stats = d.stats
			}
		default:
			return false
		}
		return true
	})
	b.Process = d.process
	for i := range b.Spans {
		b.Spans[i].Process = b.Process
	}
	return b
}

func (d *decoder) processStruct() (p model.Process) {
	var service piece
	d.fields("Process", 1<<1, func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == tString:
			service = d.text()
		case id == 2 && typ == tList:
			p.Tags = list(d, &d.tags, (*decoder).tag)
		default:
			return false
		}
		return true
	})
	p.Service = d.copied(service)
	return p
}

func (d *decoder) clientStats() (s ClientStats) {
	d.fields("ClientStats", 1<<1|1<<2|1<<3, func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == tI64:
			s.FullQueueDroppedSpans = d.i64()
		case id == 2 && typ == tI64:
			s.TooLargeDroppedSpans = d.i64()
		case id == 3 && typ == tI64:
			s.FailedToEmitSpans = d.i64()
		default:
			return false
		}
		return true
	})
	return s
}

func (d *decoder) span() (s model.Span) {
	var operation piece
	d.fields("Span", 1<<1|1<<2|1<<3|1<<4|1<<5|1<<7|1<<8|1<<9, func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == tI64:
			s.TraceID.Low = uint64(d.i64())
		case id == 2 && typ == tI64:
			s.TraceID.High = uint64(d.i64())
		case id == 3 && typ == tI64:
			s.SpanID = model.SpanID(d.i64())
		case id == 4 && typ == tI64:
			s.ParentID = model.SpanID(d.i64())
		case id == 5 && typ == tString:
			operation = d.text()
		case id == 6 && typ == tList:
			s.References = list(d, &d.refs, (*decoder).reference)
		case id == 7 && typ == tI32:
			s.Flags = model.Flags(d.i32())
		case id == 8 && typ == tI64:
			s.Start = nanos(d.i64())
		case id == 9 && typ == tI64:
			s.Duration = time.Duration(nanos(d.i64()))
		case id == 10 && typ == tList:
			s.Tags = list(d, &d.tags, (*decoder).tag)
		case id == 11 && typ == tList:
			s.Logs = list(d, &d.logs, (*decoder).log)
		default:
			return false
		}
		return true
	})
	s.Operation = d.copied(operation)
	return s
}

func (d *decoder) reference() (r model.Reference) {
	d.fields("SpanRef", 1<<1|1<<2|1<<3|1<<4, func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == tI32:
			r.Type = model.FollowsFrom
			if d.i32() == int32(model.ChildOf) {
				r.Type = model.ChildOf
			}
		case id == 2 && typ == tI64:
			r.TraceID.Low = uint64(d.i64())
		case id == 3 && typ == tI64:
			r.TraceID.High = uint64(d.i64())
		case id == 4 && typ == tI64:
			r.SpanID = model.SpanID(d.i64())
		default:
			return false
		}
		return true
	})
	return r
}

func (d *decoder) log() (l model.Log) {
	d.fields("Log", 1<<1|1<<2, func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == tI64:
			l.Time = nanos(d.i64())
		case id == 2 && typ == tList:
			l.Fields = list(d, &d.tags, (*decoder).tag)
		default:
			return false
		}
		return true
	})
	return l
}

// tag reads a Tag. Of its values the one that vType names counts; it is zero when
// that one was not sent.
func (d *decoder) tag() (t model.Tag) {
	var key, str, bin piece
	var kind int32
	var number int64
	var double float64
	var truth bool
	d.fields("Tag", 1<<1|1<<2, func(id int16, typ byte) bool {
		switch {
		case id == 1 && typ == tString:
			key = d.text()
		case id == 2 && typ == tI32:
			kind = d.i32()
		case id == 3 && typ == tString:
			str = d.text()
		case id == 4 && typ == tDouble:
			double = d.double()
		case id == 5 && typ == tBool:
			truth = d.bool()
		case id == 6 && typ == tI64:
			number = d.i64()
		case id == 7 && typ == tString:
			bin = d.text()
		default:
			return false
		}
		return true
	})
	t.Key = d.copied(key)
	switch kind {
	case int32(model.KindString):
		t.Value = model.String(d.copied(str))
	case int32(model.KindFloat64):
		t.Value = model.Float64(double)
	case int32(model.KindBool):
		t.Value = model.Bool(truth)
	case int32(model.KindInt64):
		t.Value = model.Int64(number)
	case int32(model.KindBytes):
		t.Value = model.BytesString(d.copied(bin))
	default:
		t.Value = model.String(unknownTagType)
	}
	return t
}

// nanos turns microseconds into nanoseconds, as far as they go.
func nanos(micros int64) int64 {
	switch {
	case micros > math.MaxInt64/1000:
		return math.MaxInt64
	case micros < math.MinInt64/1000:
		return math.MinInt64
	}
	return micros * 1000
}
