// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"encoding/binary"
	"iter"
	"math"
	"time"
	"unsafe"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// jaegerDecoder decodes the messages of model.proto, a method each. What it returns
// is valid until the next of its kind, but for the text, which is the input's. A
// field of another type than it has there is skipped like one that is unknown.
type jaegerDecoder struct {
	bad  trace.Reason // why the message is refused; nothing more is read of it
	left int          // bytes of memory that may still be made of it

	s           jaegerSpan
	processTags []model.Tag
	logFields   []model.Tag // of all logs of s
}

// jaegerSpan is a Span. Its process_id says something only within a Trace.
type jaegerSpan struct {
	jaeger.Span
	own     bool // it has a process, which may be empty
	process []byte
}

func (d *jaegerDecoder) begin(b []byte) { d.bad, d.left = "", growth*len(b) }

func (d *jaegerDecoder) fail(reason trace.Reason) {
	if d.bad == "" {
		d.bad = reason
	}
}

// spend fails when n bytes more are too many for the length of the message.
func (d *jaegerDecoder) spend(n int) {
	if d.left -= n; d.left < 0 {
		d.fail(trace.ReasonTooLarge)
	}
}

// fields yields those of b, until one is malformed or the message is refused.
func (d *jaegerDecoder) fields(b []byte) iter.Seq[protoField] {
	return func(yield func(protoField) bool) {
		for len(b) > 0 && d.bad == "" {
			f, rest, err := nextField(b)
			if err != nil {
				d.fail(trace.ReasonMalformed)
				return
			}
			b = rest
			if !yield(f) {
				return
			}
		}
	}
}

// span decodes a Span, or says why it is refused.
func (d *jaegerDecoder) span(b []byte) (*jaegerSpan, trace.Reason) {
	d.begin(b)
	d.logFields = d.logFields[:0]
	s := &d.s
	*s = jaegerSpan{
		Span: jaeger.Span{
			Span:     model.Span{Tags: s.Tags[:0], Logs: s.Logs[:0], References: s.References[:0]},
			Warnings: s.Warnings[:0],
		},
		process: s.process[:0],
	}
	for f := range d.fields(b) {
		switch {
		case f.bytes(1):
			s.TraceID = d.traceID(f.value)
		case f.bytes(2):
			s.SpanID = d.spanID(f.value)
		case f.bytes(3):
			s.Operation = textOf(f.value)
		case f.bytes(4):
			s.References = append(s.References, d.reference(f.value))
		case f.varint(5):
			s.FlagBits = uint32(f.number)
		case f.bytes(6):
			s.Start = d.nanoseconds(f.value)
		case f.bytes(7):
			s.Duration = time.Duration(d.nanoseconds(f.value))
		case f.bytes(8):
			s.Tags = append(s.Tags, d.tag(f.value))
		case f.bytes(9):
			s.Logs = append(s.Logs, d.log(f.value))
		case f.bytes(10): // all there are make one message
			s.own, s.process = true, append(s.process, f.value...)
		case f.bytes(12):
			d.spend(textBytes)
			s.Warnings = append(s.Warnings, textOf(f.value))
		}
	}
	if d.bad == "" {
		d.bad = s.check()
	}
	s.ParentID = parentOf(s)
	return s, d.bad
}

// check returns why a span must be refused, if it must.
func (s *jaegerSpan) check() trace.Reason {
	switch {
	case !s.TraceID.IsValid():
		return trace.ReasonTraceID
	case s.SpanID == 0:
		return trace.ReasonSpanID
	}
	return ""
}

// parentOf returns the span that s follows from, where s is nobody's child in its
// trace: it is the parent then (jaeger-client-go says so in Thrift's parentSpanId,
// which agents do not send on).
func parentOf(s *jaegerSpan) (id model.SpanID) {
	for _, r := range s.References {
		switch {
		case r.TraceID != s.TraceID:
		case r.Type == model.ChildOf:
			return 0 // the references say it
		case id == 0:
			id = r.SpanID
		}
	}
	return id
}

