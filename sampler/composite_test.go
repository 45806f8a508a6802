// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/guard"
)

func TestCloseOnce(t *testing.T) {
	bad, shared, late := play(no), play(no), play(no)
	bad.err = errClose
	type unusual struct {
		ordinary
		id []int // cannot be compared
	}
	odd, odder := unusual{ordinary{play(no)}, []int{1}}, unusual{ordinary{play(no)}, []int{1}}
	inner := NewFirst(shared, late)
	s := NewFirst(
		NewParentBased(inner, WithRemoteParentSampled(shared), WithLocalParentNotSampled(ordinary{bad})),
		NewAny(inner, NewConst(true), odd, odder, odd),
		NewOverrides(shared, map[string]Sampler{"a": ordinary{bad}, "b*": shared, "c": inner}),
	)
	if err := s.Close(); err != errClose {
		t.Errorf("Close = %v, want the error of the one that failed", err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close again = %v", err)
		}
	}
	for name, p := range map[string]*played{"bad": bad, "shared": shared, "late": late, "odd": odd.p, "odder": odder.p} {
		if n := p.closed.Load(); n != 1 {
			t.Errorf("%s was closed %d times", name, n)
		}
	}
	two := NewAny(&played{err: errClose}, &played{err: errors.New("bang")})
	if err := two.Close(); !errors.Is(err, errClose) || err.Error() != "boom\nbang" {
		t.Errorf("Close = %v, want both errors", err)
	}
}

// closable writes its name when it is closed.
type closable struct {
	name string
	log  *[]string
}

func (closable) Sample(Params) Decision { return no }
func (c closable) Close() error         { *c.log = append(*c.log, c.name); return nil }

// tagged cannot be compared.
type tagged struct {
	closable
	tags map[string]int
}

// wrapper is somebody's sampler that has something to close, and closes what it
// asks.
type wrapper struct {
	closable
	asks []Sampler
}

func (w *wrapper) Asks() []Sampler { return w.asks }
func (w *wrapper) Close() error {
	for _, a := range w.asks {
		_ = CloseUnused(a, nil)
	}
	return w.closable.Close()
}

// embedding is a ParentBased with a method more.
type embedding struct{ *ParentBased }

// TestCloseUnused: what the new sampler asks stays open, however deep it is in
// either.
func TestCloseUnused(t *testing.T) {
	var log []string
	leaf := map[string]Sampler{}
	for _, name := range []string{"a", "b", "c"} {
		leaf[name] = &closable{name, &log}
	}
	odd := tagged{closable{"odd", &log}, map[string]int{"x": 1}}
	a, b, c := leaf["a"], leaf["b"], leaf["c"]
	ab := NewFirst(a, b)
	wrap := func(asks ...Sampler) *wrapper { return &wrapper{closable{"w", &log}, asks} }
	circle := wrap()
	circle.asks = []Sampler{circle, a}
	for _, tt := range []struct {
		name      string
		old, next Sampler
		want      string
	}{
		{"replaced", a, b, "a"},
		{"the same", a, a, ""},
		{"wrapped", a, NewParentBased(a), ""},
		{"wrapped otherwise", NewParentBased(a), NewFirst(a, b), ""},
		{"unwrapped", NewParentBased(ab), a, "b"},
		{"deep", NewParentBased(NewOverrides(NewAny(a, b), map[string]Sampler{"x": c})), NewFirst(NewParentBased(nil, WithLocalParentSampled(c))), "a b"},
		{"a composite stays", NewParentBased(ab, WithRemoteParentSampled(c)), NewOverrides(nil, map[string]Sampler{"x*": ab}), "c"},
		{"at shutdown", NewParentBased(ab), nil, "a b"},
		{"nothing before", nil, a, ""},
		{"not comparable", NewFirst(odd, a), odd, "a"},
		{"not comparable, another one", odd, tagged{closable{"odd", &log}, map[string]int{"x": 1}}, "odd"},
		{"a foreign one", wrap(a, b), c, "a b w"},
		{"a foreign one, partly in use", wrap(a, b), NewFirst(b), "a"},
		{"a foreign one, in use below", wrap(NewFirst(a, ab), c), NewParentBased(b), "a c"},
		{"a foreign one beside", NewFirst(a, wrap(a), b), c, "a b w"},
		{"embedding", embedding{NewParentBased(a)}, NewFirst(a), ""},
		{"embedding, not in use", embedding{NewParentBased(a)}, b, "a"},
		{"of nothing", NewFirst(NewAny(), NewParentBased(nil)), nil, ""},
		{"in a circle", circle, a, ""},
	} {
		log = nil
		if err := CloseUnused(tt.old, tt.next); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		slices.Sort(log)
		if got := strings.Join(log, " "); got != tt.want {
			t.Errorf("%s: closed %q, want %q", tt.name, got, tt.want)
		}
	}
}

// bomb panics whatever it is asked.
type bomb struct{ Composite }

func (*bomb) Sample(Params) Decision { panic("sample") }
func (*bomb) Asks() []Sampler        { panic("asks") }
func (*bomb) Close() error           { panic("close") }
func (*bomb) Status() Status         { panic("status") }

// dud is one whose text cannot be had.
type dud struct{ Sampler }

func (dud) String() string { panic("string") }

// TestSamplersThatPanic harm nobody else.
func TestSamplersThatPanic(t *testing.T) {
	var log []string
	s := NewParentBased(NewFirst(&bomb{}, dud{}, &closable{"a", &log}, &bomb{}))
	if err := s.Close(); !errors.Is(err, guard.ErrPanic) || len(log) != 1 {
		t.Errorf("%v, closed %q", err, log)
	}
	want := Status{Type: "first", Description: "parentbased(first(*sampler.bomb, sampler.dud, *sampler.closable, *sampler.bomb))"}
	if st := s.Status(); st != want || s.String() != want.Description || Describe(&bomb{}) != "*sampler.bomb" {
		t.Errorf("%+v", st)
	}
	remote, err := NewRemote("orders", RemoteOptions{Initial: &bomb{}, Logger: quietLogger()})
	if err != nil {
		t.Fatal(err)
	}
	defer remote.Close()
	if got := remote.String(); got != "remote(*sampler.bomb until http://127.0.0.1:5778/sampling answers)" {
		t.Error(got)
	}
}

func TestAsks(t *testing.T) {
	a, b, c := NewConst(true), NewConst(false), mustProbabilistic(t, 0.5)
	for _, s := range []Composite{
		NewFirst(a, nil, b, c), NewAny(a, b, c), NewOverrides(a, map[string]Sampler{"x": b, "y*": c}),
		NewParentBased(a, WithRemoteParentNotSampled(b), WithRemoteParentDeferred(c)),
	} {
		if got := s.Asks(); !slices.Equal(got, []Sampler{a, b, c}) {
			t.Errorf("%T asks %v", s, got)
		}
	}
}
