// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"io"
	"strings"
	"sync"
	"sync/atomic"
)

var (
	_ Stateful  = (*First)(nil)
	_ Composite = (*First)(nil)
	_ Statuser  = (*First)(nil)
	_ io.Closer = (*First)(nil)
	_ Stateful  = (*Any)(nil)
	_ Composite = (*Any)(nil)
	_ Statuser  = (*Any)(nil)
	_ io.Closer = (*Any)(nil)
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
type First struct {
	all samplers
	closer
}

// NewFirst returns a sampler that asks the given ones, the most important first.
// It owns them: Close closes them. Nil ones are left out; without any it never
// samples.
func NewFirst(of ...Sampler) *First {
	f := &First{}
	f.all.init("first", of)
	return f
}

// Sample implements Sampler.
func (f *First) Sample(p Params) Decision {
	d, _ := f.all.sample(&p, false)
	return d
}

// Self implements Stateful.
func (f *First) Self() Sampler { return f }

// SampleState implements Stateful.
func (f *First) SampleState(p Params) (Decision, any) { return f.all.sample(&p, false) }

// Reconsider implements Late.
func (f *First) Reconsider(e Event) Decision { return f.all.reconsider(e, false) }

// Status implements Statuser. Param is 0; the description has those of all the
// samplers, in order, and the source is that of the first that has one.
func (f *First) Status() Status { return f.all.status() }

// String returns a description such as "first(const(false), ratelimiting(1))".
func (f *First) String() string { return f.Status().Description }

// Asks implements Composite.
func (f *First) Asks() []Sampler { return f.all.asked() }

// Close closes those of the samplers that are io.Closers, each once, and joins
// their errors. Further calls do nothing.
func (f *First) Close() error { return f.close(f) }

// Any asks several samplers and samples if any of them does. Unlike First it asks
// all of them, so that each sees every trace and counts what others sample:
//
//	Any(probabilistic, rate limiting at 1)
//
// samples a share of the traces, but at least one a second if there are so many;
// First would sample the share and one a second on top. The tags are those of the
// first in order that samples. For Late samplers see First.
type Any struct {
	all samplers
	closer
}

// NewAny returns a sampler that asks all the given ones. It owns them: Close
// closes them. Nil ones are left out; without any it never samples.
func NewAny(of ...Sampler) *Any {
	a := &Any{}
	a.all.init("any", of)
	return a
}

// Sample implements Sampler.
func (a *Any) Sample(p Params) Decision {
	d, _ := a.all.sample(&p, true)
	return d
}

// Self implements Stateful.
func (a *Any) Self() Sampler { return a }

// SampleState implements Stateful.
func (a *Any) SampleState(p Params) (Decision, any) { return a.all.sample(&p, true) }

// Reconsider implements Late.
func (a *Any) Reconsider(e Event) Decision { return a.all.reconsider(e, true) }

// Status implements Statuser. Param is 0; the description has those of all the
// samplers, in order, and the source is that of the first that has one.
func (a *Any) Status() Status { return a.all.status() }

// String returns a description such as "any(const(false), ratelimiting(1))".
func (a *Any) String() string { return a.Status().Description }

// Asks implements Composite.
func (a *Any) Asks() []Sampler { return a.all.asked() }

// Close closes those of the samplers that are io.Closers, each once, and joins
// their errors. Further calls do nothing.
func (a *Any) Close() error { return a.close(a) }

// samplers is what First and Any have in common.
type samplers struct {
	name      string
	delegates []delegate
	adopting  sync.Mutex // of traces that began under another sampler
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

// sample allocates only if the trace stays undecided.
func (a *samplers) sample(p *Params, every bool) (Decision, any) {
	type undecided struct {
		delegate *delegate
		state    any
	}
	var room [usual]undecided
	waiting := room[:0]
	var yes Decision
	for i := range a.delegates {
		d, state := a.delegates[i].sample(p)
		switch {
		case d.Undecided:
			waiting = append(waiting, undecided{&a.delegates[i], state})
		case d.Sample:
			if !every {
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

func (a *samplers) reconsider(e Event, every bool) Decision {
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
		case !every:
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

func (a *samplers) status() Status {
	var all Status
	var text []string
	operations := 0
	for _, s := range a.asked() {
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

func (a *samplers) asked() []Sampler {
	var all []Sampler
	for i := range a.delegates {
		all = append(all, a.delegates[i].sampler)
	}
	return all
}
