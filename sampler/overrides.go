// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Overrides asks one sampler for some operations and another for the rest: health
// checks, say, are never sampled. It goes by the name that the local root starts
// with; SetOperationName comes too late. Asking takes no lock. It answers Undecided
// only if a sampler that it asks does.
type Overrides struct {
	rest     delegate
	names    map[string]*delegate
	prefixes map[string]*delegate
	lengths  []int // of the prefixes, longest first
	closer
}

// NewOverrides returns a sampler that asks the one listed for an operation, or
// rest where none is. A key is a name, or with a * at its end the beginning of
// one; a name goes before a beginning, a longer beginning before a shorter one.
// Case counts. The map is not kept. A nil sampler never samples.
//
// It owns the samplers: Close closes them.
func NewOverrides(rest Sampler, byOperation map[string]Sampler) *Overrides {
	o := &Overrides{rest: delegateTo(rest), names: map[string]*delegate{}, prefixes: map[string]*delegate{}}
	for pattern, s := range byOperation {
		d := delegateTo(s)
		if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
			o.prefixes[prefix] = &d
			if !slices.Contains(o.lengths, len(prefix)) {
				o.lengths = append(o.lengths, len(prefix))
			}
			continue
		}
		o.names[pattern] = &d
	}
	slices.Sort(o.lengths)
	slices.Reverse(o.lengths)
	return o
}

// chosen is the state of an undecided trace: who is asked about it.
type chosen struct {
	of       *Overrides
	delegate *delegate
	state    TraceState
}

// Sample implements Sampler.
func (o *Overrides) Sample(p Params) Decision {
	answer, _ := o.find(p.Operation).sample(&p)
	return answer
}

// Self implements Stateful.
func (o *Overrides) Self() Sampler { return o }

// SampleState implements Stateful.
func (o *Overrides) SampleState(p Params) (Decision, any) {
	d := o.find(p.Operation)
	answer, state := d.sample(&p)
	if !answer.Undecided {
		return answer, nil
	}
	c := &chosen{of: o, delegate: d}
	if state != nil {
		c.state.Store(state)
	}
	return answer, c
}

// Reconsider implements Late. It asks whom SampleState asked, or rest about a trace
// that began under another sampler.
func (o *Overrides) Reconsider(e Event) Decision {
	c, ok := e.State.Load().(*chosen)
	if !ok || c.of != o {
		return o.rest.reconsider(e)
	}
	e.State = &c.state
	return c.delegate.reconsider(e)
}

func (o *Overrides) find(operation string) *delegate {
	if d := o.names[operation]; d != nil {
		return d
	}
	for _, n := range o.lengths {
		if n > len(operation) {
			continue
		}
		if d := o.prefixes[operation[:n]]; d != nil {
			return d
		}
	}
	return &o.rest
}

// describedOverrides is how many of the operations String spells out.
const describedOverrides = 4

// Status implements Statuser. It is that of the sampler for the rest, with our
// operations added and a description of our own.
func (o *Overrides) Status() Status {
	st := statusOf(o.rest.sampler)
	all := o.patterns()
	keys := slices.Sorted(maps.Keys(all))
	text := []string{st.Description}
	for i, key := range keys {
		if i == describedOverrides {
			text = append(text, fmt.Sprintf("and %d more", len(keys)-i))
			break
		}
		text = append(text, fmt.Sprintf("%q: %s", shorten(key), Describe(all[key])))
	}
	st.Operations += len(keys)
	st.Description = "overrides(" + strings.Join(text, ", ") + ")"
	return st
}

// String returns a description such as
// "overrides(probabilistic(0.1), "GET /health*": const(false))".
func (o *Overrides) String() string { return o.Status().Description }

// Close closes those of the samplers that are io.Closers, each once, and joins
// their errors. Further calls do nothing.
func (o *Overrides) Close() error { return o.close(o.Asks()) }

func (o *Overrides) patterns() map[string]Sampler {
	all := make(map[string]Sampler, len(o.names)+len(o.prefixes))
	for name, d := range o.names {
		all[name] = d.sampler
	}
	for prefix, d := range o.prefixes {
		all[prefix+"*"] = d.sampler
	}
	return all
}

// Asks implements Composite.
func (o *Overrides) Asks() []Sampler {
	all := o.patterns()
	asked := []Sampler{o.rest.sampler}
	for _, pattern := range slices.Sorted(maps.Keys(all)) {
		asked = append(asked, all[pattern])
	}
	return asked
}
