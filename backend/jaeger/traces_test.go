// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// one returns what becomes of a span.
func one(t *testing.T, s model.Span) ptrace.Span {
	t.Helper()
	td := Traces(&wire.Batch{Process: &model.Process{}, Spans: []model.Span{s}})
	for s := range trace.Spans(td) {
		return s.Span
	}
	t.Fatal("no span")
	return ptrace.Span{}
}

func TestTracesSpan(t *testing.T) {
	td := Traces(&wire.Batch{
		Process: &model.Process{Service: "shop", Tags: []model.Tag{{Key: "hostname", Value: model.String("h")}, {Key: "service.name", Value: model.String("tag")}}},
		Spans: []model.Span{{
			Context:   model.Context{TraceID: model.TraceID{Low: 0x1f}, SpanID: 2, Flags: 9},
			Operation: "GET", Start: 1_000_000, Duration: 5_000,
			Tags: []model.Tag{{Key: "n", Value: model.Int64(math.MinInt64)}, {Key: "b", Value: model.BytesString("\xff\x00")}},
			Logs: []model.Log{{Time: 7_000, Fields: []model.Tag{{Key: "event", Value: model.String("retry")}, {Key: "n", Value: model.Float64(0.5)}}}},
		}},
	})
	if got := td.SpanCount(); got != 1 {
		t.Fatalf("%d spans", got)
	}
	for s := range trace.Spans(td) {
		if got := fmt.Sprint(attributes(s.Resource.Resource().Attributes())); got != "[service.name=shop hostname=h service.name=tag]" {
			t.Errorf("resource %s", got)
		}
		if s.Service() != "shop" || s.Name() != "GET" || s.Flags() != 9 || !s.Firehose() {
			t.Errorf("service %q, name %q, flags %d, firehose %v", s.Service(), s.Name(), s.Flags(), s.Firehose())
		}
		if got := s.TraceID().String() + s.SpanID().String(); got != "0000000000000000000000000000001f0000000000000002" {
			t.Errorf("ids %s", got)
		}
		if s.StartTimestamp() != 1_000_000 || s.EndTimestamp() != 1_005_000 {
			t.Errorf("from %d to %d", s.StartTimestamp(), s.EndTimestamp())
		}
		if got := fmt.Sprint(attributes(s.Attributes())); got != "[internal.span.format=jaeger n=-9223372036854775808 b=/wA=]" {
			t.Errorf("attributes %s", got)
		}
		e := s.Events().At(0)
		if got := fmt.Sprintf("%d %s %s", e.Timestamp(), e.Name(), attributes(e.Attributes())); got != "7000 retry [event=retry n=0.5]" {
			t.Errorf("event %s", got)
		}
	}
}

// list returns the attributes in their order, doubles included.
func attributes(m pcommon.Map) (out []string) {
	for k, v := range m.All() {
		out = append(out, k+"="+v.AsString())
	}
	return out
}

// TestTracesReferences: jaeger.thrift says where a span belongs in two ways.
func TestTracesReferences(t *testing.T) {
	here, there := model.TraceID{Low: 1}, model.TraceID{Low: 2}
	ref := func(kind model.ReferenceType, id model.TraceID, span model.SpanID) model.Reference {
		return model.Reference{Type: kind, TraceID: id, SpanID: span}
	}
	for _, c := range []struct {
		parent model.SpanID
		refs   []model.Reference
		want   string
	}{
		{0, nil, "0"},
		{7, nil, "7"},
		{7, []model.Reference{ref(model.ChildOf, here, 7)}, "7"},
		{0, []model.Reference{ref(model.ChildOf, here, 7)}, "7"},
		{0, []model.Reference{ref(model.ChildOf, there, 7)}, "0 child_of 2/7"},
		{0, []model.Reference{ref(model.FollowsFrom, here, 7)}, "0 follows_from 1/7"},
		{7, []model.Reference{ref(model.FollowsFrom, here, 7)}, "7 follows_from 1/7"},
		{7, []model.Reference{ref(model.ChildOf, here, 8)}, "7 child_of 1/8"},
		{7, []model.Reference{ref(model.ChildOf, here, 8), ref(model.ChildOf, here, 7)}, "8 child_of 1/7"},
		{0, []model.Reference{ref(model.FollowsFrom, there, 3), ref(model.ChildOf, here, 7), ref(model.ChildOf, here, 8)}, "7 follows_from 2/3 child_of 1/8"},
	} {
		s := one(t, model.Span{Context: model.Context{TraceID: here, SpanID: 5, ParentID: c.parent}, References: c.refs})
		parent := s.ParentSpanID()
		got := fmt.Sprint(parent[7])
		for _, l := range s.Links().All() {
			kind, _ := l.Attributes().Get(trace.AttributeRefType)
			id, span := l.TraceID(), l.SpanID()
			got += fmt.Sprintf(" %s %d/%d", kind.Str(), id[15], span[7])
		}
		if got != c.want {
			t.Errorf("parent %d, references %v: %s, want %s", c.parent, c.refs, got, c.want)
		}
	}
}

