// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
)

// message is a record with the spans in it.
type message struct {
	record kgo.Record
	trace  pcommon.TraceID
	spans  []trace.Encoded // of OTLP, which can be sent one by one
	join   joiner
	err    error // what became of it
}

// encoder makes messages of spans.
type encoder func(ptrace.Traces) ([]*message, error)

func newEncoder(encoding string) (encoder, error) {
	switch encoding {
	case "jaeger_proto", "protobuf":
		return encodeProto, nil
	case "jaeger_json", "json":
		return encodeJSON, nil
	case "otlp_proto":
		return encodeOTLP(joinProto), nil
	case "otlp_json":
		return encodeOTLP(joinJSON), nil
	}
	return nil, fmt.Errorf("kafka: there is no encoding %.40q: use jaeger_proto, jaeger_json, otlp_proto or otlp_json", encoding)
}

// encodeProto makes each span a Span of Jaeger's model.proto.
func encodeProto(td ptrace.Traces) ([]*message, error) {
	out := newMessages(td.SpanCount())
	var e jaeger.Encoder
	var j jaeger.Span
	var process []byte
	for _, rs := range td.ResourceSpans().All() {
		process = e.AppendProcess(process[:0], jaeger.ProcessOf(rs.Resource()))
		for s := range spansOf(rs) {
			j = jaeger.OfReusing(j.Tags, s)
			out.add(s.TraceID(), func(b []byte) []byte { return e.AppendSpan(b, &j, process) })
		}
	}
	return out.list, nil
}

// encodeJSON makes each span the same in JSON.
func encodeJSON(td ptrace.Traces) ([]*message, error) {
	out := newMessages(td.SpanCount())
	var j jaeger.Span
	for _, rs := range td.ResourceSpans().All() {
		process := jaeger.ProcessOf(rs.Resource())
		for s := range spansOf(rs) {
			j = jaeger.OfReusing(j.Tags, s)
			out.add(s.TraceID(), func(b []byte) []byte { return jaeger.AppendJSON(b, &j, process) })
		}
	}
	return out.list, nil
}

func spansOf(rs ptrace.ResourceSpans) func(func(trace.Span) bool) {
	return func(yield func(trace.Span) bool) {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				if !yield(trace.Span{Span: s, Resource: rs, Scope: ss}) {
					return
				}
			}
		}
	}
}

// messages are those of a batch's spans, in little memory of their own: an allocation for
// each would cost more than what is in it.
type messages struct {
	list []*message
	free []message
	text []byte // what has room has it at the end
}

func newMessages(n int) *messages {
	return &messages{list: make([]*message, 0, n), free: make([]message, n)}
}

// add adds the message that write appends. Its key is what Jaeger gives it: the id in 16
// digits if they are enough.
func (m *messages) add(id pcommon.TraceID, write func([]byte) []byte) {
	if cap(m.text)-len(m.text) < roomBytes {
		m.text = make([]byte, 0, roomBytes*min(128, len(m.free)))
	}
	begin := len(m.text)
	digits := id[:]
	if bytes.Equal(id[:8], make([]byte, 8)) {
		digits = id[8:]
	}
	m.text = hex.AppendEncode(m.text, digits)
	key := len(m.text)
	m.text = write(m.text)
	one := &m.free[0]
	m.free = m.free[1:]
	one.trace = id
	one.record.Key, one.record.Value = m.text[begin:key:key], m.text[key:len(m.text):len(m.text)]
	m.list = append(m.list, one)
}

// joiner makes one value of the spans of a trace.
type joiner func([]trace.Encoded) ([]byte, error)

func joinProto(spans []trace.Encoded) ([]byte, error) { return trace.Join(spans), nil }

func joinJSON(spans []trace.Encoded) ([]byte, error) {
	td, err := trace.Decode(spans)
	if err != nil {
		return nil, err
	}
	return new(ptrace.JSONMarshaler).MarshalTraces(td)
}

// encodeOTLP makes the spans of each trace a TracesData.
func encodeOTLP(join joiner) encoder {
	return func(td ptrace.Traces) ([]*message, error) {
		spans, err := trace.Encode(td)
		if err != nil {
			return nil, err
		}
		return group(spans, join)
	}
}

// group makes a message of each trace's spans, in the order of the first ones. The key
// is that of the OpenTelemetry Collector.
func group(spans []trace.Encoded, join joiner) (out []*message, err error) {
	byTrace := map[pcommon.TraceID]*message{}
	for _, s := range spans {
		id := s.Head().TraceID
		m := byTrace[id]
		if m == nil {
			m = &message{trace: id, join: join}
			byTrace[id] = m
			out = append(out, m)
		}
		m.spans = append(m.spans, s)
	}
	for _, m := range out {
		m.record.Key = hex.AppendEncode(nil, m.trace[:])
		if m.record.Value, err = join(m.spans); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// split returns a message for each span, none of which was sent before.
func (m *message) split() (out []*message, err error) {
	if len(m.spans) < 2 {
		return []*message{{record: kgo.Record{Key: m.record.Key, Value: m.record.Value}, trace: m.trace}}, nil
	}
	for i := range m.spans {
		one, err := group(m.spans[i:i+1], m.join)
		if err != nil {
			return nil, err
		}
		out = append(out, one...)
	}
	return out, nil
}

// count is how many spans a message has.
func (m *message) count() int { return max(1, len(m.spans)) }
