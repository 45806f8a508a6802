// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/go-spur/spur/model"
)

// TestFirstAndAny lets a trace go through a start and two events. An answer in a
// script is a tag that samples, "-" for no, "?" for undecided; asked says how
// often each sampler was asked.
func TestFirstAndAny(t *testing.T) {
	decide := map[string]Decision{"-": no, "?": undecided}
	for _, tt := range []struct {
		name         string
		scripts      []string // of samplers in order; "=" in front: not Late
		first        string   // why, or "-", or "?" in the end
		firstAsked   string
		any          string
		anyAsked     string
		decidedAfter int // calls until First has decided
	}{
		{"nobody", nil, "-", "[]", "-", "[]", 1},
		{"one says yes", []string{"=a"}, "a", "[1]", "a", "[1]", 1},
		{"one says no", []string{"=-"}, "-", "[1]", "-", "[1]", 1},
		{"the first yes counts", []string{"=a", "=b"}, "a", "[1 0]", "a", "[1 1]", 1},
		{"the second", []string{"=-", "=b"}, "b", "[1 1]", "b", "[1 1]", 1},
		{"yes behind an undecided one", []string{"? x", "=b"}, "b", "[1 1]", "b", "[1 1]", 1},
		{"no behind an undecided one", []string{"? x", "=-"}, "x", "[2 1]", "x", "[2 1]", 2},
		{"no before an undecided one", []string{"=-", "? ? x"}, "x", "[1 3]", "x", "[1 3]", 3},
		{"a no is final", []string{"? - a", "? ? b"}, "b", "[2 3]", "b", "[2 3]", 3},
		{"a no at the start is final", []string{"- a", "? b"}, "b", "[1 2]", "b", "[1 2]", 2},
		{"all say no", []string{"? -", "? ? -", "=-"}, "-", "[2 3 1]", "-", "[2 3 1]", 3},
		{"nobody decides", []string{"?", "=-"}, "?", "[3 1]", "?", "[3 1]", 3},
		{"the important one in the same round", []string{"? a", "? b"}, "a", "[2 1]", "a", "[2 2]", 2},
		{"not Late, so that the answer stands", []string{"=?", "=b"}, "b", "[1 1]", "b", "[1 1]", 1},
		{"not Late, undecided means no", []string{"=?"}, "-", "[1]", "-", "[1]", 1},
	} {
		for _, every := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, ", any ", every), func(t *testing.T) {
				var all []*played
				var of []Sampler
				for _, script := range tt.scripts {
					script, isOrdinary := strings.CutPrefix(script, "=")
					p := play()
					for _, word := range strings.Fields(script) {
						d, ok := decide[word]
						if !ok {
							d = saying(word)
						}
						p.answers = append(p.answers, d)
					}
					all = append(all, p)
					if isOrdinary {
						of = append(of, nil, ordinary{p}) // nil ones are left out
					} else {
						of = append(of, p)
					}
				}
				s, want, wantAsked := Late(NewFirst(of...)), tt.first, tt.firstAsked
				if every {
					s, want, wantAsked = NewAny(of...), tt.any, tt.anyAsked
				}
				tr := begin(s, Params{})
				calls := 1
				for ; calls < 3 && tr.at.Undecided; calls++ {
					tr.tell(Event{Kind: EventTag})
				}
				got := why(tr.at)
				switch {
				case tr.at.Undecided:
					got = "?"
				case !tr.at.Sample:
					got = "-"
				}
				asked := []int{}
				for _, p := range all {
					asked = append(asked, p.asked)
				}
				if got != want || fmt.Sprint(asked) != wantAsked || calls != tt.decidedAfter {
					t.Errorf("%s after %d calls, asked %v; want %s, %d, %s", got, calls, asked, want, tt.decidedAfter, wantAsked)
				}
			})
		}
	}
}

