// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"io"

	"github.com/go-spur/spur/model"
)

var (
	_ Stateful  = (*ParentBased)(nil)
	_ Composite = (*ParentBased)(nil)
	_ Statuser  = (*ParentBased)(nil)
	_ io.Closer = (*ParentBased)(nil)
)

// ParentBased keeps traces whole: where the parent comes with a decision it
// returns that decision, without tags, since whoever made it has recorded why;
// for everything else it asks its root sampler.
//
//   - ParentNone and ParentRemoteDeferred: the root sampler decides.
//   - ParentRemote: the parent's sampled flag decides. The debug flag alone does
//     not sample, as in Jaeger's clients.
//   - ParentLocal: likewise the parent's sampled flag. Such a parent is a span of
//     another tracer in this process. Its flags are what the parent's other
//     children and the next process go by; to ask the root sampler instead, as
//     Jaeger's Go client does, would leave traces with holes in them.
//
// A ParentOption sets another sampler for one of these cases.
//
// It can be Late because the samplers it asks can be: with others it never
// answers Undecided.
type ParentBased struct {
	root           delegate
	remoteDeferred *delegate // nil: root

	// nil: the flag decides
	remoteSampled, remoteNotSampled, localSampled, localNotSampled *delegate

	closer
}

// ParentOption sets the sampler for one kind of parent. A nil sampler leaves the
// kind as it was.
type ParentOption interface{ apply(*ParentBased) }

type parentOption func(*ParentBased)

func (f parentOption) apply(p *ParentBased) { f(p) }

// WithRemoteParentSampled sets the sampler for traces that a caller in another
// process samples. One that does not always sample leaves holes in traces; a
// service that trusts no caller's flag may want that, with NewRateLimiting, say.
// A caller's debug flag that the tracer honours goes before it.
func WithRemoteParentSampled(s Sampler) ParentOption {
	return parentOption(func(p *ParentBased) { set(&p.remoteSampled, s) })
}

// WithRemoteParentNotSampled sets the sampler for traces that a caller in another
// process does not sample. Those it samples begin in this process.
func WithRemoteParentNotSampled(s Sampler) ParentOption {
	return parentOption(func(p *ParentBased) { set(&p.remoteNotSampled, s) })
}

// WithRemoteParentDeferred sets the sampler for traces whose caller has left the
// decision to us, such as a B3 header without a sampled field, or that of another
// tracer in this process that is still undecided. The default is the root sampler.
func WithRemoteParentDeferred(s Sampler) ParentOption {
	return parentOption(func(p *ParentBased) { set(&p.remoteDeferred, s) })
}

// WithLocalParentSampled sets the sampler for traces that another tracer in this
// process samples.
func WithLocalParentSampled(s Sampler) ParentOption {
	return parentOption(func(p *ParentBased) { set(&p.localSampled, s) })
}

// WithLocalParentNotSampled sets the sampler for traces that another tracer in
// this process does not sample.
func WithLocalParentNotSampled(s Sampler) ParentOption {
	return parentOption(func(p *ParentBased) { set(&p.localNotSampled, s) })
}

func set(field **delegate, s Sampler) {
	if s != nil {
		d := delegateTo(s)
		*field = &d
	}
}

// NewParentBased returns a sampler that asks root where no parent has decided.
// It owns root and the samplers among the options: Close closes them. A nil root
// never samples.
func NewParentBased(root Sampler, opts ...ParentOption) *ParentBased {
	p := &ParentBased{root: delegateTo(root)}
	for _, o := range opts {
		if o != nil {
			o.apply(p)
		}
	}
	return p
}

// Sample implements Sampler.
func (p *ParentBased) Sample(params Params) Decision {
	answer, _ := p.sample(&params)
	return answer
}

// Self implements Stateful.
func (p *ParentBased) Self() Sampler { return p }

// SampleState implements Stateful. The state is that of whom it asks.
func (p *ParentBased) SampleState(params Params) (Decision, any) { return p.sample(&params) }

func (p *ParentBased) sample(params *Params) (Decision, any) {
	d := p.choose(params.Parent, params.ParentFlags)
	if d == nil {
		return Decision{Sample: params.ParentFlags.IsSampled()}, nil
	}
	return d.sample(params)
}

// Reconsider implements Late. It asks whom Sample asked if that is Late, and does
// not sample otherwise.
func (p *ParentBased) Reconsider(e Event) Decision {
	d := p.choose(e.Parent, e.ParentFlags)
	if d == nil {
		return Decision{Sample: e.ParentFlags.IsSampled()}
	}
	return d.reconsider(e)
}

// choose returns whom to ask about a parent, or nil if its flag decides.
func (p *ParentBased) choose(kind ParentKind, flags model.Flags) *delegate {
	switch kind {
	case ParentRemote:
		if flags.IsSampled() {
			return p.remoteSampled
		}
		return p.remoteNotSampled
	case ParentLocal:
		if flags.IsSampled() {
			return p.localSampled
		}
		return p.localNotSampled
	case ParentRemoteDeferred:
		if p.remoteDeferred != nil {
			return p.remoteDeferred
		}
	}
	return &p.root
}

// Status implements Statuser. It is that of the root sampler, with a description
// of our own; a root that is no Statuser has the type "custom".
func (p *ParentBased) Status() Status {
	st := statusOf(p.root.sampler)
	for _, c := range p.cases() {
		if c.delegate != nil {
			st.Description += ", " + c.name + ": " + Describe(c.delegate.sampler)
		}
	}
	st.Description = "parentbased(" + st.Description + ")"
	return st
}

// String returns a description such as "parentbased(probabilistic(0.001))".
func (p *ParentBased) String() string { return p.Status().Description }

// Close closes those of the samplers that are io.Closers, each once, and joins
// their errors. Further calls do nothing.
func (p *ParentBased) Close() error { return p.close(p) }

type parentCase struct {
	name     string
	delegate *delegate
}

func (p *ParentBased) cases() []parentCase {
	return []parentCase{
		{"remote sampled", p.remoteSampled},
		{"remote not sampled", p.remoteNotSampled},
		{"remote deferred", p.remoteDeferred},
		{"local sampled", p.localSampled},
		{"local not sampled", p.localNotSampled},
	}
}

// Asks implements Composite.
func (p *ParentBased) Asks() []Sampler {
	asked := []Sampler{p.root.sampler}
	for _, c := range p.cases() {
		if c.delegate != nil {
			asked = append(asked, c.delegate.sampler)
		}
	}
	return asked
}
