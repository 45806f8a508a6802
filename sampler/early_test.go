// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/go-spur/spur/model"
)

// What a sampler excludes it does not sample either.
func TestEarly(t *testing.T) {
	always, never := NewConst(true), NewConst(false)
	half, _ := NewProbabilistic(0.5)
	limited, _ := NewRateLimiting(0.001) // one, and then none for a while
	closed, _ := NewRateLimiting(0)
	s := Strategy{Type: StrategyPerOperation, Probability: 0.25, Operations: []OperationStrategy{{"half", 0.5}, {"all", 1}}}
	operations, _ := NewPerOperation(s, 2)
	s.LowerBound = 0.001
	bounded, _ := NewPerOperation(s, 4)
	for name, s := range map[string]Sampler{
		"always": always, "never": never, "half": half, "limited": limited, "closed": closed,
		"operations": operations, "bounded": bounded,
		"parent based": NewParentBased(half, WithRemoteParentSampled(never), WithRemoteParentNotSampled(foreign{})),
		"followed":     newFollowed(t, half), "followed operations": newFollowed(t, operations), "followed limit": newFollowed(t, limited),
		"followed other": newFollowed(t, foreign{}),
	} {
		e, ok := AsEarly(s)
		if !ok {
			t.Errorf("%s is not Early", name)
			continue
		}
		excluded := 0
		for range 2000 {
			p := Params{
				TraceID: model.TraceID{Low: rand.Uint64()}, Operation: []string{"half", "all", "other", "another"}[rand.IntN(4)],
				Parent: ParentKind(rand.IntN(4)), ParentFlags: model.Flags(rand.IntN(2)),
			}
			no := e.Excludes(p)
			if no {
				excluded++
			}
			if d := s.Sample(p); no && (d.Sample || d.Undecided) {
				t.Fatalf("%s excludes %+v, and answers %+v", name, p, d)
			} else if name == "half" && no == d.Sample {
				t.Fatalf("%s does not know about %+v", name, p)
			}
		}
		if some := name != "always" && name != "followed other"; some != (excluded > 0) {
			t.Errorf("%s excludes %d of 2000", name, excluded)
		}
	}
}

// newFollowed is a Remote that follows s for good.
func newFollowed(t *testing.T, s Sampler) *Remote {
	r, err := NewRemote("orders", RemoteOptions{Initial: s, Fetcher: unanswered{}, Logger: quietLogger()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// unanswered is a Fetcher that never answers.
type unanswered struct{}

func (unanswered) Fetch(ctx context.Context, _ string) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// foreign samples all, and is not Early.
type foreign struct{}

func (foreign) Sample(Params) Decision { return Decision{Sample: true} }

// louder changes an Early sampler's Sample.
type louder struct{ *Probabilistic }

func (louder) Sample(Params) Decision { return Decision{Sample: true} }

func TestAsEarlyOfWhatEmbedsOne(t *testing.T) {
	none, _ := NewProbabilistic(0)
	for _, s := range []Sampler{louder{none}, foreign{}, nil, &TagMatching{}} {
		if _, ok := AsEarly(s); ok {
			t.Errorf("%T is Early", s)
		}
	}
	p := NewParentBased(louder{none})
	if p.Excludes(Params{TraceID: model.TraceID{Low: math.MaxUint64}}) {
		t.Error("a delegate was asked that is not Early")
	}
}

// Where a sampler ignores names it answers the same to any.
func TestNameless(t *testing.T) {
	half, _ := NewProbabilistic(0.5)
	limited, _ := NewRateLimiting(1e6) // more than are asked for
	operations, _ := NewPerOperation(Strategy{Type: StrategyPerOperation, Operations: []OperationStrategy{{"half", 0.5}, {"all", 1}}}, 2)
	for name, test := range map[string]struct {
		sampler Sampler
		ignores func(ParentKind) bool // nil: always
	}{
		"const": {NewConst(true), nil}, "half": {half, nil}, "limited": {limited, nil},
		"followed": {newFollowed(t, half), nil}, "followed limit": {newFollowed(t, limited), nil},
		"followed operations": {newFollowed(t, operations), func(ParentKind) bool { return false }},
		"parent based": {NewParentBased(operations, WithRemoteParentDeferred(half)), func(k ParentKind) bool {
			return k != ParentNone
		}},
		"parent based on who samples by name": {NewParentBased(half, WithRemoteParentSampled(operations), WithRemoteParentNotSampled(foreign{})), func(k ParentKind) bool {
			return k != ParentRemote
		}},
	} {
		n, ok := test.sampler.(Nameless)
		if !ok {
			t.Errorf("%s is not Nameless", name)
			continue
		}
		for i := range 400 {
			p := Params{TraceID: model.TraceID{Low: rand.Uint64()}, Parent: ParentKind(i % 4), ParentFlags: model.Flags(i / 4 % 2)}
			got := n.IgnoresOperation(p)
			if want := test.ignores == nil || test.ignores(p.Parent); got != want {
				t.Fatalf("%s of %+v: %v", name, p, got)
			}
			if !got {
				continue
			}
			named := p
			named.Operation = "all"
			if a, b := test.sampler.Sample(p), test.sampler.Sample(named); !reflect.DeepEqual(a, b) {
				t.Fatalf("%s answers %+v, %+v to %+v", name, a, b, p)
			}
		}
	}
	if _, ok := Sampler(operations).(Nameless); ok {
		t.Error("a sampler by operation is Nameless")
	}
}
