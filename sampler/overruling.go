// SPDX-License-Identifier: Apache-2.0

package sampler

// Overruling is a sampler that a tracer asks about every local root, also where the
// caller has decided: traces then have holes, or begin in the middle. A tracer makes
// any other sampler ParentBased. To overrule callers of some kind only, use the options
// of NewParentBased.
type Overruling struct {
	sampler delegate
	closer
}

// NewOverruling returns a sampler that asks s about everything. It owns s: Close closes
// it. A nil s never samples.
func NewOverruling(s Sampler) *Overruling { return &Overruling{sampler: delegateTo(s)} }

// Sample implements Sampler.
func (o *Overruling) Sample(p Params) Decision {
	answer, _ := o.sampler.sample(&p)
	return answer
}

// Self implements Stateful.
func (o *Overruling) Self() Sampler { return o }

// SampleState implements Stateful.
func (o *Overruling) SampleState(p Params) (Decision, any) { return o.sampler.sample(&p) }

// Reconsider implements Late. It does not sample if the other sampler is not Late.
func (o *Overruling) Reconsider(e Event) Decision { return o.sampler.reconsider(e) }

// Status implements Statuser. It is that of the other sampler, with a description of
// our own.
func (o *Overruling) Status() Status {
	st := statusOf(o.sampler.sampler)
	st.Description = "overruling(" + st.Description + ")"
	return st
}

// String returns a description such as "overruling(const(true))".
func (o *Overruling) String() string { return o.Status().Description }

// Close closes the other sampler if it is an io.Closer. Further calls do nothing.
func (o *Overruling) Close() error { return o.close(o.Asks()) }

// Asks implements Composite.
func (o *Overruling) Asks() []Sampler { return []Sampler{o.sampler.sampler} }
