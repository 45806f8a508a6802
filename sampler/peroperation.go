// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/go-spur/spur/internal/jsondoc"
	"github.com/go-spur/spur/model"
)

// PerOperation gives each operation its own probability and, if the strategy has
// a lower bound, so many traces a second at least: what Jaeger's adaptive sampling
// asks for. A trace is sampled if the probability says so; if not, it is when its
// operation has had fewer traces than the bound in a while. Both count towards
// the bound. Each bound is a token bucket, as that of RateLimiting, so the first
// trace of an operation is always sampled, but for a bound of 0.
//
// Operations that the strategy does not list have its default probability, and a
// bound of their own from the first time they are seen, up to a maximum of all
// operations; further ones have the default probability only. An Update forgets those
// whose buckets are full again.
//
// Sampled roots are tagged sampler.type=probabilistic or lowerbound, and in both
// cases sampler.param=probability (DOUBLE): Jaeger's adaptive sampling computes
// the next probability from these tags.
//
// Sample takes no lock, and allocates only for an operation it has not seen.
type PerOperation struct {
	max   int
	table atomic.Pointer[operationTable]
}

// operationTable does not change. Operations that are learned one by one go into
// recent, which is copied for each; when it is full, base is copied with it.
type operationTable struct {
	probability, lowerBound float64
	unlisted                *operationRule
	base, recent            map[string]*operationState
}

// maxRecent balances the two copies for tables of some thousand operations.
const maxRecent = 64

// operationRule is what operations of one probability share.
type operationRule struct {
	probabilistic *Probabilistic
	lowerTags     []model.Tag
}

type operationState struct {
	*operationRule
	bound *RateLimiting // nil: none
}

// NewPerOperation returns a sampler for a strategy of type StrategyPerOperation.
// maxOperations is how many operations it knows at most, beside those that a
// strategy lists, all of which it knows; 0 stands for MaxOperations. A strategy
// out of range is an ErrStrategy.
func NewPerOperation(s Strategy, maxOperations int) (*PerOperation, error) {
	if maxOperations < 0 {
		return nil, fmt.Errorf("%w: maximum of operations %d is negative", ErrInvalidOption, maxOperations)
	}
	p := &PerOperation{max: cmp.Or(maxOperations, MaxOperations)}
	if err := p.Update(s); err != nil {
		return nil, err
	}
	return p, nil
}

// Sample implements Sampler.
func (p *PerOperation) Sample(params Params) Decision {
	t := p.table.Load()
	o := t.find(params.Operation)
	if o == nil {
		o = p.learn(t, params.Operation)
	}
	if o == nil {
		return t.unlisted.probabilistic.Sample(params)
	}
	d := o.probabilistic.Sample(params)
	if o.bound != nil && o.bound.Sample(params).Sample && !d.Sample {
		return Decision{Sample: true, Tags: o.lowerTags}
	}
	return d
}

// learn adds an operation that t does not know. It returns nil if there is no
// reason to, or no room.
func (p *PerOperation) learn(t *operationTable, name string) *operationState {
	if t.lowerBound == 0 || t.len() >= p.max {
		return nil
	}
	o := newOperationState(t.unlisted, t.lowerBound)
	name = strings.Clone(name) // it may be a piece of something large
	for !p.table.CompareAndSwap(t, t.with(name, o)) {
		t = p.table.Load()
		if known := t.find(name); known != nil {
			return known
		}
		if t.lowerBound == 0 || t.len() >= p.max {
			return nil
		}
		o = newOperationState(t.unlisted, t.lowerBound)
	}
	return o
}

// Update makes the sampler obey another strategy of type StrategyPerOperation.
// Operations keep what is in their buckets, learned ones too. It may be called
// from any goroutine. After an error, an ErrStrategy, nothing has changed.
func (p *PerOperation) Update(s Strategy) error {
	if s.Type != StrategyPerOperation {
		return badField("Type", jsondoc.Quote(s.Type.String(), "is not "+StrategyPerOperation.String()))
	}
	if err := s.Validate(); err != nil {
		return err
	}
	for {
		old := p.table.Load()
		if p.table.CompareAndSwap(old, newOperationTable(s, old, p.max)) {
			return nil
		}
	}
}

