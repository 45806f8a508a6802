// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"fmt"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/guard"
)

// delegate is a sampler that another one asks.
type delegate struct {
	sampler  Sampler // never nil
	late     Late    // nil when it is not
	stateful Stateful
	early    Early
	nameless Nameless
}

// delegateTo holds s. Nobody never samples.
func delegateTo(s Sampler) delegate {
	if s == nil {
		s = NewConst(false)
	}
	late, _ := s.(Late)
	stateful, _ := AsStateful(s)
	early, _ := AsEarly(s)
	nameless, _ := early.(Nameless)
	return delegate{s, late, stateful, early, nameless}
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
// of a Statuser, the text of a fmt.Stringer, and otherwise the name of its type. So
// it does if their methods panic.
func Describe(s Sampler) (text string) {
	_ = guard.Run(func() {
		if st, ok := s.(Statuser); ok {
			text = st.Status().Description
		} else if st, ok := s.(fmt.Stringer); ok {
			text = st.String()
		}
	})
	if text == "" {
		text = fmt.Sprintf("%T", s)
	}
	return text
}

// statusOf is for samplers that speak for another one, whose Status may panic.
func statusOf(s Sampler) Status {
	st := Status{}
	if own, ok := s.(Statuser); !ok || guard.Run(func() { st = own.Status() }) != nil {
		st = Status{Type: "custom"}
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