// Each Late sampler has a state of its own, the same at each event of a trace and
// another one in the next trace, also when samplers stand in samplers.
func TestStatesAreApart(t *testing.T) {
	a, b, c, d := play(undecided), play(undecided), play(undecided), play(undecided)
	s := NewParentBased(NewFirst(keeping{a, "a's"}, NewAny(b, NewOverrides(nil, map[string]Sampler{"op*": NewFirst(keeping{c, "c's"})})), d))
	states := map[*TraceState]int{}
	for trial := range 2 {
		tr := begin(s, Params{Operation: "op"})
		for range 3 {
			if got := tr.tell(Event{Kind: EventTag, Params: Params{Operation: "renamed"}}); !got.Undecided {
				t.Fatalf("%+v", got)
			}
		}
		for _, p := range []*played{a, b, c, d} {
			if len(p.states) != 3*(trial+1) {
				t.Fatalf("asked %d times, want %d", len(p.states), 3*(trial+1))
			}
			for _, st := range p.states[3*trial:] {
				states[st]++
			}
		}
	}
	if len(states) != 8 {
		t.Errorf("%d states, want 8: one for each sampler and trace", len(states))
	}
	for _, n := range states {
		if n != 3 {
			t.Errorf("a state was used %d times, want 3", n)
		}
	}
	if a.first != "a's" || b.first != nil || c.first != "c's" || d.first != nil {
		t.Errorf("the states held %v, %v, %v, %v at first", a.first, b.first, c.first, d.first)
	}
}

// TestSampleAlone: whoever calls Sample instead of SampleState hears the same.
func TestSampleAlone(t *testing.T) {
	for _, d := range []Decision{undecided, no, saying("a")} {
		late := func() Sampler { return keeping{play(d), "state"} }
		for _, s := range []Stateful{NewFirst(late()), NewAny(late()), NewOverrides(late(), nil), NewParentBased(late())} {
			alone := s.Sample(Params{})
			together, state := s.SampleState(Params{})
			if !reflect.DeepEqual(alone, d) || !reflect.DeepEqual(together, d) || (state != nil) != d.Undecided {
				t.Errorf("%T: %+v and %+v, %v; want %+v", s, alone, together, state, d)
			}
		}
	}
}

// TestStateOfAnotherSampler: Tracer.SetSampler leaves traces behind whose state
// says nothing to the new sampler. Its Late samplers then start afresh.
func TestStateOfAnotherSampler(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(late, ordinary Sampler) Late
	}{
		{"first", func(l, o Sampler) Late { return NewFirst(o, l) }},
		{"any", func(l, o Sampler) Late { return NewAny(o, l) }},
		{"overrides", func(l, o Sampler) Late { return NewOverrides(l, map[string]Sampler{"op": o}) }},
		{"nested", func(l, o Sampler) Late {
			return NewParentBased(NewOverrides(NewFirst(o, NewAny(l)), nil))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, held := range []any{nil, "something else", &opens{}, &chosen{}} {
				late, other := play(undecided, saying("late")), play(saying("ordinary"))
				s := tt.make(late, ordinary{other})
				var st TraceState
				if held != nil {
					st.Store(held)
				}
				e := Event{Kind: EventTag, Params: Params{Operation: "op"}, State: &st}
				if d := s.Reconsider(e); !d.Undecided {
					t.Errorf("state %v: %+v, want undecided", held, d)
				}
				if d := s.Reconsider(e); !d.Sample || why(d) != "late" || late.asked != 2 || other.asked != 0 {
					t.Errorf("state %v: %+v after %d and %d questions, want late after 2 and 0", held, d, late.asked, other.asked)
				}
				if late.states[0] != late.states[1] {
					t.Errorf("state %v: the sampler lost its state", held)
				}
			}
		})
	}
	t.Run("nobody is Late", func(t *testing.T) {
		var st TraceState
		for _, s := range []Late{NewFirst(NewConst(true)), NewAny(NewConst(true)), NewOverrides(NewConst(true), nil), NewFirst()} {
			if d := s.Reconsider(Event{Kind: EventTag, State: &st}); d.Sample || d.Undecided {
				t.Errorf("%v: %+v, want no", s, d)
			}
		}
	})
}

