// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

type named struct{ Sampler }

func (named) String() string { return "mine" }

type silent struct{ Sampler }

func (silent) Status() Status { return Status{Type: "silent", Param: 3} }

// followed has a source.
type followed struct {
	source string
	n      int
}

func (followed) Sample(Params) Decision { return no }
func (f followed) Status() Status {
	return Status{Type: "remote", Param: 0.25, Description: "followed", Operations: f.n, Source: f.source, Fetched: uint64(f.n)}
}
func (f followed) String() string { return f.Status().Description }

func TestDescribe(t *testing.T) {
	half := mustProbabilistic(t, 0.5)
	tags := mustMatch(t, "device", model.String("phone"), model.Int64(42))
	health := map[string]Sampler{"GET /health*": nil}
	many := map[string]Sampler{}
	for i := range 10 {
		many[fmt.Sprint(i, strings.Repeat("é", 100))] = half
	}
	cut := strings.Repeat("é", 15) + "…"
	for _, tt := range []struct {
		s    Sampler
		want Status
	}{
		{tags, Status{Type: "TagMatchingSampler", Description: "tagmatching(device=phone|42)"}},
		{
			mustMatch(t, "k", model.Bool(true), model.Float64(0.5), model.Bytes([]byte{1}), model.String("d"), model.String("e")),
			Status{Type: "TagMatchingSampler", Description: "tagmatching(k=true|0.5|01 or 2 more)"},
		},
		{NewFirst(), Status{Type: "first", Description: "first()"}},
		{NewFirst(tags, half), Status{Type: "first", Description: "first(tagmatching(device=phone|42), probabilistic(0.5))"}},
		{
			NewAny(NewFirst(half), named{half}, silent{half}, struct{ Sampler }{half}),
			Status{Type: "any", Description: "any(first(probabilistic(0.5)), mine, sampler.silent, struct { sampler.Sampler })"},
		},
		{NewOverrides(half, health), Status{Type: "probabilistic", Param: 0.5, Operations: 1, Description: `overrides(probabilistic(0.5), "GET /health*": const(false))`}},
		{NewOverrides(nil, nil), Status{Type: "const", Description: "overrides(const(false))"}},
		{NewOverrides(named{half}, many), Status{Type: "custom", Operations: 10, Description: `overrides(mine, "0` + cut + `": probabilistic(0.5), "1` + cut +
			`": probabilistic(0.5), "2` + cut + `": probabilistic(0.5), "3` + cut + `": probabilistic(0.5), and 6 more)`}},
		{NewFirst(half, followed{"a", 2}, NewOverrides(followed{"b", 4}, health)), Status{
			Type: "first", Operations: 7, Source: "a", Fetched: 2,
			Description: `first(probabilistic(0.5), followed, overrides(followed, "GET /health*": const(false)))`,
		}},
		{NewParentBased(NewAny(followed{"a", 2}, half)), Status{Type: "any", Operations: 2, Source: "a", Fetched: 2, Description: "parentbased(any(followed, probabilistic(0.5)))"}},
		{NewParentBased(silent{half}), Status{Type: "silent", Param: 3, Description: "parentbased(sampler.silent)"}},
		{NewParentBased(half, WithLocalParentNotSampled(tags), WithRemoteParentSampled(NewConst(false))), Status{
			Type: "probabilistic", Param: 0.5,
			Description: "parentbased(probabilistic(0.5), remote sampled: const(false), local not sampled: tagmatching(device=phone|42))",
		}},
	} {
		got := tt.s.(Statuser).Status()
		if got != tt.want {
			t.Errorf("Status() = %+v, want %+v", got, tt.want)
		}
		if s := fmt.Sprint(tt.s); s != tt.want.Description {
			t.Errorf("String() = %q, want %q", s, tt.want.Description)
		}
		if s := Describe(tt.s); s != tt.want.Description {
			t.Errorf("Describe = %q, want %q", s, tt.want.Description)
		}
	}
	if s := Describe(nil); s != "<nil>" {
		t.Errorf("Describe(nil) = %q", s)
	}
}

// TestDecisionFitsRegisters: see Decision and BenchmarkSample.
func TestDecisionFitsRegisters(t *testing.T) {
	if size, fields := unsafe.Sizeof(Decision{}), reflect.TypeFor[Decision]().NumField(); size > 4*unsafe.Sizeof(uintptr(0)) || fields > 4 {
		t.Errorf("a Decision has %d bytes in %d fields: Go keeps no more than four words in four fields in registers", size, fields)
	}
}

// TestAskingAllocatesNothing holds for every decision and for every event that
// leaves a trace undecided. A trace that becomes undecided costs First an object
// for its state.
func TestAskingAllocatesNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	tags := mustMatch(t, "k", model.Int64(1), model.String("v"))
	half := mustProbabilistic(t, 0.5)
	p := Params{TraceID: model.TraceID{Low: 1}, Operation: "GET /orders", Tags: []model.Tag{{Key: "k", Value: model.Float64(2)}}}
	health := map[string]Sampler{"GET /health": nil, "GET /ready*": nil, "GET /a*": tags}
	for _, tt := range []struct {
		name   string
		s      Sampler
		p      Params
		allocs float64
	}{
		{"tag matching", tags, p, 0},
		{"first, one is undecided and one says yes", NewFirst(tags, half), p, 0},
		{"any", NewAny(tags, half, mustRateLimiting(t, 1e6)), p, 0},
		{"first of eight", NewFirst(tags, tags, tags, tags, tags, tags, tags, tags, half), p, 0},
		{"overrides", NewOverrides(half, health), p, 0},
		{"parent policies", NewParentBased(nil, WithRemoteParentSampled(half)), Params{Parent: ParentRemote, ParentFlags: 1}, 0},
		{"all", NewParentBased(NewOverrides(NewFirst(tags, NewAny(half)), health)), p, 0},
		{"undecided", NewFirst(tags, NewConst(false)), p, 2},
		{"undecided in an override", NewOverrides(half, health), Params{Operation: "GET /a"}, 1},
	} {
		ask := func() { tt.s.Sample(tt.p) }
		if st, ok := tt.s.(Stateful); ok { // which is what a tracer asks
			ask = func() { st.SampleState(tt.p) }
		}
		if n := testing.AllocsPerRun(1000, ask); n != tt.allocs {
			t.Errorf("%s: %v allocations, want %v", tt.name, n, tt.allocs)
		}
	}
	late := NewParentBased(NewOverrides(NewFirst(tags, NewAny(tags, NewConst(false))), health))
	tr := begin(late, p)
	if !tr.at.Undecided {
		t.Fatal("the test measures the wrong path")
	}
	for name, e := range map[string]Event{
		"a tag":        {Kind: EventTag, Key: "k", Value: model.String("other")},
		"another tag":  {Kind: EventTag, Key: "other", Value: model.Int64(1)},
		"a descendant": {Kind: EventStart, Params: Params{Tags: p.Tags}},
		"a name":       {Kind: EventOperationName},
		"a finish":     {Kind: EventFinish},
	} {
		if n := testing.AllocsPerRun(1000, func() { tr.tell(e) }); n != 0 || !tr.at.Undecided {
			t.Errorf("%s: %v allocations, want 0; undecided %v", name, n, tr.at.Undecided)
		}
	}
}
