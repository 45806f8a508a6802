// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"errors"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// decodePostSpans reads a PostSpansRequest (collector.proto). A span that cannot be
// kept is refused, and costs no other. The text in the result is b's.
func decodePostSpans(b []byte) (request, error) {
	var spans [][]byte
	j := jaegerBatch{traces: ptrace.NewTraces(), own: map[string]*jaegerProcess{}}
	for request := range j.decoder.fields(b) {
		if !request.bytes(1) {
			continue
		}
		for f := range j.decoder.fields(request.value) {
			switch {
			case f.bytes(1):
				spans = append(spans, f.value)
			case f.bytes(2): // all there are make one message
				j.process = append(j.process, f.value...)
			}
		}
	}
	if j.decoder.bad != "" {
		return request{}, errors.New("it is not a PostSpansRequest of jaeger.api_v2")
	}
	for _, b := range spans {
		j.add(b)
	}
	return request{j.traces, j.refused.list()}, nil
}

// jaegerBatch makes a Batch (model.proto) a ptrace.Traces.
type jaegerBatch struct {
	traces  ptrace.Traces
	refused tally
	decoder jaegerDecoder
	process []byte                    // of spans that have none
	others  *jaegerProcess            // those spans; nil before the first
	own     map[string]*jaegerProcess // spans that have one, by its bytes
}

// jaegerProcess are the spans of a process.
type jaegerProcess struct {
	spans ptrace.SpanSlice
	bad   trace.Reason // why they are refused, if they are
}

// add decodes a span, and keeps or refuses it.
func (j *jaegerBatch) add(b []byte) {
	s, bad := j.decoder.span(b)
	if bad == "" {
		bad = j.put(s)
	}
	if bad != "" {
		j.refused.add(bad)
	}
}

// put keeps a span, or says why it is refused.
func (j *jaegerBatch) put(s *jaegerSpan) trace.Reason {
	p := j.of(s)
	if p.bad == "" {
		s.Put(p.spans.AppendEmpty())
	}
	return p.bad
}

// of returns where s belongs: to its process, or else to that of the batch.
func (j *jaegerBatch) of(s *jaegerSpan) *jaegerProcess {
	if !s.own {
		if j.others == nil {
			j.others = j.newProcess(j.process)
		}
		return j.others
	}
	p := j.own[string(s.process)]
	if p == nil {
		key := string(s.process)
		p = j.newProcess([]byte(key))
		j.own[key] = p
	}
	return p
}

// newProcess decodes a process. Spans without any have no service.
func (j *jaegerBatch) newProcess(b []byte) *jaegerProcess {
	service, tags, bad := j.decoder.process(b)
	if bad != "" {
		return &jaegerProcess{bad: bad}
	}
	rs := j.traces.ResourceSpans().AppendEmpty()
	if len(b) > 0 {
		jaeger.PutTags(rs.Resource().Attributes(), model.Tag{Key: "service.name", Value: model.String(service)}, tags)
	}
	return &jaegerProcess{spans: rs.ScopeSpans().AppendEmpty().Spans()}
}
