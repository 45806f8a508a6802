// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"encoding/hex"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

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

// encoder makes messages of spans, which are decoded or as they came.
type encoder struct {
	decoded func(ptrace.Traces) ([]*message, error)
	encoded func([]trace.Encoded) ([]*message, error)
}

func newEncoder(encoding string) (e encoder, err error) {
	switch encoding {
	case "jaeger_proto", "protobuf":
		return jaegerEncoder(func() model { return &protoModel{} }), nil
	case "jaeger_json", "json":
		return jaegerEncoder(func() model { return &jsonModel{} }), nil
	case "otlp_proto":
		return otlpEncoder(joinProto), nil
	case "otlp_json":
		return otlpEncoder(joinJSON), nil
	}
	return e, fmt.Errorf("kafka: there is no encoding %.40q: use jaeger_proto, jaeger_json, otlp_proto or otlp_json", encoding)
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

// otlpEncoder makes the spans of each trace a TracesData.
func otlpEncoder(join joiner) encoder {
	encoded := func(spans []trace.Encoded) ([]*message, error) { return group(spans, join) }
	return encoder{encoded: encoded, decoded: func(td ptrace.Traces) ([]*message, error) {
		spans, err := trace.Encode(td)
		if err != nil {
			return nil, err
		}
		return encoded(spans)
	}}
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
