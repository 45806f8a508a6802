// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// Of two start tags with one key the later one counts, whatever kind of option
// they come in. A Tags map used to overwrite the Tag options behind it.
func TestLaterStartTagWins(t *testing.T) {
	one := func(v any) opentracing.StartSpanOption { return opentracing.Tag{Key: "k", Value: v} }
	many := func(v any) opentracing.StartSpanOption { return opentracing.Tags{"k": v} }
	fill := opentracing.Tag{Key: "fill", Value: 0}
	for _, tt := range []struct {
		name string
		opts []opentracing.StartSpanOption
	}{
		{"tag, tag", []opentracing.StartSpanOption{one(1), one(2)}},
		{"map, tag", []opentracing.StartSpanOption{many(1), one(2)}},
		{"tag, map", []opentracing.StartSpanOption{one(1), many(2)}},
		{"map, map", []opentracing.StartSpanOption{many(1), many(2)}},
		{"tag, map, tag", []opentracing.StartSpanOption{one(0), many(1), one(2)}},
		{"map, tag, map", []opentracing.StartSpanOption{many(0), one(1), many(2)}},
		{"map, map, tag", []opentracing.StartSpanOption{many(0), many(1), one(2)}},
		{"map after many tags", []opentracing.StartSpanOption{fill, fill, fill, fill, one(1), many(2)}},
		{"map, tag after many tags", []opentracing.StartSpanOption{fill, fill, fill, fill, many(0), one(1), one(2)}},
		{"map first, then many tags", []opentracing.StartSpanOption{many(0), fill, fill, fill, fill, one(1), one(2)}},
		{"map, somebody's option", []opentracing.StartSpanOption{many(1), taggingOption{"k": 2}}},
		{"somebody's option, map", []opentracing.StartSpanOption{taggingOption{"k": 1}, many(2)}},
		{"an empty map", []opentracing.StartSpanOption{opentracing.Tags{}, one(1), many(2)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t)
			tracer.StartSpan("op", tt.opts...).Finish()
			if v := tagMap(got.only(t).Tags)["k"]; v != int64(2) {
				t.Errorf("k=%v, want 2", v)
			}
		})
	}
}

func TestLaterStartPriorityWins(t *testing.T) {
	one := func(v any) opentracing.StartSpanOption { return opentracing.Tag{Key: "sampling.priority", Value: v} }
	many := func(v any) opentracing.StartSpanOption { return opentracing.Tags{"sampling.priority": v} }
	for _, tt := range []struct {
		name  string
		opts  []opentracing.StartSpanOption
		flags model.Flags
	}{
		{"map 0, tag 1", []opentracing.StartSpanOption{many(0), one(1)}, 3},
		{"map 1, tag 0", []opentracing.StartSpanOption{many(1), one(0)}, 0},
		{"tag 0, map 1", []opentracing.StartSpanOption{one(0), many(1)}, 3},
		{"tag 1, map 0", []opentracing.StartSpanOption{one(1), many(0)}, 0},
		{"tag 1, text", []opentracing.StartSpanOption{one(1), one("0")}, 0}, // the text is what counts, and says nothing
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, unsampled())
			root := tracer.StartSpan("root", tt.opts...)
			parent := tracer.StartSpan("parent")
			child := tracer.StartSpan("child", append(tt.opts, opentracing.ChildOf(parent.Context()))...)
			for _, s := range []opentracing.Span{root, parent, child} {
				if f := own(s.Context()).Flags(); f != tt.flags {
					t.Errorf("%s has flags %d, want %d", s.(*Span).OperationName(), f, tt.flags)
				}
				s.Finish()
			}
			if sampled := len(got.all()) == 3; sampled != (tt.flags != 0) {
				t.Errorf("%d reported", len(got.all()))
			}
		})
	}
}

// taggingOption hands StartSpanOptions a map that stays its own.
type taggingOption map[string]any

func (o taggingOption) Apply(s *opentracing.StartSpanOptions) { s.Tags = o }

// fullOption sets all there is to set.
type fullOption struct{}

func (fullOption) Apply(s *opentracing.StartSpanOptions) {
	s.StartTime = time.Unix(77, 0)
	opentracing.Tag{Key: "leak", Value: true}.Apply(s)
	opentracing.ChildOf(remote(1, 2)).Apply(s)
}

// nothing sets nothing, and shows what it was handed.
type nothing struct{ got *opentracing.StartSpanOptions }

func (n nothing) Apply(s *opentracing.StartSpanOptions) {
	*n.got = opentracing.StartSpanOptions{References: s.References[:len(s.References):len(s.References)], StartTime: s.StartTime, Tags: s.Tags}
}

