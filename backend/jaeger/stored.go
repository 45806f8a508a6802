// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// FormatOTLP is the value of trace.AttributeFormat that a store of Jaeger's has for
// spans that came as OTLP.
const FormatOTLP = "otlp"

// Stored returns s as Jaeger's collector stores it: Of, with a last tag that says in
// which format it came, and the scope of a span of OTLP first.
func Stored(s trace.Span) Span {
	j := Of(s)
	format := FormatOTLP
	if v, ok := s.Attributes().Get(trace.AttributeFormat); ok {
		format = v.AsString()
	}
	if format == FormatOTLP || format == trace.FormatZipkin {
		scopeFirst(j.Tags, s)
	}
	j.Tags = append(j.Tags, model.Tag{Key: trace.AttributeFormat, Value: model.String(format)})
	return j
}

// scopeFirst moves the tags of the scope, which follow the attributes of s, to the front.
func scopeFirst(tags []model.Tag, s trace.Span) {
	n := 0
	for _, text := range []string{s.Scope.Scope().Name(), s.Scope.Scope().Version()} {
		if text != "" {
			n++
		}
	}
	if n == 0 {
		return
	}
	at := 0 // of the scope's tags
	for k := range s.Attributes().All() {
		if k != trace.AttributeFormat && k != trace.AttributeWarnings {
			at++
		}
	}
	if at+n > len(tags) {
		return // formats or warnings that came twice are tags
	}
	scope := [2]model.Tag{}
	copy(scope[:n], tags[at:at+n])
	copy(tags[n:at+n], tags[:at])
	copy(tags, scope[:n])
}

// Restorer makes traces of spans as a store of Jaeger's has them. The zero value is
// ready for use.
type Restorer struct {
	traces    ptrace.Traces
	begun     bool
	processes map[*model.Process]*restored
}

type restored struct {
	resource ptrace.ResourceSpans
	scopes   map[[2]string]ptrace.SpanSlice
}

// Add adds a span of a process. Spans whose processes are one pointer share a resource.
// Of a span that came in Jaeger's model the tags are attributes, as PutSpan has them;
// of one that came as OTLP or Zipkin's, or by a collector that does not say how, those
// that Of made of fields are fields again. It returns the span, whose times the caller
// may set: those of OTLP are unsigned, those of s are not.
func (r *Restorer) Add(s *Span, p *model.Process) ptrace.Span {
	if !r.begun {
		r.traces, r.begun, r.processes = ptrace.NewTraces(), true, map[*model.Process]*restored{}
	}
	to := r.processes[p]
	if to == nil {
		to = &restored{r.traces.ResourceSpans().AppendEmpty(), map[[2]string]ptrace.SpanSlice{}}
		putProcess(to.resource.Resource().Attributes(), p)
		r.processes[p] = to
	}
	format := takeFormat(s)
	if format != "" && format != FormatOTLP && format != trace.FormatZipkin {
		span := to.scope("", "").AppendEmpty()
		s.Put(span)
		return span
	}
	f := takeFields(s)
	span := to.scope(f.scopeName, f.scopeVersion).AppendEmpty()
	s.Put(span)
	if format == "" || format == FormatOTLP {
		first := true // PutSpan has put it there
		span.Attributes().RemoveIf(func(string, pcommon.Value) bool { was := first; first = false; return was })
		span.SetFlags(0)
	} else {
		span.Attributes().PutStr(trace.AttributeFormat, format)
	}
	f.put(span)
	takeNames(span.Events())
	return span
}

// Traces returns what was added.
func (r *Restorer) Traces() ptrace.Traces {
	if !r.begun {
		return ptrace.NewTraces()
	}
	return r.traces
}

func (r *restored) scope(name, version string) ptrace.SpanSlice {
	spans, ok := r.scopes[[2]string{name, version}]
	if !ok {
		ss := r.resource.ScopeSpans().AppendEmpty()
		ss.Scope().SetName(name)
		ss.Scope().SetVersion(version)
		spans = ss.Spans()
		r.scopes[[2]string{name, version}] = spans
	}
	return spans
}

// putProcess makes p a resource. A service without a name is none.
func putProcess(to pcommon.Map, p *model.Process) {
	if p.Service == "" {
		PutFields(to, p.Tags)
		return
	}
	PutTags(to, model.Tag{Key: "service.name", Value: model.String(p.Service)}, p.Tags)
}

// takeFormat removes the tag that a collector has added, and returns its value.
func takeFormat(s *Span) string {
	for i := len(s.Tags) - 1; i >= 0; i-- {
		if t := &s.Tags[i]; t.Key == trace.AttributeFormat && t.Value.Kind() == model.KindString {
			format := t.Value.Str()
			s.Tags = append(s.Tags[:i:i], s.Tags[i+1:]...)
			return format
		}
	}
	return ""
}

// takeNames makes the field "event" the name of an event again.
func takeNames(events ptrace.SpanEventSlice) {
	for _, e := range events.All() {
		if v, ok := e.Attributes().Get(trace.TagEvent); ok && v.Type() == pcommon.ValueTypeStr && v.Str() == e.Name() {
			first := true
			e.Attributes().RemoveIf(func(k string, _ pcommon.Value) bool {
				was := first && k == trace.TagEvent
				first = first && !was
				return was
			})
		}
	}
}