// newOperationTable makes the table of a valid strategy. old may be nil.
func newOperationTable(s Strategy, old *operationTable, limit int) *operationTable {
	rules := map[float64]*operationRule{}
	rule := func(probability float64) *operationRule {
		r := rules[probability]
		if r == nil {
			p, _ := NewProbabilistic(probability) // s is valid
			r = &operationRule{p, reason("lowerbound", model.Float64(p.rate))}
			rules[probability] = r
		}
		return r
	}
	t := &operationTable{
		probability: s.Probability, lowerBound: s.LowerBound, unlisted: rule(s.Probability),
		base: make(map[string]*operationState, len(s.Operations)),
	}
	for _, o := range s.Operations {
		t.base[o.Operation] = old.find(o.Operation).next(rule(o.Probability), s.LowerBound)
	}
	if old == nil || s.LowerBound == 0 {
		return t
	}
	for _, known := range []map[string]*operationState{old.base, old.recent} {
		for name, o := range known {
			if _, listed := t.base[name]; !listed && len(t.base) < limit && o.bound != nil && o.bound.filled() < 1 {
				t.base[name] = o.next(t.unlisted, s.LowerBound)
			}
		}
	}
	return t
}

func newOperationState(r *operationRule, lowerBound float64) *operationState {
	o := &operationState{operationRule: r}
	if lowerBound > 0 {
		o.bound, _ = NewRateLimiting(lowerBound) // the strategy is valid
		o.bound.tags = nil                       // for the garbage collector
	}
	return o
}

// next is the state under another strategy. o may be nil.
func (o *operationState) next(r *operationRule, lowerBound float64) *operationState {
	if o == nil || o.bound == nil || lowerBound == 0 {
		return newOperationState(r, lowerBound)
	}
	bound, _ := o.bound.at(lowerBound)
	return &operationState{r, bound}
}

func (t *operationTable) find(name string) *operationState {
	if t == nil {
		return nil
	}
	if o := t.base[name]; o != nil {
		return o
	}
	return t.recent[name]
}

func (t *operationTable) len() int { return len(t.base) + len(t.recent) }

// with returns a table with one operation more.
func (t *operationTable) with(name string, o *operationState) *operationTable {
	n := *t
	if len(t.recent) < maxRecent {
		n.recent = make(map[string]*operationState, len(t.recent)+1)
		maps.Copy(n.recent, t.recent)
		n.recent[name] = o
		return &n
	}
	n.base = make(map[string]*operationState, t.len()+1)
	maps.Copy(n.base, t.base)
	maps.Copy(n.base, t.recent)
	n.base[name] = o
	n.recent = nil
	return &n
}

// Strategy returns what the sampler does now: the strategy that it obeys, with the
// operations that it has learned among those listed, by name.
func (p *PerOperation) Strategy() Strategy {
	t := p.table.Load()
	s := Strategy{Type: StrategyPerOperation, Probability: t.probability, LowerBound: t.lowerBound}
	for _, known := range []map[string]*operationState{t.base, t.recent} {
		for name, o := range known {
			s.Operations = append(s.Operations, OperationStrategy{name, o.probabilistic.rate})
		}
	}
	slices.SortFunc(s.Operations, func(a, b OperationStrategy) int { return strings.Compare(a.Operation, b.Operation) })
	return s
}

// Status implements Statuser. Param is the default probability; Operations
// counts those listed and those learned.
func (p *PerOperation) Status() Status {
	t := p.table.Load()
	return Status{
		Type: StrategyPerOperation.String(), Param: t.probability, Operations: t.len(),
		Description: perOperationString(t.probability, t.len(), t.lowerBound),
	}
}

// String returns a description such as
// "peroperation(0.5, 2 operations, each at least 0.1/s)".
func (p *PerOperation) String() string { return p.Status().Description }

func perOperationString(probability float64, operations int, lowerBound float64) string {
	s := fmt.Sprintf("peroperation(%s, %d operations", formatRate(probability), operations)
	if operations == 1 {
		s = strings.TrimSuffix(s, "s")
	}
	if lowerBound > 0 {
		s += ", each at least " + formatRate(lowerBound) + "/s"
	}
	return s + ")"
}
