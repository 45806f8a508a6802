// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"strings"
	"sync"
	"sync/atomic"
)

// First asks several samplers in order and samples as soon as one of them does;
// those behind it are not asked. The tags are those of the one that sampled. It is
// what Jaeger's Go client calls a PrioritySampler:
//
//	First(tag matching, probabilistic)
//
// samples the traces that the second picks, and of the others those in which the
// tag turns up.
//
// A sampler that does not sample has said so for good and is not asked about the
// trace again. While a Late one is undecided, so is First, and the trace is
// recorded; when all have said no, it is not sampled. Each Late sampler has a
// TraceState of its own. Without Late samplers it never answers Undecided.
type First struct{ samplers }

// NewFirst returns a sampler that asks the given ones, the most important first.
// It owns them: Close closes them. Nil ones are left out; without any it never
// samples.
func NewFirst(of ...Sampler) *First {
	f := &First{}
	f.init("first", of)
	return f
}

// Self implements Stateful.
func (f *First) Self() Sampler { return f }

// Any asks several samplers and samples if any of them does. Unlike First it asks
// all of them, so that each sees every trace and counts what others sample:
//
//	Any(probabilistic, rate limiting at 1)
//
// samples a share of the traces, but at least one a second if there are so many;
// First would sample the share and one a second on top. The tags are those of the
// first in order that samples. For Late samplers see First.
type Any struct{ samplers }

// NewAny returns a sampler that asks all the given ones. It owns them: Close
// closes them. Nil ones are left out; without any it never samples.
func NewAny(of ...Sampler) *Any {
	a := &Any{samplers{every: true}}
	a.init("any", of)
	return a
}

// Self implements Stateful.
func (a *Any) Self() Sampler { return a }

// samplers is what First and Any have in common.
type samplers struct {
	name      string
	every     bool // ask those behind one that samples, too
	delegates []delegate
	adopting  sync.Mutex // of traces that began under another sampler
	closer
}

func (a *samplers) init(name string, of []Sampler) {
	a.name = name
	for _, s := range of {
		if s != nil {
			a.delegates = append(a.delegates, delegateTo(s))
		}
	}
}

// open is a Late sampler that has not decided about a trace.
type open struct {
	late  Late
	state TraceState
	no    atomic.Bool // it has decided since
}

// opens is what a trace's state holds: only those that were undecided at first.
type opens struct {
	of   *samplers
	list []open
}

// usual is how many undecided samplers a trace has without an allocation for
// counting them.
const usual = 8

// Sample implements Sampler.
func (a *samplers) Sample(p Params) Decision {
	d, _ := a.SampleState(p)
	return d
}

// SampleState implements Stateful. It allocates only if the trace stays undecided.
func (a *samplers) SampleState(p Params) (Decision, any) {
	type undecided struct {
		delegate *delegate
		state    any
	}
	var room [usual]undecided
	waiting := room[:0]
	var yes Decision
	for i := range a.delegates {
		d, state := a.delegates[i].sample(&p)
		switch {
		case d.Undecided:
			waiting = append(waiting, undecided{&a.delegates[i], state})
		case d.Sample:
			if !a.every {
				return d, nil
			}
			yes.add(d)
		}
	}
	if yes.Sample || len(waiting) == 0 {
		return yes, nil
	}
	trace := &opens{of: a, list: make([]open, len(waiting))}
	for i, w := range waiting {
		trace.list[i].late = w.delegate.late
		if w.state != nil {
			trace.list[i].state.Store(w.state)
		}
	}
	return Decision{Undecided: true}, trace
}

// Reconsider implements Late.
func (a *samplers) Reconsider(e Event) Decision {
	trace := a.opens(e.State)
	undecided := false
	var yes Decision
	for i := range trace.list {
		o := &trace.list[i]
		if o.no.Load() {
			continue
		}
		e.State = &o.state
		d := o.late.Reconsider(e)
		switch {
		case d.Undecided:
			undecided = true
		case !d.Sample:
			o.no.Store(true)
		case o.no.Load(): // it said no to another goroutine meanwhile, and that stands
		case !a.every:
			return d
		default:
			yes.add(d)
		}
	}
	if yes.Sample {
		return yes
	}
	return Decision{Undecided: undecided}
}

// add makes d the decision if there is none yet. Whoever wants a firehose gets it.
func (d *Decision) add(other Decision) {
	firehose := d.Firehose || other.Firehose
	if !d.Sample {
		*d = other
	}
	d.Firehose = firehose
}

// opens finds what sample left. A trace that began under another sampler has
// nothing of ours: its Late samplers start afresh, and the others, who cannot be
// asked any more, have said no.
func (a *samplers) opens(s *TraceState) *opens {
	if trace, ok := s.Load().(*opens); ok && trace.of == a {
		return trace
	}
	a.adopting.Lock()
	defer a.adopting.Unlock()
	if trace, ok := s.Load().(*opens); ok && trace.of == a {
		return trace
	}
	trace := &opens{of: a}
	for i := range a.delegates {
		if a.delegates[i].late != nil {
			trace.list = append(trace.list, open{late: a.delegates[i].late})
		}
	}
	s.Store(trace)
	return trace
}

// Status implements Statuser. Param is 0; the description has those of all the
// samplers, in order, and the source is that of the first that has one.
func (a *samplers) Status() Status {
	var all Status
	var text []string
	operations := 0
	for _, s := range a.Asks() {
		st := statusOf(s)
		text = append(text, st.Description)
		operations += st.Operations
		if all.Source == "" {
			all = st
		}
	}
	all.Type, all.Param, all.Operations = a.name, 0, operations
	all.Description = a.name + "(" + strings.Join(text, ", ") + ")"
	return all
}

// String returns a description such as "first(const(false), ratelimiting(1))".
func (a *samplers) String() string { return a.Status().Description }

// Close closes those of the samplers that are io.Closers, each once, and joins
// their errors. Further calls do nothing.
func (a *samplers) Close() error { return a.close(a.Asks()) }

// Asks implements Composite.
func (a *samplers) Asks() []Sampler {
	var all []Sampler
	for i := range a.delegates {
		all = append(all, a.delegates[i].sampler)
	}
	return all
}