// Options of unknown type are applied to an object that is used again: nothing
// of one span may be found by the next.
func TestForeignOptionsDoNotLeakIntoTheNextSpan(t *testing.T) {
	tracer, got := newTestTracer(t)
	mine := taggingOption{"mine": 1}
	for range 50 { // under -race a pool forgets at random
		tracer.StartSpan("full", fullOption{}).Finish()
		var handed opentracing.StartSpanOptions
		tracer.StartSpan("bare", nothing{&handed}).Finish()
		if len(handed.Tags)+len(handed.References) > 0 || !handed.StartTime.IsZero() {
			t.Fatalf("a fresh option was handed %+v", handed)
		}
		tracer.StartSpan("mine", mine, opentracing.Tag{Key: "k", Value: 1}).Finish()
		tracer.StartSpan("bare", fullOption{}, nothing{&handed}).Finish()
	}
	if want := (taggingOption{"mine": 1}); !reflect.DeepEqual(mine, want) {
		t.Errorf("an option's own map became %v", mine)
	}
	for _, s := range got.all() {
		if s.Operation == "mine" && (tagMap(s.Tags)["leak"] != nil || s.TraceID.Low == 1 || len(s.References) != 0) {
			t.Fatalf("leaked: %+v", s)
		}
		if s.Operation == "full" && (s.Start != time.Unix(77, 0).UnixNano() || s.TraceID.Low != 1 || s.ParentID != 2 || tagMap(s.Tags)["leak"] != true) {
			t.Fatalf("not applied: %+v", s)
		}
	}
}

// sequence makes ids that count up.
type sequence struct{ n atomic.Uint64 }

func (q *sequence) TraceID() model.TraceID { return model.TraceID{High: 1, Low: q.n.Add(1)} }
func (q *sequence) SpanID() model.SpanID   { return model.SpanID(q.n.Add(1)) }

// ext.RPCServerOption is read from memory instead of applied. Both ways must make
// the same span.
func TestRPCServerOptionMakesTheSameSpanEitherWay(t *testing.T) {
	if rpcServerOption.typ == nil {
		t.Error("the layout of ext.RPCServerOption is no longer the expected one")
	}
	for _, tt := range []struct {
		name   string
		caller opentracing.SpanContext
		more   []opentracing.StartSpanOption
	}{
		{"no caller", nil, nil},
		{"zero caller", SpanContext{}, nil},
		{"caller", remote(5, 6, "k", "v"), nil},
		{"wrapped caller", wrappedContext{remote(5, 6, "k", "v")}, nil},
		{"another tracer's caller", mocktracer.MockSpanContext{TraceID: 1, SpanID: 2}, nil},
		{"between others", remote(5, 6), []opentracing.StartSpanOption{
			opentracing.Tag{Key: "span.kind", Value: "client"}, opentracing.ChildOf(remote(7, 8)), opentracing.StartTime(time.Unix(9, 0)),
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run := func() (*model.Span, Stats) {
				tracer, got := newTestTracer(t, WithIDGenerator(&sequence{}), WithClock(func() time.Time { return time.Unix(100, 0) }))
				tracer.StartSpan("op", append(tt.more, ext.RPCServerOption(tt.caller))...).Finish()
				s := got.only(t)
				s.Process = nil
				return s, tracer.Stats()
			}
			layout := rpcServerOption
			defer func() { rpcServerOption = layout }()
			fast, fastStats := run()
			rpcServerOption = rpcServerLayout{}
			slow, slowStats := run()
			if !reflect.DeepEqual(fast, slow) || fastStats.Cut != slowStats.Cut {
				t.Errorf("read:\n%+v %+v\napplied:\n%+v %+v", fast, fastStats.Cut, slow, slowStats.Cut)
			}
			if tagMap(fast.Tags)["span.kind"] != "server" {
				t.Errorf("tags %v", fast.Tags)
			}
		})
	}
}

// spelled counts how often it is formatted.
type spelled struct{ n atomic.Int32 }

func (c *spelled) String() string { c.n.Add(1); return strings.Repeat("x", 9000) }

// noting keeps what OnStart shows.
type noting struct{ starts [][]model.Tag }

func (o *noting) OnStart(_ *Span, tags []model.Tag) { o.starts = append(o.starts, tags) }

