// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"fmt"

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

// described is how many bytes of a name a description shows, with the mark.
const described = 35

func shorten(s string) string {
	return format.Short(s, described)
}
