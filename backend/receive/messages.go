// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// Messages decodes messages of Kafka into one ptrace.Traces. What it returns has text
// of the messages, which nobody may change any more.
type Messages struct {
	add     func([]byte) (int, []trace.Refused, error)
	jaeger  jaegerBatch
	encoder jaeger.Encoder
}

// NewMessages returns a decoder of an encoding that Jaeger and the OpenTelemetry
// Collector have for Kafka:
//
//	jaeger_proto, protobuf  a Span of Jaeger's model.proto with its process
//	jaeger_json, json       the same in the JSON of protobuf
//	otlp_proto              a TracesData of OTLP, with spans of any number of traces
//	otlp_json               the same in OTLP's JSON
func NewMessages(encoding string) (*Messages, error) {
	m := &Messages{}
	switch encoding {
	case "jaeger_proto", "protobuf":
		m.add = m.addProto
	case "jaeger_json", "json":
		m.add = m.addJSON
	case "otlp_proto":
		m.add = m.addOTLP(decodeProto)
	case "otlp_json":
		m.add = m.addOTLP(decodeJSON)
	default:
		return nil, fmt.Errorf("there is no encoding %.40q of Kafka's messages", encoding)
	}
	m.reset()
	return m, nil
}

func (m *Messages) reset() {
	m.jaeger = jaegerBatch{traces: ptrace.NewTraces(), own: map[string]*jaegerProcess{}}
}

// Add decodes a message. It returns how many spans of it were taken, and those that
// were not, by reason. With an error the message cannot be read at all.
func (m *Messages) Add(b []byte) (spans int, refused []trace.Refused, err error) { return m.add(b) }

// Take returns the spans of the messages that were added since the last Take.
func (m *Messages) Take() ptrace.Traces {
	td := m.jaeger.traces
	m.reset()
	return td
}

func (m *Messages) addProto(b []byte) (int, []trace.Refused, error) {
	s, bad := m.jaeger.decoder.span(b)
	if bad == trace.ReasonMalformed {
		return 0, nil, errors.New("not a Span of jaeger.api_v2")
	}
	return m.put(s, bad)
}

func (m *Messages) addJSON(b []byte) (int, []trace.Refused, error) {
	if err := checkJSON(b); err != nil {
		return 0, nil, err
	}
	span, process, err := jaeger.ReadJSON(b)
	if err != nil {
		return 0, nil, err
	}
	s := &jaegerSpan{Span: span, own: true, process: m.encoder.AppendProcess(nil, &process)}
	s.ParentID = parentOf(s)
	return m.put(s, s.check())
}

// put keeps a span. That it came in Jaeger's model is said anew: the tag with which
// Jaeger's collectors say what they got is of no use here.
func (m *Messages) put(s *jaegerSpan, bad trace.Reason) (int, []trace.Refused, error) {
	s.Tags = slices.DeleteFunc(s.Tags, func(t model.Tag) bool { return t.Key == trace.AttributeFormat })
	if bad == "" {
		bad = m.jaeger.put(s)
	}
	if bad != "" {
		return 0, []trace.Refused{{Reason: bad, Count: 1}}, nil
	}
	return 1, nil, nil
}

func (m *Messages) addOTLP(decode func([]byte) (request, error)) func([]byte) (int, []trace.Refused, error) {
	return func(b []byte) (int, []trace.Refused, error) {
		r, err := decode(b)
		if err != nil {
			return 0, nil, err
		}
		spans := r.traces.SpanCount()
		r.traces.ResourceSpans().MoveAndAppendTo(m.jaeger.traces.ResourceSpans())
		return spans, r.refused, nil
	}
}
