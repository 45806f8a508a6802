// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"sync/atomic"

	"github.com/go-spur/spur/model"
)

var (
	yes       = Decision{Sample: true, Tags: []model.Tag{{Key: "why", Value: model.String("yes")}}}
	no        = Decision{}
	undecided = Decision{Undecided: true}
)

func saying(why string) Decision {
	return Decision{Sample: true, Tags: []model.Tag{{Key: "why", Value: model.String(why)}}}
}

func why(d Decision) string {
	for _, t := range d.Tags {
		if t.Key == "why" {
			return t.Value.Str()
		}
	}
	return ""
}

// played answers what it is told to, in order; the last answer for ever.
type played struct {
	answers []Decision
	asked   int
	states  []*TraceState // of each Reconsider
	first   any           // what the state held at the first
	closed  atomic.Int32
	err     error
}

func play(answers ...Decision) *played { return &played{answers: answers} }

func (p *played) next() Decision {
	d := p.answers[min(p.asked, len(p.answers)-1)]
	p.asked++
	return d
}

func (p *played) Sample(Params) Decision { return p.next() }

func (p *played) Reconsider(e Event) Decision {
	if len(p.states) == 0 {
		p.first = e.State.Load()
	}
	p.states = append(p.states, e.State)
	return p.next()
}

func (p *played) Close() error { p.closed.Add(1); return p.err }

// ordinary is a played that is not Late.
type ordinary struct{ p *played }

func (o ordinary) Sample(p Params) Decision { return o.p.Sample(p) }
func (o ordinary) Close() error             { return o.p.Close() }

// trace is what a tracer does with a Late sampler, for one local trace.
type trace struct {
	late  Late
	state TraceState
	at    Decision
}

// keeping is a played that is Stateful.
type keeping struct {
	*played
	state any
}

func (k keeping) Self() Sampler { return k }

func (k keeping) SampleState(p Params) (Decision, any) { return k.Sample(p), k.state }

func begin(s Late, p Params) *trace {
	t := &trace{late: s}
	st, ok := AsStateful(s)
	if !ok {
		t.at = s.Sample(p)
		return t
	}
	var state any
	if t.at, state = st.SampleState(p); t.at.Undecided && state != nil {
		t.state.Store(state)
	}
	return t
}

func (t *trace) tell(e Event) Decision {
	if t.at.Undecided {
		e.State = &t.state
		t.at = t.late.Reconsider(e)
	}
	return t.at
}

var errClose = errors.New("boom")
