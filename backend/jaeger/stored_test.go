// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"bytes"
	"fmt"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

func marshal(t *testing.T, td ptrace.Traces) []byte {
	t.Helper()
	b, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// restore returns s after it was stored.
func restore(s trace.Span) ptrace.Traces {
	j := Stored(s)
	var r Restorer
	r.Add(&j, ProcessOf(s.Resource.Resource()))
	return r.Traces()
}

// TestStoredOTLP: a span of OTLP is the same after it was stored, where Jaeger has
// something for what it says.
func TestStoredOTLP(t *testing.T) {
	s := span()
	s.Resource.Resource().Attributes().PutStr("service.name", "shop")
	s.Resource.Resource().Attributes().PutStr("host", "h")
	s.Scope.Scope().SetName("lib")
	s.Scope.Scope().SetVersion("1")
	s.SetName("op")
	s.SetParentSpanID([8]byte{7: 9})
	s.SetStartTimestamp(5)
	s.SetEndTimestamp(12)
	s.SetKind(ptrace.SpanKindClient)
	s.Status().SetCode(ptrace.StatusCodeError)
	s.Status().SetMessage("broken")
	s.TraceState().FromRaw("a=b")
	s.SetDroppedAttributesCount(1)
	s.SetDroppedEventsCount(2)
	s.SetDroppedLinksCount(1<<32 - 1)
	s.Attributes().PutStr("k", "v")
	s.Attributes().PutBool("error", true)
	s.Attributes().PutInt("span.kind", 3)
	s.Attributes().PutEmptySlice(trace.AttributeWarnings).AppendEmpty().SetStr("mended")
	e := s.Events().AppendEmpty()
	e.SetName("retry")
	e.SetTimestamp(7)
	e.Attributes().PutInt("n", 2)
	s.Links().AppendEmpty().SetTraceID([16]byte{5})
	s.Links().At(0).Attributes().PutStr(trace.AttributeRefType, trace.RefFollowsFrom)

	want := ptrace.NewTraces()
	s.Resource.CopyTo(want.ResourceSpans().AppendEmpty())
	got := restore(s)
	if !bytes.Equal(marshal(t, got), marshal(t, want)) {
		for x := range trace.Spans(got) {
			t.Errorf("got %v, status %v, kind %v, tags %v, warnings %d", x.Name(), x.Status().Code(), x.Kind(), attributes(x.Attributes()), x.Links().Len())
		}
	}
	if again := restore(firstOf(got)); !bytes.Equal(marshal(t, again), marshal(t, got)) {
		t.Error("stored twice, it differs")
	}
	if got := list(Stored(s).Tags[:3]); got != "otel.scope.name=lib:string otel.scope.version=1:string k=v:string" {
		t.Errorf("the scope is not first: %s", got)
	}
}

func firstOf(td ptrace.Traces) (first trace.Span) {
	for s := range trace.Spans(td) {
		return s
	}
	return first
}

// TestStoredJaeger: the tags of a span that came in Jaeger's model stay tags.
func TestStoredJaeger(t *testing.T) {
	s := span()
	s.SetFlags(9)
	s.Resource.Resource().Attributes().PutStr("service.name", "shop")
	s.Attributes().PutStr(trace.AttributeFormat, trace.FormatJaeger)
	s.Attributes().PutStr("span.kind", "server")
	s.Attributes().PutBool("error", true)
	s.Attributes().PutStr("otel.scope.name", "sent")
	e := s.Events().AppendEmpty()
	e.Attributes().PutStr("event", "x")
	e.SetName("x")
	j := Stored(s)
	if got := list(j.Tags); got != "span.kind=server:string error=true:bool otel.scope.name=sent:string internal.span.format=jaeger:string" {
		t.Errorf("tags %s", got)
	}
	got := firstOf(restore(s))
	if tags := fmt.Sprint(attributes(got.Attributes())); tags != "[internal.span.format=jaeger span.kind=server error=true otel.scope.name=sent]" ||
		got.Kind() != ptrace.SpanKindServer || got.Status().Code() != ptrace.StatusCodeError || got.Flags() != 9 || got.Events().At(0).Attributes().Len() != 1 {
		t.Errorf("tags %s, kind %v, status %v, flags %d", tags, got.Kind(), got.Status().Code(), got.Flags())
	}
}

// TestRestoreUnnamed: what a collector stored that does not say how spans came is
// taken for OTLP, and a process without a name for a resource without one.
func TestRestoreUnnamed(t *testing.T) {
	var r Restorer
	p := &model.Process{Tags: []model.Tag{{Key: "host", Value: model.String("h")}}}
	for range 2 {
		r.Add(&Span{Span: model.Span{Tags: []model.Tag{{Key: "error", Value: model.Bool(true)}, {Key: "span.kind", Value: model.String("client")}}}}, p)
	}
	td := r.Traces()
	s := firstOf(td)
	if td.ResourceSpans().Len() != 1 || td.SpanCount() != 2 || s.Attributes().Len() != 0 || s.Status().Code() != ptrace.StatusCodeError || s.Kind() != ptrace.SpanKindClient {
		t.Errorf("%d resources, attributes %v, status %v", td.ResourceSpans().Len(), attributes(s.Attributes()), s.Status().Code())
	}
	if _, ok := s.Resource.Resource().Attributes().Get("service.name"); ok {
		t.Error("a service without a name has one")
	}
	if n := new(Restorer).Traces().SpanCount(); n != 0 {
		t.Errorf("nothing was added, and there are %d spans", n)
	}
}
