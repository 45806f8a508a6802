// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// What stands for names that are missing. Jaeger has the first two.
const (
	missingService = "missing-service-name"
	emptyService   = "empty-service-name"
	emptyName      = "empty-span-name"
)

// mends is a set of things that were put right in a span.
type mends uint8

const (
	mendedText mends = 1 << iota
	mendedService
	mendedName
	mendedEnd
	mendedOrder
)

// warnings are the texts of mends, in the order of their bits.
var warnings = [...]string{
	"text that is not UTF-8: what cannot be read is \uFFFD",
	"the span's service has no name",
	"the span has no name",
	"the span has no end time: taken as its start time",
	"the span ended before it started: its end is taken as its start time",
}

func mendResource(rs ptrace.ResourceSpans) (a audit) {
	a.messages = 1
	a.values = entityBytes(rs.Resource()) // each byte can be a text
	if s, bad := a.text(rs.SchemaUrl()); bad {
		rs.SetSchemaUrl(s)
	}
	attrs := rs.Resource().Attributes()
	a.attributes(attrs, 0)
	if service, ok := attrs.Get("service.name"); !ok {
		attrs.PutStr("service.name", missingService)
		a.mended |= mendedService
	} else if trace.Service(rs.Resource()) == "" {
		service.SetStr(emptyService)
		a.mended |= mendedService
	}
	return a
}

// entityBytes returns the length of the entities of r as OTLP, and a few bytes for
// what is around them. pdata does not show them.
func entityBytes(r pcommon.Resource) int {
	alone, attributes := ptrace.NewResourceSpans(), pcommon.NewMap()
	r.Attributes().MoveTo(attributes)
	r.MoveTo(alone.Resource())
	n := new(ptrace.ProtoMarshaler).ResourceSpansSize(alone)
	alone.Resource().MoveTo(r)
	attributes.MoveTo(r.Attributes())
	return n
}

func mendScope(ss ptrace.ScopeSpans) (a audit) {
	a.messages = 1
	scope := ss.Scope()
	if s, bad := a.text(ss.SchemaUrl()); bad {
		ss.SetSchemaUrl(s)
	}
	if s, bad := a.text(scope.Name()); bad {
		scope.SetName(s)
	}
	if s, bad := a.text(scope.Version()); bad {
		scope.SetVersion(s)
	}
	a.attributes(scope.Attributes(), 0)
	return a
}

func mendSpan(span ptrace.Span) (a audit) {
	a.messages = 1
	if s, bad := a.text(span.Name()); bad {
		span.SetName(s)
	} else if s == "" {
		span.SetName(emptyName)
		a.mended |= mendedName
	}
	if start, end := span.StartTimestamp(), span.EndTimestamp(); end == 0 {
		span.SetEndTimestamp(start)
		a.mended |= mendedEnd
	} else if end < start {
		span.SetEndTimestamp(start)
		a.mended |= mendedOrder
	}
	if s, bad := a.text(span.TraceState().AsRaw()); bad {
		span.TraceState().FromRaw(s)
	}
	if s, bad := a.text(span.Status().Message()); bad {
		span.Status().SetMessage(s)
	}
	a.attributes(span.Attributes(), 0)
	for _, e := range span.Events().All() {
		a.values++
		if s, bad := a.text(e.Name()); bad {
			e.SetName(s)
		}
		a.attributes(e.Attributes(), 0)
	}
	for _, l := range span.Links().All() {
		a.values += 2 // it is larger than the others
		if s, bad := a.text(l.TraceState().AsRaw()); bad {
			l.TraceState().FromRaw(s)
		}
		a.attributes(l.Attributes(), 0)
	}
	return a
}

// warn adds what was mended to the span's warnings.
func (a *audit) warn(span ptrace.Span) {
	v, there := span.Attributes().GetOrPutEmpty(trace.AttributeWarnings)
	if there && v.Type() != pcommon.ValueTypeSlice {
		first := v.AsString()
		v.SetEmptySlice().AppendEmpty().SetStr(first)
	}
	list := v.Slice()
	if !there {
		list = v.SetEmptySlice()
	}
	a.values++
	for i, text := range warnings {
		if a.mended&(1<<i) != 0 {
			a.values++
			a.bytes += len(text)
			list.AppendEmpty().SetStr(text)
		}
	}
}
