// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"bytes"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
)

// full is a span of OTLP that says all that Jaeger's model can hold.
func full() ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("scope")
	ss.Scope().SetVersion("1.2")
	s := ss.Spans().AppendEmpty()
	s.SetTraceID(pcommon.TraceID{1, 15: 2})
	s.SetSpanID(pcommon.SpanID{7: 3})
	s.SetParentSpanID(pcommon.SpanID{7: 4})
	s.SetName("op")
	s.SetKind(ptrace.SpanKindServer)
	s.SetStartTimestamp(1_700_000_000_000_000_000)
	s.SetEndTimestamp(1_700_000_000_001_000_000)
	s.TraceState().FromRaw("a=b")
	s.SetDroppedAttributesCount(1)
	s.SetDroppedEventsCount(2)
	s.SetDroppedLinksCount(3)
	s.Status().SetMessage("message")
	s.Attributes().PutInt("n", 1<<60)
	s.Attributes().PutBool("flag", true)
	e := s.Events().AppendEmpty()
	e.SetName("event")
	e.SetTimestamp(1_700_000_000_000_500_000)
	e.Attributes().PutDouble("d", 0.5)
	l := s.Links().AppendEmpty()
	l.SetTraceID(pcommon.TraceID{9})
	l.SetSpanID(pcommon.SpanID{9})
	l.Attributes().PutStr(trace.AttributeRefType, trace.RefFollowsFrom)
	return td
}

// TestRestore: what Of makes of a span becomes that span again.
func TestRestore(t *testing.T) {
	for name, change := range map[string]func(ptrace.Span){
		"as it is": func(ptrace.Span) {},
		"ok":       func(s ptrace.Span) { s.Status().SetCode(ptrace.StatusCodeOk) },
		"error":    func(s ptrace.Span) { s.Status().SetCode(ptrace.StatusCodeError) },
		"no kind":  func(s ptrace.Span) { s.SetKind(ptrace.SpanKindUnspecified) },
		"tags named like fields": func(s ptrace.Span) {
			s.Status().SetCode(ptrace.StatusCodeError)
			for _, key := range []string{"span.kind", "error", "otel.status_code", "otel.status_description", "otel.scope.name", "w3c.tracestate", "otel.dropped_links_count"} {
				s.Attributes().PutStr(key, "mine")
			}
		},
		"Zipkin's": func(s ptrace.Span) {
			old := pcommon.NewMap()
			s.Attributes().CopyTo(old)
			s.Attributes().Clear()
			s.Attributes().PutStr(trace.AttributeFormat, trace.FormatZipkin)
			for k, v := range old.All() {
				v.CopyTo(s.Attributes().PutEmpty(k))
			}
		},
	} {
		td := full()
		for s := range trace.Spans(td) {
			change(s.Span)
			j := jaeger.Of(s)
			j.Tags = jaeger.AppendFormat(j.Tags, s)
			got := ptrace.NewSpan()
			scope, version := j.Restore(got)
			if scope != "scope" || version != "1.2" {
				t.Errorf("%s: scope %q %q, want scope 1.2", name, scope, version)
			}
			if a, b := marshal(t, got), marshal(t, s.Span); !bytes.Equal(a, b) {
				t.Errorf("%s: got\n%q, want\n%q", name, a, b)
			}
		}
	}
}

// TestRestoreJaeger: a span that came in Jaeger's model is what Put makes of it, and
// says in which format it came.
func TestRestoreJaeger(t *testing.T) {
	for _, format := range []string{trace.FormatJaeger, "proto"} {
		td := full()
		for s := range trace.Spans(td) {
			s.Attributes().PutStr(trace.AttributeFormat, format)
			s.Attributes().PutStr("span.kind", "client")
			s.Attributes().PutBool("error", true)
			j := jaeger.Of(s)
			want := ptrace.NewSpan()
			j.Put(want)
			want.Attributes().PutStr(trace.AttributeFormat, format)
			j.Tags = jaeger.AppendFormat(j.Tags, s)
			got := ptrace.NewSpan()
			if scope, _ := j.Restore(got); scope != "" || got.Kind() != ptrace.SpanKindClient || got.Status().Code() != ptrace.StatusCodeError {
				t.Errorf("%s: scope %q, kind %v, status %v", format, scope, got.Kind(), got.Status().Code())
			}
			if a, b := marshal(t, got), marshal(t, want); !bytes.Equal(a, b) {
				t.Errorf("%s: got\n%q, want\n%q", format, a, b)
			}
		}
	}
}

// TestRestoreError: a span whose only sign of an error is the tag has the status.
func TestRestoreError(t *testing.T) {
	for s := range trace.Spans(full()) {
		s.Attributes().PutBool("error", true)
		j := jaeger.Of(s)
		got := ptrace.NewSpan()
		j.Restore(got)
		if _, ok := got.Attributes().Get("error"); ok || got.Status().Code() != ptrace.StatusCodeError {
			t.Errorf("status %v, attributes %v; want an error and no tag of it", got.Status().Code(), got.Attributes().AsRaw())
		}
	}
}

func marshal(t *testing.T, s ptrace.Span) []byte {
	t.Helper()
	td := ptrace.NewTraces()
	s.CopyTo(td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty())
	b, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
