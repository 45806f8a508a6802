// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

func span() trace.Span {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	ss := rs.ScopeSpans().AppendEmpty()
	s := ss.Spans().AppendEmpty()
	s.SetTraceID([16]byte{1, 15: 2})
	s.SetSpanID([8]byte{7: 3})
	return trace.Span{Span: s, Resource: rs, Scope: ss}
}

func list(tags []model.Tag) string {
	var all []string
	for _, t := range tags {
		all = append(all, fmt.Sprintf("%s=%v:%v", t.Key, t.Value, t.Value.Kind()))
	}
	return strings.Join(all, " ")
}

// TestOTLPAsJaeger: what only OTLP has fields for is a tag.
func TestOTLPAsJaeger(t *testing.T) {
	s := span()
	r := s.Resource.Resource().Attributes()
	r.PutStr("host", "h")
	r.PutStr("service.name", "shop")
	s.Scope.Scope().SetName("lib")
	s.Scope.Scope().SetVersion("1")
	s.SetKind(ptrace.SpanKindClient)
	s.SetFlags(0x301)
	s.Status().SetCode(ptrace.StatusCodeError)
	s.Status().SetMessage("broken")
	s.TraceState().FromRaw("a=b")
	s.SetDroppedAttributesCount(1)
	s.SetDroppedEventsCount(2)
	s.SetDroppedLinksCount(3)
	s.SetStartTimestamp(5)
	s.SetEndTimestamp(12)
	a := s.Attributes()
	a.PutInt("i", math.MinInt64)
	a.PutDouble("d", 0.5)
	a.PutBool("b", true)
	a.PutEmptyBytes("raw").FromRaw([]byte{1})
	a.PutEmptySlice("l").AppendEmpty().SetInt(1)
	a.PutEmptyMap("m").PutStr("k", "v")
	a.PutEmptySlice(trace.AttributeWarnings).AppendEmpty().SetStr("mended")
	e := s.Events().AppendEmpty()
	e.SetName("retry")
	e.SetTimestamp(7)
	e.Attributes().PutInt("n", 2)
	e = s.Events().AppendEmpty()
	e.SetName("name")
	e.Attributes().PutStr("event", "field")

	j := Of(s)
	const want = `i=-9223372036854775808:int64 d=0.5:float64 b=true:bool raw=01:bytes l=[1]:string m={"k":"v"}:string` +
		" otel.scope.name=lib:string otel.scope.version=1:string span.kind=client:string otel.status_code=ERROR:string error=true:bool" +
		" otel.status_description=broken:string w3c.tracestate=a=b:string" +
		" otel.dropped_attributes_count=1:int64 otel.dropped_events_count=2:int64 otel.dropped_links_count=3:int64"
	if got := list(j.Tags); got != want {
		t.Errorf("tags:\n%s\n%s", got, want)
	}
	if j.FlagBits != 0 || j.Start != 5 || j.Duration != 7 || fmt.Sprint(j.Warnings) != "[mended]" || j.TraceID != (model.TraceID{High: 1 << 56, Low: 2}) || j.SpanID != 3 {
		t.Errorf("%+v", j)
	}
	if got := list(j.Logs[0].Fields) + "; " + list(j.Logs[1].Fields); got != "event=retry:string n=2:int64; event=field:string" || j.Logs[0].Time != 7 {
		t.Errorf("logs %s", got)
	}
	if p := ProcessOf(s.Resource.Resource()); p.Service != "shop" || list(p.Tags) != "host=h:string" {
		t.Errorf("process %+v", p)
	}
}

// TestFormats: whoever receives a span says himself in which format it came.
func TestFormats(t *testing.T) {
	for format, want := range map[string]string{
		trace.FormatJaeger: "k=v:string internal.span.format=own:string", "proto": "k=v:string internal.span.format=own:string",
		trace.FormatZipkin: "k=v:string internal.span.format=own:string span.kind=server:string", "": "k=v:string span.kind=server:string",
	} {
		s := span()
		s.SetKind(ptrace.SpanKindServer)
		s.SetFlags(3)
		a := s.Attributes()
		a.PutStr("k", "v")
		flags := uint32(0)
		if format != "" {
			b := fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":2,"flags":3,"attributes":[{"key":"internal.span.format","value":{"stringValue":%q}},
				{"key":"k","value":{"stringValue":"v"}},{"key":"internal.span.format","value":{"stringValue":"own"}}]}]}]}]}`, format)
			td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces([]byte(b))
			if err != nil {
				t.Fatal(err)
			}
			for s = range trace.Spans(td) {
				flags = 3
			}
		}
		if j := Of(s); list(j.Tags) != want || j.FlagBits != flags {
			t.Errorf("%q: %s, flags %d", format, list(j.Tags), j.FlagBits)
		}
	}
}

func TestReferences(t *testing.T) {
	for _, test := range []struct {
		parent byte
		links  []string // kind and span
		want   string
	}{
		{0, nil, ""},
		{7, nil, " child_of 7"},
		{7, []string{trace.RefFollowsFrom + " 7"}, " follows_from 7"},
		{7, []string{trace.RefChildOf + " 8", " 9"}, " child_of 7 child_of 8 follows_from 9"},
		{0, []string{trace.RefFollowsFrom + " 8"}, " follows_from 8"},
	} {
		s := span()
		s.SetParentSpanID([8]byte{7: test.parent})
		for _, link := range test.links {
			kind, id, _ := strings.Cut(link, " ")
			l := s.Links().AppendEmpty()
			l.SetTraceID(s.TraceID())
			l.SetSpanID([8]byte{7: id[0] - '0'})
			if kind != "" {
				l.Attributes().PutStr(trace.AttributeRefType, kind)
			}
		}
		got := ""
		for _, r := range references(s) {
			got += fmt.Sprintf(" %s %d", map[model.ReferenceType]string{model.ChildOf: "child_of", model.FollowsFrom: "follows_from"}[r.Type], r.SpanID)
		}
		if got != test.want {
			t.Errorf("parent %d, links %v:%s, want%s", test.parent, test.links, got, test.want)
		}
	}
}

// TestTimes: a time that is negative to Jaeger, behind 2262, is a valid Timestamp,
// without which a receiver refuses all spans of the request.
func TestTimes(t *testing.T) {
	for _, ns := range []int64{0, 1, 1_700_000_000_123_456_789, math.MaxInt64, -1, -1_000_000_001, math.MinInt64} {
		field := new(Encoder).time(nil, 6, ns)
		_, _, n := protowire.ConsumeField(field)
		var got timestamppb.Timestamp
		if err := proto.Unmarshal(field[2:], &got); n != len(field) || err != nil {
			t.Fatal(n, err)
		}
		if err := got.CheckValid(); err != nil || got.AsTime().UnixNano() != ns {
			t.Errorf("%d is %v, %v", ns, &got, err)
		}
	}
}
