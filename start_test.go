// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"net/http"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// spendable reports how many inbound debug flags the tracer would honour, by
// spending them.
func spendable(tracer *Tracer) (n int) {
	c := NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Flags: 3, State: model.StateRemote})
	for range 5 {
		s := tracer.StartSpan("op", opentracing.ChildOf(c)).(*Span)
		if s.SpanContext().IsDebug() {
			n++
		}
		s.Finish()
	}
	return n
}

// A debug flag without the sampled one asks for nothing, and must not come back to
// life when the sampler overrules the caller: jaeger-client-go leaves it behind
// when sampling.priority goes from 1 to 0.
func TestDebugFlagAloneDoesNotBecomeDebug(t *testing.T) {
	for _, tt := range []struct {
		name    string
		sampler sampler.Sampler
		flags   model.Flags // of the new local root
	}{
		{"overruled", sampler.NewOverruling(sampler.NewConst(true)), 1},
		{"followed", sampler.NewParentBased(sampler.NewConst(true)), 2},
		{"not sampled", sampler.NewConst(false), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, WithSampler(tt.sampler))
			parent := NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Flags: 2, State: model.StateRemote})
			for range 3 {
				s := tracer.StartSpan("op", opentracing.ChildOf(parent)).(*Span)
				if f := s.SpanContext().Flags(); f != tt.flags {
					t.Errorf("flags %d, want %d", f, tt.flags)
				}
				s.Finish()
			}
			for _, s := range got.all() {
				if s.Flags != tt.flags {
					t.Errorf("reported with flags %d, want %d", s.Flags, tt.flags)
				}
			}
			if sampled := len(got.all()) == 3; sampled != tt.flags.IsSampled() {
				t.Errorf("%d reported", len(got.all()))
			}
			if n := tracer.Stats().Cut.DebugCapped; n != 0 {
				t.Errorf("%d capped: a flag that asks for nothing was counted", n)
			}
			if n := spendable(tracer); n != 1 {
				t.Errorf("%d debug flags honoured afterwards, want 1: the limit was spent", n)
			}
		})
	}
}

// The limit is there for callers outside. A flag of another tracer in this
// process is trusted, and costs nobody.
func TestLocalDebugFlagIsNotLimited(t *testing.T) {
	a, _ := newTestTracer(t)
	b, got := newTestTracer(t, WithSampler(sampler.NewConst(false)))
	_, root := a.Start(context.Background(), "root")
	root.SetTag("sampling.priority", 1)
	for range 3 {
		b.StartSpan("child", opentracing.ChildOf(root.Context())).Finish()
	}
	for _, s := range got.all() {
		if s.Flags != 3 || s.ParentRemote {
			t.Errorf("flags %d, want 3; parent remote %v", s.Flags, s.ParentRemote)
		}
	}
	if n := b.Stats().Cut.DebugCapped; len(got.all()) != 3 || n != 0 {
		t.Errorf("%d reported, %d capped; want 3 and 0", len(got.all()), n)
	}
	if n := spendable(b); n != 1 {
		t.Errorf("%d remote debug flags honoured afterwards, want 1", n)
	}
	root.Finish()
}