func (d *jaegerDecoder) process(b []byte) (service string, tags []model.Tag, bad trace.Reason) {
	d.begin(b)
	d.processTags = d.processTags[:0]
	for f := range d.fields(b) {
		switch {
		case f.bytes(1):
			service = textOf(f.value)
		case f.bytes(2):
			d.processTags = append(d.processTags, d.tag(f.value))
		}
	}
	return service, d.processTags, d.bad
}

// reference decodes a SpanRef.
func (d *jaegerDecoder) reference(b []byte) (r model.Reference) {
	d.spend(referenceBytes)
	for f := range d.fields(b) {
		switch {
		case f.bytes(1):
			r.TraceID = d.traceID(f.value)
		case f.bytes(2):
			r.SpanID = d.spanID(f.value)
		case f.varint(3):
			r.Type = model.FollowsFrom
			if f.number == 0 {
				r.Type = model.ChildOf
			}
		}
	}
	return r
}

func (d *jaegerDecoder) log(b []byte) (l model.Log) {
	d.spend(logBytes)
	first := len(d.logFields)
	for f := range d.fields(b) {
		switch {
		case f.bytes(1):
			l.Time = d.nanoseconds(f.value)
		case f.bytes(2):
			d.logFields = append(d.logFields, d.tag(f.value))
		}
	}
	l.Fields = d.logFields[first:len(d.logFields):len(d.logFields)]
	return l
}

// tag decodes a KeyValue. Of its values the one that v_type names counts.
func (d *jaegerDecoder) tag(b []byte) (t model.Tag) {
	d.spend(tagBytes)
	var kind, truth, number, double uint64
	var text, binary []byte
	for f := range d.fields(b) {
		switch {
		case f.bytes(1):
			t.Key = textOf(f.value)
		case f.varint(2):
			kind = f.number
		case f.bytes(3):
			text = f.value
		case f.varint(4):
			truth = f.number
		case f.varint(5):
			number = f.number
		case f.fixed64(6):
			double = f.number
		case f.bytes(7):
			binary = f.value
		}
	}
	switch kind { // ValueType
	case 0:
		t.Value = model.String(textOf(text))
	case 1:
		t.Value = model.Bool(truth != 0)
	case 2:
		t.Value = model.Int64(int64(number))
	case 3:
		t.Value = model.Float64(math.Float64frombits(double))
	case 4:
		t.Value = model.BytesString(textOf(binary))
	default:
		t.Value = model.String("(unknown value type)")
	}
	return t
}

// traceID and spanID decode ids. An id may be empty, which is none.

func (d *jaegerDecoder) traceID(b []byte) (id model.TraceID) {
	switch len(b) {
	case 0:
	case 16:
		id = model.TraceID{High: binary.BigEndian.Uint64(b), Low: binary.BigEndian.Uint64(b[8:])}
	default:
		d.fail(trace.ReasonTraceID)
	}
	return id
}

func (d *jaegerDecoder) spanID(b []byte) (id model.SpanID) {
	switch len(b) {
	case 0:
	case 8:
		id = model.SpanID(binary.BigEndian.Uint64(b))
	default:
		d.fail(trace.ReasonSpanID)
	}
	return id
}

// nanoseconds decodes a Timestamp or a Duration, as far as 64 bits go.
func (d *jaegerDecoder) nanoseconds(b []byte) int64 {
	const most = math.MaxInt64/int64(time.Second) - 3 // nanos may be two seconds and more
	var seconds, nanos int64
	for f := range d.fields(b) {
		switch {
		case f.varint(1):
			seconds = int64(f.number)
		case f.varint(2):
			nanos = int64(int32(f.number))
		}
	}
	switch {
	case seconds > most:
		return math.MaxInt64
	case seconds < -most:
		return math.MinInt64
	}
	return seconds*int64(time.Second) + nanos
}

// textOf returns b as a string without a copy. Nobody changes b any more.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
