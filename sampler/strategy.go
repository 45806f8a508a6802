// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-spur/spur/internal/jsondoc"
)

// DefaultProbability is what is sampled where nobody says otherwise: Jaeger's own
// default.
const DefaultProbability = 0.001

// MaxOperations is how many operations a strategy may list, and a PerOperation
// knows, unless a larger number is asked for.
const MaxOperations = 2000

// ErrStrategy is what is returned, wrapped with the field that is to blame, for a
// strategy that cannot be obeyed.
var ErrStrategy = errors.New("sampler: bad strategy")

// StrategyType is one of the three ways in which a Strategy samples.
type StrategyType uint8

// The types of strategy.
const (
	StrategyProbabilistic StrategyType = iota // Probability
	StrategyRateLimiting                      // TracesPerSecond
	StrategyPerOperation                      // Operations, Probability, LowerBound
)

// String returns what Status.Type says of such a sampler.
func (t StrategyType) String() string {
	switch t {
	case StrategyProbabilistic:
		return "probabilistic"
	case StrategyRateLimiting:
		return "ratelimiting"
	case StrategyPerOperation:
		return "peroperation"
	}
	return "unknown " + strconv.Itoa(int(t))
}

// Strategy is what Jaeger can ask of a service: how to sample the traces that
// begin there. It is plain data. Fields that its type does not use are without
// meaning; the zero Strategy samples nothing.
type Strategy struct {
	Type            StrategyType
	Probability     float64             // 0 to 1; of StrategyPerOperation: of operations that are not listed
	TracesPerSecond float64             // 0 to MaxTracesPerSecond
	LowerBound      float64             // traces a second of each operation, at least; 0 is no bound
	Operations      []OperationStrategy // of two with one name the later one counts
}

// OperationStrategy is the probability of one operation, by its exact name.
type OperationStrategy struct {
	Operation   string
	Probability float64
}

// Validate returns an ErrStrategy that names the first field that is out of
// range.
func (s Strategy) Validate() error {
	switch s.Type {
	case StrategyProbabilistic:
		return checkProbability("Probability", s.Probability)
	case StrategyRateLimiting:
		return checkRate("TracesPerSecond", s.TracesPerSecond)
	case StrategyPerOperation:
	default:
		return badField("Type", jsondoc.Quote(s.Type.String(), "is none that is known"))
	}
	if err := checkProbability("Probability", s.Probability); err != nil {
		return err
	}
	if err := checkRate("LowerBound", s.LowerBound); err != nil {
		return err
	}
	for i := range s.Operations {
		if err := checkProbability(fmt.Sprintf("Operations[%d].Probability", i), s.Operations[i].Probability); err != nil {
			return err
		}
	}
	return nil
}

// String returns one line such as "probabilistic(0.001)", or
// "peroperation(0.5, 2 operations, each at least 0.1/s)".
func (s Strategy) String() string {
	switch s.Type {
	case StrategyProbabilistic:
		return "probabilistic(" + formatRate(s.Probability) + ")"
	case StrategyRateLimiting:
		return "ratelimiting(" + formatRate(s.TracesPerSecond) + ")"
	case StrategyPerOperation:
		return perOperationString(s.Probability, len(s.Operations), s.LowerBound)
	}
	return s.Type.String()
}

// Sampler returns a sampler that obeys s: *Probabilistic, *RateLimiting or
// *PerOperation. current is the one in force, or nil. If it can obey s as it is,
// or (*PerOperation) after an Update, it is returned; else a *RateLimiting hands
// on how full its bucket is, so that a new strategy does not come with a burst of
// traces. maxOperations is that of NewPerOperation. The error is that of Validate.
func (s Strategy) Sampler(current Sampler, maxOperations int) (Sampler, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	switch s.Type {
	case StrategyProbabilistic:
		if p, ok := current.(*Probabilistic); ok && p.rate == s.Probability {
			return p, nil
		}
		return NewProbabilistic(s.Probability)
	case StrategyRateLimiting:
		if r, ok := current.(*RateLimiting); ok {
			return r.at(s.TracesPerSecond)
		}
		return NewRateLimiting(s.TracesPerSecond)
	}
	if p, ok := current.(*PerOperation); ok && p.max == cmp.Or(maxOperations, MaxOperations) {
		return p, p.Update(s)
	}
	return NewPerOperation(s, maxOperations)
}

// at returns a sampler for another rate whose bucket is as full as that of r.
func (r *RateLimiting) at(perSecond float64) (*RateLimiting, error) {
	if perSecond == r.rate {
		return r, nil
	}
	n, err := NewRateLimiting(perSecond)
	if err != nil || n.interval == 0 || r.interval == 0 {
		return n, err
	}
	n.spent.Store(-int64(r.filled() * float64(n.capacity)))
	return n, nil
}

// filled is how full the bucket is, from 0 to 1.
func (r *RateLimiting) filled() float64 {
	if r.interval == 0 {
		return 1
	}
	in := int64(time.Since(r.start)) - r.spent.Load()
	return float64(min(in, r.capacity)) / float64(r.capacity)
}

func checkProbability(field string, p float64) error {
	if p >= 0 && p <= 1 {
		return nil
	}
	return badField(field, jsondoc.Quote(formatRate(p), "is not between 0 and 1"))
}

func checkRate(field string, perSecond float64) error {
	if perSecond >= 0 && perSecond <= MaxTracesPerSecond {
		return nil
	}
	return badField(field, jsondoc.Quote(formatRate(perSecond), "is not between 0 and 1e+06"))
}

func badField(field string, reason error) error {
	return fmt.Errorf("%w: %s: %w", ErrStrategy, field, reason)
}