// torn says yes, but while it does so another event makes it say no.
type torn struct{ tell func(Event) Decision }

func (torn) Sample(Params) Decision { return undecided }
func (s *torn) Reconsider(e Event) Decision {
	if e.Kind == EventFinish {
		return no
	}
	s.tell(Event{Kind: EventFinish})
	return yes
}

// TestNoStands: what a sampler has said to one goroutine it cannot take back in
// another.
func TestNoStands(t *testing.T) {
	s := &torn{}
	for _, of := range []Late{NewFirst(s, play(undecided)), NewAny(s, play(undecided))} {
		tr := begin(of, Params{})
		s.tell = tr.tell
		if d := tr.tell(Event{Kind: EventTag}); !d.Undecided {
			t.Errorf("%v: %+v, want undecided: only the other one can decide any more", of, d)
		}
	}
}

func TestFirehoseOfAny(t *testing.T) {
	loud := Decision{Sample: true, Firehose: true, Tags: yes.Tags}
	for _, of := range [][]Sampler{{play(yes), play(loud)}, {play(loud), play(yes)}} {
		if d := NewAny(of...).Sample(Params{}); !d.Sample || !d.Firehose {
			t.Errorf("%+v, want a firehose", d)
		}
	}
	if d := NewAny(play(yes), play(Decision{Firehose: true})).Sample(Params{}); d.Firehose {
		t.Errorf("%+v: one that does not sample wants nothing", d)
	}
	if d := NewFirst(play(yes), play(loud)).Sample(Params{}); d.Firehose {
		t.Errorf("%+v: the second was not to be asked", d)
	}
}

// TestAnyIsALowerBound: the rate limiter counts what the other one samples.
func TestAnyIsALowerBound(t *testing.T) {
	count := func(s Sampler) (n int) {
		for i := range 10 { // the second five are not picked by id
			id := model.TraceID{Low: 1}
			if i >= 5 {
				id.Low = 1 << 62
			}
			if s.Sample(Params{TraceID: id}).Sample {
				n++
			}
		}
		return n
	}
	half := func() Sampler { return mustProbabilistic(t, 0.25) }
	if n := count(NewAny(half(), mustRateLimiting(t, 3))); n != 5 {
		t.Errorf("any: %d sampled, want 5: the limiter has none left for others", n)
	}
	if n := count(NewFirst(half(), mustRateLimiting(t, 3))); n != 8 {
		t.Errorf("first: %d sampled, want 5 and 3", n)
	}
}

// TestFirstConcurrentSafe: 64 goroutines tell of one trace. Once a sampler has
// said no it must not be heard any more.
func TestFirstConcurrentSafe(t *testing.T) {
	tags, err := NewTagMatching(TagMatchingOptions{Key: "keep", Matchers: []TagMatcher{{Value: model.Bool(true)}}, DecideAtRootEnd: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Late{
		NewFirst(tags, NewFirst(tags, NewConst(false))),
		NewAny(NewOverrides(tags, nil), tags),
	} {
		start := begin(s, Params{})
		for _, foreign := range []bool{false, true} {
			var st TraceState
			st.Store(start.state.Load())
			if foreign {
				st.Store("another sampler's")
			}
			var wg sync.WaitGroup
			for i := range 64 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for range 100 {
						if d := s.Reconsider(Event{Kind: EventTag, Key: "k", Value: model.Int64(int64(i)), State: &st}); !d.Undecided {
							t.Errorf("%+v, want undecided", d)
							return
						}
					}
				}()
			}
			wg.Wait()
			if d := s.Reconsider(Event{Kind: EventFinish, LocalRoot: true, State: &st}); d.Sample || d.Undecided {
				t.Errorf("%v: the end of the root decided %+v, want no", s, d)
			}
			if d := s.Reconsider(Event{Kind: EventTag, Key: "keep", Value: model.Bool(true), State: &st}); d.Sample || d.Undecided {
				t.Errorf("%v: a tag after the no decided %+v", s, d)
			}
		}
	}
}
