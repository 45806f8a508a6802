// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"fmt"
	"io"

	"github.com/go-spur/spur/model"
)

var (
	_ Sampler   = (*ParentBased)(nil)
	_ Late      = (*ParentBased)(nil)
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
// It can be Late because its root sampler can be: with a root that is not, it
// never answers Undecided.
type ParentBased struct {
	root Sampler
	late Late // root, if it is one
}

// NewParentBased returns a sampler that asks root where no parent has decided.
// It owns root: Close closes it. A nil root never samples.
func NewParentBased(root Sampler) *ParentBased {
	if root == nil {
		root = NewConst(false)
	}
	late, _ := root.(Late)
	return &ParentBased{root: root, late: late}
}

// Sample implements Sampler.
func (p *ParentBased) Sample(params Params) Decision {
	if decided(params.Parent) {
		return Decision{Sample: params.ParentFlags&model.FlagSampled != 0}
	}
	d := p.root.Sample(params)
	if p.late == nil {
		d.Undecided = false // nobody to ask again: the answer stands
	}
	return d
}

// Reconsider implements Late. It asks the root sampler if that is Late, and does
// not sample otherwise.
func (p *ParentBased) Reconsider(e Event) Decision {
	if decided(e.Parent) {
		return Decision{Sample: e.ParentFlags&model.FlagSampled != 0}
	}
	if p.late == nil {
		return Decision{}
	}
	return p.late.Reconsider(e)
}

// Status implements Statuser. Type and Param are the root sampler's; a root that
// is no Statuser has the type "custom".
func (p *ParentBased) Status() Status {
	st := Status{Type: "custom"}
	if s, ok := p.root.(Statuser); ok {
		st = s.Status()
	}
	if st.Description == "" {
		st.Description = fmt.Sprintf("%T", p.root)
	}
	st.Description = "parentbased(" + st.Description + ")"
	return st
}

// String returns a description such as "parentbased(probabilistic(0.001))".
func (p *ParentBased) String() string { return p.Status().Description }

// Close closes the root sampler if it is an io.Closer, and returns its error.
func (p *ParentBased) Close() error {
	if c, ok := p.root.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

func decided(k ParentKind) bool { return k == ParentRemote || k == ParentLocal }