func TestTracesMeaning(t *testing.T) {
	for _, c := range []struct {
		key    string
		value  model.Value
		kind   ptrace.SpanKind
		status ptrace.StatusCode
	}{
		{"span.kind", model.String("server"), ptrace.SpanKindServer, ptrace.StatusCodeUnset},
		{"span.kind", model.String("consumer"), ptrace.SpanKindConsumer, ptrace.StatusCodeUnset},
		{"span.kind", model.String("x"), ptrace.SpanKindUnspecified, ptrace.StatusCodeUnset},
		{"span.kind", model.Int64(2), ptrace.SpanKindUnspecified, ptrace.StatusCodeUnset},
		{"error", model.Bool(true), ptrace.SpanKindUnspecified, ptrace.StatusCodeError},
		{"error", model.String("true"), ptrace.SpanKindUnspecified, ptrace.StatusCodeError},
		{"error", model.Bool(false), ptrace.SpanKindUnspecified, ptrace.StatusCodeUnset},
		{"error", model.String("no"), ptrace.SpanKindUnspecified, ptrace.StatusCodeUnset},
	} {
		s := one(t, model.Span{Tags: []model.Tag{{Key: c.key, Value: c.value}}})
		if s.Kind() != c.kind || s.Status().Code() != c.status || s.Attributes().Len() != 2 {
			t.Errorf("%s %v: %v, %v", c.key, c.value, s.Kind(), s.Status().Code())
		}
	}
}

// TestTracesTimes: what does not fit is the nearest that does, and nothing
// wraps around.
func TestTracesTimes(t *testing.T) {
	for _, c := range []struct {
		start      int64
		d          time.Duration
		from, till pcommon.Timestamp
	}{
		{0, 0, 0, 0},
		{-5_000, 2_000, 0, 2_000},
		{5_000, -2_000, 5_000, 3_000},
		{5_000, -9_000, 5_000, 0},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64},
		{math.MinInt64, math.MinInt64, 0, 0},
	} {
		s := one(t, model.Span{Start: c.start, Duration: c.d})
		if s.StartTimestamp() != c.from || s.EndTimestamp() != c.till {
			t.Errorf("%d + %d: %d to %d", c.start, c.d, s.StartTimestamp(), s.EndTimestamp())
		}
	}
}

// TestTracesTags: no tag of real clients is renamed, changed or lost, doubled
// ones included.
func TestTracesTags(t *testing.T) {
	doubled := 0
	for _, m := range golden.ThriftMessages(t) {
		td := Traces(&m.Batch)
		i := 0
		for s := range trace.Spans(td) {
			from := &m.Batch.Spans[i]
			i++
			want := append([]model.Tag{{Key: trace.AttributeFormat, Value: model.String(trace.FormatJaeger)}}, from.Tags...)
			if got := tagsOf(s.Attributes()); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: tags %v\n%v", from.Operation, got, want)
			}
			keys := map[string]bool{}
			for _, tag := range from.Tags {
				if keys[tag.Key] {
					doubled++
				}
				keys[tag.Key] = true
			}
			for j, e := range s.Events().All() {
				if got := tagsOf(e.Attributes()); !reflect.DeepEqual(got, from.Logs[j].Fields) {
					t.Errorf("%s: fields %v\n%v", from.Operation, got, from.Logs[j].Fields)
				}
			}
		}
		if i != len(m.Batch.Spans) {
			t.Errorf("%d spans of %d", i, len(m.Batch.Spans))
		}
	}
	if doubled == 0 {
		t.Error("no tag is doubled")
	}
}

// TestTracesManyTags: a span with more tags than are compared one by one.
func TestTracesManyTags(t *testing.T) {
	tags := make([]model.Tag, 20_000)
	for i := range tags {
		tags[i] = model.Tag{Key: fmt.Sprint("k", i%1_000), Value: model.Int64(int64(i))}
	}
	s := one(t, model.Span{Tags: tags})
	if got := tagsOf(s.Attributes())[1:]; !reflect.DeepEqual(got, tags) {
		t.Errorf("%d tags of %d", len(got), len(tags))
	}
}

func tagsOf(m pcommon.Map) (tags []model.Tag) {
	for k, v := range m.All() {
		t := model.Tag{Key: k}
		switch v.Type() {
		case pcommon.ValueTypeStr:
			t.Value = model.String(v.Str())
		case pcommon.ValueTypeInt:
			t.Value = model.Int64(v.Int())
		case pcommon.ValueTypeDouble:
			t.Value = model.Float64(v.Double())
		case pcommon.ValueTypeBool:
			t.Value = model.Bool(v.Bool())
		case pcommon.ValueTypeBytes:
			t.Value = model.Bytes(v.Bytes().AsRaw())
		}
		tags = append(tags, t)
	}
	return tags
}
