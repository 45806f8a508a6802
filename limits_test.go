// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

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

// Lazy loggers may emit lazy loggers, but not without end.
func TestLazyLoggersAreBounded(t *testing.T) {
	tracer, got := newTestTracer(t)
	s := tracer.StartSpan("op")
	ran := 0
	var again func(log.Encoder)
	again = func(e log.Encoder) {
		ran++
		e.EmitInt("n", ran)
		if ran < 50 {
			e.EmitLazyLogger(again)
		}
	}
	s.LogFields(log.Lazy(again), log.Lazy(func(e log.Encoder) { e.EmitString("beside", "it") }))
	s.Finish()
	fields := got.only(t).Logs[0].Fields
	if n := tracer.Stats().Cut.Fields; ran != maxLazy || maxLazy != 8 || n != 1 {
		t.Errorf("%d lazy loggers ran within each other and %d were refused, want 8 and 1", ran, n)
	}
	if len(fields) != 9 || fields[7].Value.Int64() != 8 || fields[8].Key != "beside" {
		t.Errorf("fields %v", fields)
	}
}

// Objects are formatted to ObjectLength, and only then cut like any other text.
func TestObjectLength(t *testing.T) {
	long := strings.Split(strings.Repeat("x", 40), "")
	text := fmt.Sprint(long)
	for _, tt := range []struct {
		name   string
		limits Limits
		tag    string
		log    string
		cut    uint64
	}{
		{"object", Limits{ObjectLength: 20}, text[:17] + "…", text[:17] + "…", 2},
		{"tag", Limits{ObjectLength: 20, TagValueLength: 10}, text[:7] + "…", text[:17] + "…", 2},
		{"log", Limits{ObjectLength: 20, LogValueLength: 10}, text[:17] + "…", text[:7] + "…", 2},
		{"none", Limits{}, text, text, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, WithLimits(tt.limits))
			before := tracer.Stats().Cut.Values // of the process
			s := tracer.StartSpan("op")
			s.SetTag("k", long)
			s.LogFields(log.Object("k", long))
			s.SetTag("text", "shorter than 10") // no object
			s.Finish()
			span := got.only(t)
			if tag, field := tagMap(span.Tags)["k"], span.Logs[0].Fields[0].Value.Str(); tag != tt.tag || field != tt.log {
				t.Errorf("tag %q, log %q; want %q, %q", tag, field, tt.tag, tt.log)
			}
			short := uint64(0)
			if tt.limits.TagValueLength == 10 {
				short = 1 // the text
			}
			if n := tracer.Stats().Cut.Values - before; n != tt.cut+short {
				t.Errorf("%d values cut, want %d", n, tt.cut+short)
			}
		})
	}
}

// A text of as many characters as are allowed is never cut, however many bytes it
// has, unless the limit in bytes says otherwise. Other bytes are counted as they are.
func TestLimitsInCharacters(t *testing.T) {
	long := strings.Repeat("é", 5_000)
	for _, tt := range []struct {
		name   string
		limits Limits
		value  any
		tag    any
		log    any
	}{
		{"exactly", Limits{TagValueCharacters: 5, LogValueCharacters: 5}, "ééééé", "ééééé", "ééééé"},
		{"one more", Limits{TagValueCharacters: 5, LogValueCharacters: 4}, "éééééé", "éééé…", "ééé…"},
		{"tags alone", Limits{TagValueCharacters: 2}, "ééé", "é…", "ééé"},
		{"bytes as well", Limits{TagValueCharacters: 5, TagValueLength: 7}, "ééééé", "éé…", "ééééé"},
		{"more than the usual bytes", Limits{TagValueCharacters: 5_000}, long, long, long},
		{"object", Limits{TagValueCharacters: 3}, []string{"éé"}, "[é…", "[éé]"},
		{"binary", Limits{TagValueCharacters: 2}, []byte{1, 2, 3}, []byte{1, 2}, []byte{1, 2, 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, WithLimits(tt.limits))
			s := tracer.StartSpan("op")
			s.SetTag("k", tt.value)
			s.LogFields(log.Object("k", tt.value))
			s.Finish()
			span := got.only(t)
			if tag, field := tagMap(span.Tags)["k"], span.Logs[0].Fields[0].Value.Any(); !reflect.DeepEqual(tag, tt.tag) || !reflect.DeepEqual(field, tt.log) {
				t.Errorf("tag %v, log %v; want %v, %v", tag, field, tt.tag, tt.log)
			}
		})
	}
}

// Once the logs are full, a new one takes an older one's place, and its bytes with
// it: up to BytesPerSpan, not beyond.
func TestBytesPerSpanHoldsInTheRingOfLogs(t *testing.T) {
	l := Limits{LogsPerSpan: 4, BytesPerSpan: 100}.withDefaults()
	entry := func(size int) []model.Tag {
		return []model.Tag{{Key: "k", Value: model.String(strings.Repeat("x", size-1))}}
	}
	for _, tt := range []struct {
		name  string
		more  []int // sizes of the logs after four of 20 bytes
		want  []int // sizes held in the end
		bytes int
	}{
		{"fits exactly", []int{40}, []int{20, 20, 20, 40}, 100},
		{"one too many", []int{41}, []int{20, 20, 20, 20}, 80},
		{"smaller makes room", []int{10, 50}, []int{20, 20, 10, 50}, 100},
		{"grown, then refused", []int{40, 21}, []int{20, 20, 20, 40}, 100},
		{"the place of a large one", []int{40, 20, 40}, []int{20, 20, 20, 40}, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := acquireRecord()
			defer r.release()
			for range 4 {
				r.addLog(1, entry(20), &l)
			}
			for _, size := range tt.more {
				if cut := r.addLog(2, entry(size), &l); cut.logs != 1 {
					t.Errorf("%d logs cut, want 1", cut.logs)
				}
			}
			r.unroll()
			var sizes []int
			for _, e := range r.logs {
				sizes = append(sizes, fieldSize(e.Fields))
			}
			if !reflect.DeepEqual(sizes, tt.want) || r.bytes != tt.bytes {
				t.Errorf("logs of %v bytes, %d in all; want %v, %d", sizes, r.bytes, tt.want, tt.bytes)
			}
			if int(r.droppedLogs) != len(tt.more) {
				t.Errorf("%d dropped, want %d", r.droppedLogs, len(tt.more))
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
