// SPDX-License-Identifier: Apache-2.0

package query

import (
	"fmt"
	"math"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// scopeKey tells the scopes of a trace apart.
type scopeKey struct{ process, name, version string }

// add keeps a span that was read. Its warnings, which reading it makes anew, it
// does not.
func (j *jaegerReader) add(in *spanJSON) error {
	s := ptrace.NewSpan()
	if err := setIDs(s, in); err != nil {
		return err
	}
	if most := micros(math.MaxInt64 / 2000); in.StartTime < 0 || in.StartTime > most || in.Duration < 0 || in.Duration > most {
		return fmt.Errorf("start time %d µs, duration %d µs", in.StartTime, in.Duration)
	}
	s.SetName(in.OperationName)
	s.SetStartTimestamp(pcommon.Timestamp(in.StartTime * 1000))
	s.SetEndTimestamp(pcommon.Timestamp((in.StartTime + in.Duration) * 1000))
	format := formatOTLP
	for _, t := range in.Tags {
		if text, ok := t.Value.(string); ok && t.Key == trace.AttributeFormat {
			format = text
		}
	}
	otlp := format == formatOTLP || format == trace.FormatZipkin
	if format != formatOTLP {
		s.SetFlags(in.Flags)
	}
	if err := setReferences(s, in, otlp); err != nil {
		return err
	}
	key := scopeKey{process: in.ProcessID}
	if otlp {
		in.Tags = key.setFields(s, in.Tags)
	} else {
		setKindAndStatus(s, in.Tags)
	}
	if err := setTags(s.Attributes(), in.Tags); err != nil {
		return err
	}
	for _, l := range in.Logs {
		if err := addEvent(s, l, otlp); err != nil {
			return err
		}
	}
	s.MoveTo(j.scope(key).Spans().AppendEmpty())
	return nil
}

// scope returns where the spans of a scope go.
func (j *jaegerReader) scope(key scopeKey) ptrace.ScopeSpans {
	ss, ok := j.scopes[key]
	if ok {
		return ss
	}
	rs, ok := j.resources[key.process]
	if !ok {
		rs = j.td.ResourceSpans().AppendEmpty()
		j.resources[key.process] = rs
	}
	ss = rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName(key.name)
	ss.Scope().SetVersion(key.version)
	j.scopes[key] = ss
	return ss
}

// fill gives the resources what the trace said of its processes. Of a process
// that cannot be kept the spans are refused.
func (j *jaegerReader) fill() {
	for id, rs := range j.resources {
		p, ok := j.processes[id]
		if !ok {
			continue
		}
		if err := setTags(rs.Resource().Attributes(), append(p.Tags, text("service.name", p.ServiceName))); err != nil {
			spans := 0
			rs.ScopeSpans().RemoveIf(func(ss ptrace.ScopeSpans) bool {
				spans += ss.Spans().Len()
				return true
			})
			j.refuse(spans, fmt.Errorf("process %q: %w", shorten(id), err))
		}
	}
}

func setIDs(s ptrace.Span, in *spanJSON) error {
	id, err := trace.ParseTraceID(in.TraceID)
	if err != nil {
		return err
	}
	spanID, err := trace.ParseSpanID(in.SpanID)
	if err != nil {
		return err
	}
	s.SetTraceID(id)
	s.SetSpanID(spanID)
	return nil
}

// setReferences makes the first CHILD_OF in the same trace the parent, and the
// others links.
func setReferences(s ptrace.Span, in *spanJSON, otlp bool) error {
	for _, r := range in.References {
		id, err := trace.ParseTraceID(r.TraceID)
		if err != nil {
			return err
		}
		spanID, err := trace.ParseSpanID(r.SpanID)
		if err != nil {
			return err
		}
		if r.RefType == childOf && id == s.TraceID() && s.ParentSpanID().IsEmpty() {
			s.SetParentSpanID(spanID)
			continue
		}
		l := s.Links().AppendEmpty()
		l.SetTraceID(id)
		l.SetSpanID(spanID)
		switch {
		case r.RefType == childOf:
			l.Attributes().PutStr(trace.AttributeRefType, trace.RefChildOf)
		case !otlp: // of OTLP's it is what has no attribute
			l.Attributes().PutStr(trace.AttributeRefType, trace.RefFollowsFrom)
		}
	}
	return nil
}

// setFields puts what OTLP has fields for there, and returns the other tags.
func (key *scopeKey) setFields(s ptrace.Span, tags []keyValue) (others []keyValue) {
	for _, t := range tags {
		value, _ := t.Value.(string)
		switch t.Key {
		case tagKind:
			if kind, ok := parseKind(value); ok {
				s.SetKind(kind)
				continue
			}
		case tagStatusCode:
			switch value {
			case "OK":
				s.Status().SetCode(ptrace.StatusCodeOk)
				continue
			case "ERROR":
				s.Status().SetCode(ptrace.StatusCodeError)
				continue
			}
		case tagStatusDescription:
			s.Status().SetMessage(value)
			continue
		case tagTraceState:
			s.TraceState().FromRaw(value)
			continue
		case tagScopeName:
			key.name = value
			continue
		case tagScopeVersion:
			key.version = value
			continue
		case trace.AttributeFormat:
			if value == formatOTLP {
				continue
			}
		}
		others = append(others, t)
	}
	if s.Status().Code() == ptrace.StatusCodeError {
		others = slices.DeleteFunc(others, func(t keyValue) bool { return t.Key == tagError && t.Value == true })
	}
	return others
}

// setKindAndStatus reads them from Jaeger's tags, which stay.
func setKindAndStatus(s ptrace.Span, tags []keyValue) {
	for _, t := range tags {
		switch t.Key {
		case tagKind:
			value, _ := t.Value.(string)
			if kind, ok := parseKind(value); ok {
				s.SetKind(kind)
			}
		case tagError:
			if t.Value == true || t.Value == "true" {
				s.Status().SetCode(ptrace.StatusCodeError)
			}
		}
	}
}

func addEvent(s ptrace.Span, l logEntry, otlp bool) error {
	e := s.Events().AppendEmpty()
	e.SetTimestamp(pcommon.Timestamp(max(l.Timestamp, 0)) * 1000)
	fields := l.Fields
	if i := slices.IndexFunc(fields, func(f keyValue) bool { return f.Key == fieldEvent && f.Type == typeString }); i >= 0 {
		name, _ := fields[i].Value.(string)
		e.SetName(name)
		if otlp {
			fields = slices.Delete(slices.Clone(fields), i, i+1)
		}
	}
	return setTags(e.Attributes(), fields)
}
