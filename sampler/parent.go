// SPDX-License-Identifier: Apache-2.0

package sampler

import "github.com/go-spur/spur/model"

// ParentBased keeps traces whole: where the parent comes with a decision it
// returns that decision, without tags, since whoever made it has recorded why;
// for everything else it asks its root sampler.
//
//   - ParentNone and ParentRemoteDeferred: the root sampler decides.
//   - ParentRemote: the parent's sampled flag decides. The debug flag alone does
//     not sample, as in Jaeger's clients.
//   - ParentLocal, a span of another tracer in this process: likewise the parent's
//     sampled flag.
//
// A ParentOption sets another sampler for one of these cases. It answers Undecided
// only if a sampler that it asks does.
type ParentBased struct {
	root  delegate
	cases [len(parentCases)]*delegate // nil: the parent's flag decides, and root of a deferred one
	closer
}

const ( // that of a flag that is not set comes behind that of one that is
	remoteSampled = iota
	remoteNotSampled
	localSampled
	localNotSampled
	remoteDeferred
)

var parentCases = [...]string{"remote sampled", "remote not sampled", "local sampled", "local not sampled", "remote deferred"}

// ParentOption sets the sampler for one kind of parent. A nil sampler leaves the
// kind as it was.
type ParentOption interface{ apply(*ParentBased) }

type parentOption struct {
	of      int // a case
	sampler Sampler
}

func (o parentOption) apply(p *ParentBased) {
	if o.sampler != nil {
		d := delegateTo(o.sampler)
		p.cases[o.of] = &d
	}
}

// WithRemoteParentSampled sets the sampler for traces that a caller in another
// process samples. One that does not always sample leaves holes in traces; a
// service that trusts no caller's flag may want that, with NewRateLimiting, say.
// A caller's debug flag that the tracer honours goes before it.
func WithRemoteParentSampled(s Sampler) ParentOption {
	return parentOption{remoteSampled, s}
}

// WithRemoteParentNotSampled sets the sampler for traces that a caller in another
// process does not sample. Those it samples begin in this process.
func WithRemoteParentNotSampled(s Sampler) ParentOption {
	return parentOption{remoteNotSampled, s}
}

// WithRemoteParentDeferred sets the sampler for traces whose caller has left the
// decision to us, such as a B3 header without a sampled field, or that of another
// tracer in this process that is still undecided. The default is the root sampler.
func WithRemoteParentDeferred(s Sampler) ParentOption {
	return parentOption{remoteDeferred, s}
}

// WithLocalParentSampled sets the sampler for traces that another tracer in this
// process samples.
func WithLocalParentSampled(s Sampler) ParentOption {
	return parentOption{localSampled, s}
}

// WithLocalParentNotSampled sets the sampler for traces that another tracer in
// this process does not sample.
func WithLocalParentNotSampled(s Sampler) ParentOption {
	return parentOption{localNotSampled, s}
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
	of := remoteSampled
	switch kind {
	case ParentRemote:
	case ParentLocal:
		of = localSampled
	case ParentRemoteDeferred:
		if d := p.cases[remoteDeferred]; d != nil {
			return d
		}
		return &p.root
	default:
		return &p.root
	}
	if !flags.IsSampled() {
		of++
	}
	return p.cases[of]
}

// Root returns the sampler that is asked where there is no parent.
func (p *ParentBased) Root() Sampler { return p.root.sampler }

// Status implements Statuser. It is that of the root sampler, with a description
// of our own; a root that is no Statuser has the type "custom".
func (p *ParentBased) Status() Status {
	st := statusOf(p.root.sampler)
	for of, d := range p.cases {
		if d != nil {
			st.Description += ", " + parentCases[of] + ": " + Describe(d.sampler)
		}
	}
	st.Description = "parentbased(" + st.Description + ")"
	return st
}

// String returns a description such as "parentbased(probabilistic(0.001))".
func (p *ParentBased) String() string { return p.Status().Description }

// Close closes those of the samplers that are io.Closers, each once, and joins
// their errors. Further calls do nothing.
func (p *ParentBased) Close() error { return p.close(p.Asks()) }

// Asks implements Composite.
func (p *ParentBased) Asks() []Sampler {
	asked := []Sampler{p.root.sampler}
	for _, d := range p.cases {
		if d != nil {
			asked = append(asked, d.sampler)
		}
	}
	return asked
}