// requestWith is what an HTTP request brings, as a context.
func requestWith(t *testing.T, tracer *Tracer, pairs ...string) opentracing.SpanContext {
	t.Helper()
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	c, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A caller that does not sample cannot ask for debug or firehose, not even by way of
// a decision that comes later.
func TestUnsampledCallersFlagsEndWhereTheTraceIsSampled(t *testing.T) {
	late, err := sampler.NewTagMatching(sampler.TagMatchingOptions{Key: "keep", Matchers: []sampler.TagMatcher{{Value: model.Bool(true)}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, flags := range []string{"2", "8", "a"} {
		for name, tt := range map[string]struct {
			sampler sampler.Sampler
			flags   model.Flags
		}{
			"late decision":     {late, 1},
			"decision":          {sampler.NewConst(true), 1},
			"sampling.priority": {sampler.NewConst(false), 3},
		} {
			tracer, got := newTestTracer(t, WithSampler(sampler.NewOverruling(tt.sampler)), WithLimits(Limits{DebugPerSec: -1}))
			s := tracer.StartSpan("op", opentracing.ChildOf(requestWith(t, tracer, "uber-trace-id", "abc:def:0:"+flags)))
			if s.SetTag("keep", true); tt.flags == 3 {
				s.SetTag("sampling.priority", 1)
			}
			s.Finish()
			if f := got.only(t).Flags; f != tt.flags {
				t.Errorf("caller's flags %s, %s: flags %d, want %d", flags, name, f, tt.flags)
			}
		}
	}
}

// A debug id that is refused is as good as none: the sampler decides, and the debug
// id is recorded where it says yes.
func TestRefusedDebugIDsGoToTheSampler(t *testing.T) {
	for _, sample := range []bool{false, true} {
		tracer, got := newTestTracer(t, WithSampler(sampler.NewConst(sample)), WithLimits(Limits{DebugPerSec: -1}))
		want := 0
		for range 100 {
			tracer.StartSpan("op", opentracing.ChildOf(requestWith(t, tracer, "jaeger-debug-id", "please"))).Finish()
		}
		if sample {
			want = 100
		}
		if n := len(got.all()); n != want {
			t.Errorf("sampler says %v: %d reported, want %d", sample, n, want)
		}
		for _, s := range got.all() {
			if s.Flags != 1 || tagMap(s.Tags)["jaeger-debug-id"] != "please" {
				t.Errorf("%+v", s)
			}
		}
		if n := tracer.Stats().Cut.DebugCapped; n != 100 {
			t.Errorf("%d capped, want 100", n)
		}
	}
}

// B3's decision needs no ids: the trace is ours, but the caller says whether it is
// recorded.
func TestDecisionWithoutIDs(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		ours        bool // what the sampler says of traces nobody has decided about
		flags       model.Flags
	}{
		{"b3", "0", true, 0},
		{"X-B3-Sampled", "0", true, 0},
		{"b3", "1", false, 1},
		{"X-B3-Sampled", "1", false, 1},
		{"b3", "d", false, 3},
	} {
		tracer, got := newTestTracer(t, WithSampler(sampler.NewParentBased(sampler.NewConst(tt.ours))))
		caller := requestWith(t, tracer, tt.name, tt.value)
		for range 2 {
			s := tracer.StartSpan("op", opentracing.ChildOf(caller)).(*Span)
			c := s.SpanContext()
			if !c.IsValid() || c.ParentID() != 0 || len(s.References()) != 0 {
				t.Errorf("%s: %s: %+v, want a root", tt.name, tt.value, c)
			}
			if s.Finish(); c.IsSampled() != tt.flags.IsSampled() {
				t.Errorf("%s: %s: flags %d, want %d", tt.name, tt.value, c.Flags(), tt.flags)
			}
		}
		if n := len(got.all()); (n == 2) != tt.flags.IsSampled() {
			t.Errorf("%s: %s: %d reported", tt.name, tt.value, n)
		}
		if n := len(got.all()); n > 0 && got.all()[0].Flags != tt.flags {
			t.Errorf("%s: %s: flags %d, want %d", tt.name, tt.value, got.all()[0].Flags, tt.flags)
		}
		// The limit of debug holds as for callers with ids.
		if capped := tracer.Stats().Cut.DebugCapped; capped != uint64(tt.flags>>1&1) {
			t.Errorf("%s: %s: %d capped", tt.name, tt.value, capped)
		}
		// A valid parent outweighs it, and so does a policy for callers outside.
		for _, ours := range []*Tracer{tracer, mustEdge(t, LinkCaller, tt.ours)} {
			local := ours.StartSpan("local")
			child := ours.StartSpan("child", opentracing.ChildOf(caller), opentracing.ChildOf(local.Context()))
			if got, want := own(child.Context()), own(local.Context()); got.IsSampled() != tt.ours || got.TraceID() != want.TraceID() {
				t.Errorf("%s: %s: the child of a valid parent is %v, its parent %v", tt.name, tt.value, got, want)
			}
			child.Finish()
			local.Finish()
		}
		edge := mustEdge(t, IgnoreCaller, tt.ours).StartSpan("edge", opentracing.ChildOf(caller))
		if edge.Finish(); own(edge.Context()).IsSampled() != tt.ours {
			t.Errorf("%s: %s: a caller nobody trusts decides", tt.name, tt.value)
		}
	}
}

func mustEdge(t *testing.T, p EdgePolicy, sample bool) *Tracer {
	t.Helper()
	tracer, _ := newTestTracer(t, WithEdgePolicy(p), WithSampler(sampler.NewParentBased(sampler.NewConst(sample))))
	return tracer
}

// W3C's random flag says that the trace id's last 56 bits are random: ours are, unless
// somebody else makes them.
func TestRandomFlag(t *testing.T) {
	fromParts := func(state model.State) opentracing.SpanContext {
		return NewSpanContext(model.Context{TraceID: model.TraceID{Low: 9}, SpanID: 1, Flags: 1, State: model.StateRemote | state})
	}
	for _, tt := range []struct {
		name   string
		opts   []Option
		parent opentracing.SpanContext
		random bool
	}{
		{"ours", nil, SpanContext{}, true},
		{"ours, of 64 bits", []Option{WithTraceID128(false)}, SpanContext{}, true},
		{"a generator's", []Option{WithIDGenerator(&sequence{})}, SpanContext{}, false},
		{"a remote caller's, random", nil, fromParts(model.StateW3CRandom), true},
		{"a remote caller's", nil, fromParts(0), false},
		{"passed on by a disabled tracer", []Option{WithDisabled(true)}, fromParts(model.StateW3CRandom), true},
		{"not ours", []Option{WithDisabled(true)}, fromParts(0), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tracer, got := newTestTracer(t, tt.opts...)
			root := tracer.StartSpan("root", opentracing.ChildOf(tt.parent))
			child := tracer.StartSpan("child", opentracing.ChildOf(root.Context()))
			for _, s := range []opentracing.Span{root, child} {
				if state := own(s.Context()).Model().State; state&model.StateW3CRandom != 0 != tt.random {
					t.Errorf("state %#x, want random %v", state, tt.random)
				}
				s.Finish()
			}
			for _, s := range got.all() {
				if s.State&model.StateW3CRandom != 0 != tt.random {
					t.Errorf("reported with state %#x, want random %v", s.State, tt.random)
				}
			}
		})
	}
}
