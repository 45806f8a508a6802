// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"

	"github.com/go-spur/spur/internal/format"
)

// delegate is a sampler that another one asks.
type delegate struct {
	sampler  Sampler // never nil
	late     Late    // nil when it is not
	stateful Stateful
}

// delegateTo holds s. Nobody never samples.
func delegateTo(s Sampler) delegate {
	if s == nil {
		s = NewConst(false)
	}
	late, _ := s.(Late)
	stateful, _ := AsStateful(s)
	return delegate{s, late, stateful}
}

// sample makes sure that Undecided means something. There is a state only with it.
// (A pointer saves a copy of the parameters: BenchmarkSample.)
func (d *delegate) sample(p *Params) (answer Decision, state any) {
	if d.stateful != nil {
		answer, state = d.stateful.SampleState(*p)
		if !answer.Undecided {
			state = nil
		}
		return answer, state
	}
	answer = d.sampler.Sample(*p)
	if d.late == nil {
		answer.Undecided = false // nobody to ask again: the answer stands
	}
	return answer, nil
}

// reconsider does not sample when nobody can be asked.
func (d *delegate) reconsider(e Event) Decision {
	if d.late == nil {
		return Decision{}
	}
	return d.late.Reconsider(e)
}

// Describe returns what a sampler says of itself, on one line: the Description
// of a Statuser, the text of a fmt.Stringer, and otherwise the name of its type.
func Describe(s Sampler) string {
	if st, ok := s.(Statuser); ok {
		if d := st.Status().Description; d != "" {
			return d
		}
	} else if st, ok := s.(fmt.Stringer); ok {
		return st.String()
	}
	return fmt.Sprintf("%T", s)
}

// statusOf is for samplers that speak for another one.
func statusOf(s Sampler) Status {
	st := Status{Type: "custom"}
	if own, ok := s.(Statuser); ok {
		st = own.Status()
	}
	if st.Description == "" {
		st.Description = Describe(s)
	}
	return st
}

// described is how many bytes of a name a description shows.
const described = 32

func shorten(s string) string {
	short, cut := format.Clean(s, described)
	if cut {
		short += "…"
	}
	return short
}

// closer closes the samplers of one that asks several. Its zero value is ready.
type closer struct {
	once sync.Once
}

// close closes, the first time, everything among samplers and what they ask that
// is an io.Closer, each once however often it occurs. It returns what went wrong
// then, joined; later calls return nil.
func (c *closer) close(samplers []Sampler) (err error) {
	c.once.Do(func() {
		var leaves []io.Closer
		for _, s := range samplers {
			leaves = appendClosers(leaves, s)
		}
		var errs []error
		for _, l := range leaves {
			if e := l.Close(); e != nil {
				errs = append(errs, e)
			}
		}
		if err = errors.Join(errs...); len(errs) == 1 {
			err = errs[0]
		}
	})
	return err
}

// appendClosers looks into the samplers of this package that ask others, so that
// one that stands in several of them is found once.
func appendClosers(to []io.Closer, s Sampler) []io.Closer {
	var asked []Sampler
	switch s := s.(type) {
	case *ParentBased:
		asked = s.asked()
	case *First:
		asked = s.all.asked()
	case *Any:
		asked = s.all.asked()
	case *Overrides:
		asked = s.asked()
	case io.Closer:
		if !holds(to, s) {
			to = append(to, s)
		}
	}
	for _, a := range asked {
		to = appendClosers(to, a)
	}
	return to
}

func holds(list []io.Closer, c io.Closer) bool {
	if !reflect.ValueOf(c).Comparable() {
		return false
	}
	for _, l := range list {
		if reflect.TypeOf(l) == reflect.TypeOf(c) && l == c {
			return true
		}
	}
	return false
}