// Observers get the tags that the sampler got. They used to be frozen anew.
func TestStartTagsAreFrozenOnce(t *testing.T) {
	for _, sample := range []bool{false, true} {
		noted, v := &noting{}, &spelled{}
		tracer, _ := newTestTracer(t, WithSampler(sampler.NewConst(sample)), WithObserver(noted), WithLimits(Limits{TagValueLength: 10}))
		before := tracer.Stats().Cut.Values // of the process
		_, root := tracer.Start(context.Background(), "root", opentracing.Tag{Key: "k", Value: v})
		if n, cut := v.n.Load(), tracer.Stats().Cut.Values-before; n != 1 || cut != 1 {
			t.Errorf("sampled %v: root: String called %d times, %d values cut; want 1 and 1", sample, n, cut)
		}
		child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()), opentracing.Tags{"k": v})
		if n, cut := v.n.Load(), tracer.Stats().Cut.Values-before; n != 2 || cut != 2 {
			t.Errorf("sampled %v: child: String called %d times, %d values cut; want 2 and 2", sample, n, cut)
		}
		child.Finish()
		root.Finish()
		if len(noted.starts) != 2 {
			t.Fatalf("%d starts observed", len(noted.starts))
		}
		for i, tags := range noted.starts {
			if got := tagMap(tags)["k"]; got != "xxxxxxx…" {
				t.Errorf("sampled %v: start %d was shown k=%v", sample, i, got)
			}
		}
	}
}

// A span with a context's own ids is not that context's child: nothing of the
// references or flags on the wire may say so, and the current span of a Go
// context is not its parent either.
func TestSelfRefIsNobodysChild(t *testing.T) {
	self := NewSpanContext(model.Context{
		TraceID: model.TraceID{High: 5, Low: 6}, SpanID: 7, ParentID: 8, Flags: 1, State: model.StateRemote,
	})
	cause := remote(9, 10)
	link := []model.Reference{{TraceID: cause.TraceID(), SpanID: 10, Type: model.FollowsFrom}}
	for _, tt := range []struct {
		name string
		opts []opentracing.StartSpanOption
		refs []model.Reference
	}{
		{"alone", []opentracing.StartSpanOption{SelfRef(self)}, nil},
		{"with a link", []opentracing.StartSpanOption{Link(cause), SelfRef(self)}, link},
		{"follows another", []opentracing.StartSpanOption{SelfRef(self), opentracing.FollowsFrom(cause)}, link},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t)
			ctx, current := tracer.Start(context.Background(), "current")
			_, started := tracer.Start(ctx, "Start", tt.opts...)
			started.Finish()
			tracer.StartSpan("StartSpan", tt.opts...).Finish()
			for _, s := range got.all() {
				if s.TraceID != self.TraceID() || s.SpanID != 7 || s.ParentID != 8 || s.ParentRemote {
					t.Errorf("%s: trace %v, span %v, parent %v, remote %v", s.Operation, s.TraceID, s.SpanID, s.ParentID, s.ParentRemote)
				}
				if len(s.References)+len(tt.refs) > 0 && !reflect.DeepEqual(s.References, tt.refs) {
					t.Errorf("%s: references %v, want %v", s.Operation, s.References, tt.refs)
				}
			}
			if len(got.all()) != 2 {
				t.Errorf("%d reported, want 2", len(got.all()))
			}
			current.Finish()
		})
	}
}

// brokenOption, brokenContext and brokenSpan are other people's, and panic.
type (
	brokenOption  struct{}
	brokenContext struct{ opentracing.SpanContext }
	brokenSpan    struct{ opentracing.Span }
)

func (brokenOption) Apply(*opentracing.StartSpanOptions) { panic("apply") }
func (brokenContext) SpurContext() SpanContext           { panic("context") }
func (brokenSpan) SpurSpan() *Span                       { panic("span") }
func (brokenSpan) Context() opentracing.SpanContext      { panic("context") }
func (brokenSpan) Tracer() opentracing.Tracer            { return opentracing.NoopTracer{} }

// What a span starts from may be broken; the span starts.
func TestStartFromWhatPanics(t *testing.T) {
	tracer, got := newTestTracer(t)
	tracer.StartSpan("op", brokenOption{}, opentracing.ChildOf(brokenContext{}), opentracing.Tag{Key: "k", Value: 1}).Finish()
	ctx := opentracing.ContextWithSpan(context.Background(), brokenSpan{})
	_, s := tracer.Start(ctx, "op")
	s.Finish()
	for _, s := range got.all() {
		if s.ParentID != 0 || len(s.References) != 0 {
			t.Errorf("%+v", s)
		}
	}
	if cut := tracer.Stats().Cut; len(got.all()) != 2 || tagMap(got.all()[0].Tags)["k"] != int64(1) || cut.Panics != 2 || cut.Foreign != 1 {
		t.Errorf("%d spans, counted %+v", len(got.all()), cut)
	}
	if SpanFromContext(ctx) != nowhere {
		t.Error("a span out of nothing")
	}
	if err := tracer.Inject(brokenContext{}, opentracing.TextMap, opentracing.TextMapCarrier{}); !errors.Is(err, opentracing.ErrInvalidSpanContext) {
		t.Errorf("Inject: %v", err)
	}
}
