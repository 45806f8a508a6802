// SPDX-License-Identifier: Apache-2.0

package sampler

import "reflect"

// Early is a Sampler that can say no before anything else is done for a local root: 99.9 %
// of traces are not sampled, and those cost least. Excludes reports that Sample would say
// no to p, whatever tags p had: p.Tags is empty. It changes nothing. When it returns false
// Sample is asked as usual. It runs where Sample does and must not block.
//
// Self returns the sampler itself. A struct that embeds an Early sampler to change its
// Sample has all its methods, but Self tells the two apart: Excludes is not asked then.
// See AsEarly.
type Early interface {
	Sampler
	Excludes(p Params) bool
	Self() Sampler
}

// AsEarly returns s as an Early sampler, unless s merely embeds one.
func AsEarly(s Sampler) (Early, bool) {
	e, ok := s.(Early)
	if !ok || reflect.TypeOf(e.Self()) != reflect.TypeOf(s) {
		return nil, false
	}
	return e, true
}

// Nameless is an Early sampler that says whether names matter to it. IgnoresOperation
// reports that what Sample would answer to p at the moment, Decision.Tags included, does
// not depend on p.Operation: it and p.Tags are empty. The tracer may then ask before a
// spur.Namer has said what the span is called. It runs where Sample does and must not
// block. A type with a Self of its own that embeds a Nameless sampler and looks at names
// must have an IgnoresOperation of its own, too.
type Nameless interface {
	Early
	IgnoresOperation(p Params) bool
}

var _ = []Nameless{
	(*Const)(nil), (*Probabilistic)(nil), (*RateLimiting)(nil), (*Remote)(nil), (*File)(nil), (*ParentBased)(nil),
}

var _ = []Early{
	(*Const)(nil), (*Probabilistic)(nil), (*RateLimiting)(nil), (*PerOperation)(nil),
	(*Remote)(nil), (*File)(nil), (*ParentBased)(nil),
}

// Excludes implements Early.
func (c *Const) Excludes(Params) bool { return !c.decision.Sample }

// IgnoresOperation implements Nameless: it does.
func (*Const) IgnoresOperation(Params) bool { return true }

// Self implements Early.
func (c *Const) Self() Sampler { return c }

// Excludes implements Early.
func (p *Probabilistic) Excludes(params Params) bool { return p.excludes(params.TraceID.Low) }

// IgnoresOperation implements Nameless: it does.
func (*Probabilistic) IgnoresOperation(Params) bool { return true }

// Self implements Early.
func (p *Probabilistic) Self() Sampler { return p }

// Excludes implements Early: it reports that no trace is left at the moment.
func (r *RateLimiting) Excludes(Params) bool { return r.empty() }

// IgnoresOperation implements Nameless: it does.
func (*RateLimiting) IgnoresOperation(Params) bool { return true }

// Self implements Early.
func (r *RateLimiting) Self() Sampler { return r }

// Excludes implements Early. Of an operation that is to be learned it does not know.
func (p *PerOperation) Excludes(params Params) bool {
	t := p.table.Load()
	o := t.find(params.Operation)
	if o == nil {
		return (t.lowerBound == 0 || t.len() >= p.max) && t.unlisted.probabilistic.excludes(params.TraceID.Low)
	}
	return o.probabilistic.excludes(params.TraceID.Low) && (o.bound == nil || o.bound.empty())
}

// Self implements Early.
func (p *PerOperation) Self() Sampler { return p }

// Excludes implements Early, if the strategy that is followed can tell.
func (f *follower) Excludes(p Params) bool {
	switch s := f.of.Value().(type) { // other types may embed one of these
	case *Probabilistic:
		return s.excludes(p.TraceID.Low)
	case *PerOperation:
		return s.Excludes(p)
	case *RateLimiting:
		return s.empty()
	}
	return false
}

// IgnoresOperation implements Nameless, if the strategy that is followed can tell. A new
// one may come before Sample is asked, which then decides about the name it is given.
func (f *follower) IgnoresOperation(Params) bool {
	switch f.of.Value().(type) {
	case *Probabilistic, *RateLimiting:
		return true
	}
	return false
}

// Self implements Early.
func (r *Remote) Self() Sampler { return r }

// Self implements Early.
func (f *File) Self() Sampler { return f }

// Excludes implements Early: for callers whose own decision counts it is theirs.
func (p *ParentBased) Excludes(params Params) bool {
	d := p.choose(params.Parent, params.ParentFlags)
	if d == nil {
		return !params.ParentFlags.IsSampled()
	}
	return d.early != nil && d.early.Excludes(params)
}

// IgnoresOperation implements Nameless: for callers whose own decision counts it does.
func (p *ParentBased) IgnoresOperation(params Params) bool {
	d := p.choose(params.Parent, params.ParentFlags)
	return d == nil || d.nameless != nil && d.nameless.IgnoresOperation(params)
}
