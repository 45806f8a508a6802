// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"strconv"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

const service = "suite"

func someTags() []model.Tag {
	return []model.Tag{
		{Key: "text", Value: model.String("grüße")},
		{Key: "int", Value: model.Int64(-1)},
		{Key: "float", Value: model.Float64(1.5)},
		{Key: "bool", Value: model.Bool(true)},
		{Key: "bytes", Value: model.Bytes([]byte{0, 1, 0xff})},
	}
}

// someSpans returns the first n spans of a trace of which all formats keep
// everything.
func someSpans(n int) []model.Span {
	start := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	process := &model.Process{Service: service, Tags: []model.Tag{{Key: "hostname", Value: model.String("here")}}}
	spans := make([]model.Span, n)
	for i := range spans {
		at := start + int64(i)*int64(time.Millisecond)
		s := &spans[i]
		*s = model.Span{
			Context: model.Context{
				TraceID: model.TraceID{High: 0xc0ffee, Low: someTrace}, SpanID: model.SpanID(i + 1), ParentID: model.SpanID(i / 2), Flags: model.FlagSampled,
			},
			Operation: "span " + strconv.Itoa(i), Start: at, Duration: time.Duration(i+1) * time.Microsecond,
			Tags:    someTags(),
			Logs:    []model.Log{{Time: at + 1000, Fields: []model.Tag{{Key: "event", Value: model.String("halfway")}, {Key: "n", Value: model.Int64(int64(i))}}}},
			Process: process,
		}
		if s.ParentID != 0 {
			s.References = []model.Reference{{TraceID: s.TraceID, SpanID: s.ParentID, Type: model.ChildOf}}
		}
	}
	return spans
}

// encodeBatch makes a batch of at least one span as reporter.Batching does; nil in an
// unknown format.
func encodeBatch(f transport.Format, seqNo int64, spans []model.Span) []byte {
	process := spans[0].Process
	body := func(appendSpan func([]byte, *model.Span) []byte) (b []byte) {
		for i := range spans {
			b = appendSpan(b, &spans[i])
		}
		return b
	}
	switch f {
	case transport.JaegerCompact:
		head := wire.AppendCompactMessageHead(nil, int32(seqNo), wire.AppendCompactProcess(nil, process), len(spans))
		return wire.AppendCompactMessageTail(append(head, body(wire.AppendCompactSpan)...), seqNo, nil)
	case transport.JaegerBinary:
		head := wire.AppendBinaryMessageHead(nil, int32(seqNo), wire.AppendBinaryProcess(nil, process), len(spans))
		return wire.AppendBinaryMessageTail(append(head, body(wire.AppendBinarySpan)...), seqNo, nil)
	case transport.JaegerBatch:
		head := wire.AppendBinaryBatchHead(nil, wire.AppendBinaryProcess(nil, process), len(spans))
		return wire.AppendBinaryBatchTail(append(head, body(wire.AppendBinarySpan)...), seqNo, nil)
	case transport.OTLP:
		all := body(wire.AppendOTLPSpan)
		return append(wire.AppendOTLPHead(nil, wire.AppendOTLPResource(nil, process), len(all), seqNo, nil), all...)
	}
	return nil
}
