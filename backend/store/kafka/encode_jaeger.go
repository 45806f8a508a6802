// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	spur "github.com/go-spur/spur/model"
)

// model writes spans of Jaeger's model: those of one process after the other.
type model interface {
	begin(*spur.Process)
	append(b []byte, s *jaeger.Span) []byte
}

// protoModel makes each span a Span of Jaeger's model.proto.
type protoModel struct {
	encoder jaeger.Encoder
	process []byte
}

func (m *protoModel) begin(p *spur.Process) { m.process = m.encoder.AppendProcess(m.process[:0], p) }

func (m *protoModel) append(b []byte, s *jaeger.Span) []byte {
	return m.encoder.AppendSpan(b, s, m.process)
}

// jsonModel makes each span the same in JSON.
type jsonModel struct{ process *spur.Process }

func (m *jsonModel) begin(p *spur.Process) { m.process = p }

func (m *jsonModel) append(b []byte, s *jaeger.Span) []byte {
	return jaeger.AppendJSON(b, s, m.process)
}

// jaegerEncoder makes each span a message.
func jaegerEncoder(newModel func() model) encoder {
	return encoder{
		decoded: func(td ptrace.Traces) ([]*message, error) { return encodeDecoded(newModel(), td), nil },
		encoded: func(spans []trace.Encoded) ([]*message, error) { return encodeEncoded(newModel(), spans) },
	}
}

func encodeDecoded(m model, td ptrace.Traces) []*message {
	out := newMessages(td.SpanCount())
	var j jaeger.Span
	for _, rs := range td.ResourceSpans().All() {
		m.begin(jaeger.ProcessOf(rs.Resource()))
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				j = jaeger.OfReusing(j.Tags, trace.Span{Span: s, Resource: rs, Scope: ss})
				out.add(m, &j)
			}
		}
	}
	return out.list
}

func encodeEncoded(m model, spans []trace.Encoded) ([]*message, error) {
	out := newMessages(len(spans))
	var read jaeger.Reader
	for i, e := range spans {
		if i == 0 || !bytes.Equal(e.Resource, spans[i-1].Resource) {
			p, err := processOf(e)
			if err != nil {
				return nil, err
			}
			m.begin(p)
		}
		j, ok := read.Span(e)
		if !ok {
			s, err := decode(trace.Encoded{Scope: e.Scope, Span: e.Span})
			if err != nil {
				return nil, err
			}
			j = new(jaeger.Of(s))
		}
		out.add(m, j)
	}
	return out.list, nil
}

func processOf(e trace.Encoded) (*spur.Process, error) {
	if p, ok := jaeger.ReadProcess(e.Resource); ok {
		return p, nil
	}
	s, err := decode(trace.Encoded{Resource: e.Resource})
	if err != nil {
		return nil, err
	}
	return jaeger.ProcessOf(s.Resource.Resource()), nil
}

// decode decodes one span.
func decode(e trace.Encoded) (out trace.Span, err error) {
	td, err := trace.Decode([]trace.Encoded{e})
	if err != nil {
		return out, err
	}
	for s := range trace.Spans(td) {
		out = s
	}
	return out, nil
}

// messages are those of a batch's spans. Small ones share blocks of memory: an allocation
// for each would cost more than what is in it.
type messages struct {
	list    []*message
	free    []message
	scratch []byte // the last message, as it was made
	block   []byte // what has room has it at the end
}

func newMessages(n int) *messages {
	return &messages{list: make([]*message, 0, n), free: make([]message, n)}
}

// add adds a message of s. Its key is what Jaeger gives it: the id in 16 digits if they
// are enough.
func (m *messages) add(to model, s *jaeger.Span) {
	var id pcommon.TraceID
	binary.BigEndian.PutUint64(id[:8], s.TraceID.High)
	binary.BigEndian.PutUint64(id[8:], s.TraceID.Low)
	digits := id[:]
	if s.TraceID.High == 0 {
		digits = id[8:]
	}
	m.scratch = hex.AppendEncode(m.scratch[:0], digits)
	key := len(m.scratch)
	m.scratch = to.append(m.scratch, s)
	text := m.keep(m.scratch)
	one := &m.free[0]
	m.free = m.free[1:]
	one.trace = id
	one.record.Key, one.record.Value = text[:key:key], text[key:]
	m.list = append(m.list, one)
}

// keep returns a copy of b. One that would leave much of a block empty has memory of its
// own.
func (m *messages) keep(b []byte) []byte {
	if len(b) > cap(m.block)-len(m.block) {
		size := roomBytes * min(128, len(m.free))
		if len(b) > size/8 {
			return bytes.Clone(b)
		}
		m.block = make([]byte, 0, size)
	}
	begin := len(m.block)
	m.block = append(m.block, b...)
	return m.block[begin:len(m.block):len(m.block)]
}
