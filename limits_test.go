// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// References beyond the limit are dropped and said to be, but never the parent's:
// without it the backend shows a span in the wrong place.
func TestDroppedReferences(t *testing.T) {
	ref := func(trace, span uint64, kind model.ReferenceType) model.Reference {
		return model.Reference{TraceID: model.TraceID{Low: trace}, SpanID: model.SpanID(span), Type: kind}
	}
	a, b, c, p := remote(1, 10), remote(2, 20), remote(3, 30), remote(4, 40)
	for _, tt := range []struct {
		name    string
		most    int
		opts    []opentracing.StartSpanOption
		want    []model.Reference
		dropped uint32
	}{
		{"links", 1, []opentracing.StartSpanOption{Link(a), Link(b), Link(c)}, []model.Reference{ref(1, 10, model.FollowsFrom)}, 2},
		{"the parent last", 1, []opentracing.StartSpanOption{Link(a), opentracing.ChildOf(p)}, []model.Reference{ref(4, 40, model.ChildOf)}, 1},
		{
			"the parent last of four", 2,
			[]opentracing.StartSpanOption{Link(a), Link(b), Link(c), opentracing.ChildOf(p)},
			[]model.Reference{ref(1, 10, model.FollowsFrom), ref(4, 40, model.ChildOf)},
			2,
		},
		{
			"the parent first", 2,
			[]opentracing.StartSpanOption{opentracing.FollowsFrom(p), Link(a), Link(b), Link(c), Link(a)},
			[]model.Reference{ref(4, 40, model.FollowsFrom), ref(1, 10, model.FollowsFrom)},
			3,
		},
		{
			"the parent between", 2,
			[]opentracing.StartSpanOption{Link(a), Link(b), opentracing.ChildOf(p), Link(c)},
			[]model.Reference{ref(1, 10, model.FollowsFrom), ref(4, 40, model.ChildOf)},
			2,
		},
		{
			"just enough", 3,
			[]opentracing.StartSpanOption{Link(a), Link(b), opentracing.ChildOf(p)},
			[]model.Reference{ref(1, 10, model.FollowsFrom), ref(2, 20, model.FollowsFrom), ref(4, 40, model.ChildOf)},
			0,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, WithLimits(Limits{RefsPerSpan: tt.most}))
			s := tracer.StartSpan("op", tt.opts...).(*Span)
			s.Finish()
			span := got.only(t)
			if !reflect.DeepEqual(span.References, tt.want) || !reflect.DeepEqual(s.References(), tt.want) {
				t.Errorf("reported %v, read %v, want %v", span.References, s.References(), tt.want)
			}
			if n := tracer.Stats().Cut.References; span.DroppedRefs != tt.dropped || n != uint64(tt.dropped) {
				t.Errorf("the span says %d dropped, Stats %d, want %d", span.DroppedRefs, n, tt.dropped)
			}
		})
	}
}

// An item that replaces another takes its room, and no more.
func TestBaggageThatReplacesMustFit(t *testing.T) {
	tracer, _ := newTestTracer(t, WithLimits(Limits{Propagation: propagation.Limits{BaggageBytes: 20, BaggageMembers: 2}}))
	for _, tt := range []struct {
		name    string
		key     string
		value   string
		kept    string // the value afterwards
		refused uint64
	}{
		{"same size", "k", "abcdefghij", "abcdefghij", 0},
		{"smaller", "k", "a", "a", 0},
		{"one byte more", "k", "abcdefghijK", "0123456789", 1},
		{"as large as all", "j", "0123456789abcdefghi", "12345678", 1},
		{"larger than all", "k", strings.Repeat("x", 20), "0123456789", 1},
		{"a third", "l", "", "", 0},
		{"a third with a value", "l", "x", "", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := tracer.StartSpan("op")
			s.SetBaggageItem("k", "0123456789").SetBaggageItem("j", "12345678") // 20 bytes, 2 members
			before := tracer.Stats().Cut.Baggage
			s.SetBaggageItem(tt.key, tt.value)
			if v, n := s.BaggageItem(tt.key), tracer.Stats().Cut.Baggage-before; v != tt.kept || n != tt.refused {
				t.Errorf("%s=%q, %d refused; want %q, %d", tt.key, v, n, tt.kept, tt.refused)
			}
			s.Finish()
		})
	}
}

// What the user says of the process replaces what the tracer finds out.
func TestProcessTagsOfTheUserWin(t *testing.T) {
	find := func(opts ...Option) map[string][]any {
		tracer, got := newTestTracer(t, opts...)
		tracer.StartSpan("op").Finish()
		found := map[string][]any{}
		for _, tag := range got.only(t).Process.Tags {
			found[tag.Key] = append(found[tag.Key], tag.Value.Any())
		}
		return found
	}
	found := find(WithTags(opentracing.Tag{Key: "hostname", Value: "mine"}, opentracing.Tag{Key: "ip", Value: "192.0.2.1"}, opentracing.Tag{Key: "n", Value: 1}),
		WithTags(opentracing.Tag{Key: "n", Value: 2}))
	for key, want := range map[string]any{"hostname": "mine", "ip": "192.0.2.1", "n": int64(2), "jaeger.version": "Go-spur-" + Version} {
		if !reflect.DeepEqual(found[key], []any{want}) {
			t.Errorf("%s is %v, want %v once", key, found[key], want)
		}
	}
	name, err := os.Hostname()
	if own := find(); err == nil && !reflect.DeepEqual(own["hostname"], []any{name}) || len(own["client-uuid"]) != 1 {
		t.Errorf("the tracer's own: %v", own)
	}
}

func TestNoEllipsis(t *testing.T) {
	for _, tt := range []struct {
		on   bool
		want string
	}{{false, "ab…"}, {true, "abcde"}} {
		tracer, got := newTestTracer(t, WithLimits(Limits{TagValueLength: 5, NoEllipsis: tt.on}))
		tracer.StartSpan("op").SetTag("k", "abcdef").Finish()
		tags := got.only(t).Tags
		if v := tags[len(tags)-1].Value.Str(); v != tt.want {
			t.Errorf("NoEllipsis %v: %q", tt.on, v)
		}
	}
}
