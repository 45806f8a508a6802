// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// calculator computes probabilities from throughput, as Jaeger 1.62 does: see
// DESIGN.md.
type calculator struct {
	config     AdaptiveConfig
	services   map[string]map[string]*operation
	operations int
	bucket     int // the number of calls of next
}

func newCalculator(c AdaptiveConfig) calculator {
	return calculator{config: c, services: map[string]map[string]*operation{}}
}

// operation is what is known of one.
type operation struct {
	probability float64
	qps         []float64 // of the last buckets in which it was seen, the newest first
	seen        int       // the bucket in which it was seen last
}

// learn takes over probabilities of before.
func (c *calculator) learn(computed []store.Probability) {
	for _, p := range computed {
		if o := c.operation(p.Service, p.Operation); o != nil && p.Probability >= 0 && p.Probability <= 1 {
			o.probability = p.Probability
		}
	}
}

// next computes new probabilities from what was counted in a time. An operation that
// was not seen in it keeps its own, and is forgotten after AggregationBuckets.
func (c *calculator) next(counted []store.Throughput, in time.Duration) {
	c.bucket++
	for key, t := range joined(counted) {
		o := c.operation(key[0], key[1])
		if o == nil {
			continue
		}
		o.seen = c.bucket
		o.qps = slices.Insert(o.qps, 0, float64(t.Count)/in.Seconds())
		o.qps = o.qps[:min(len(o.qps), c.config.BucketsForCalculation)]
		o.probability = c.probability(o, t.Probabilities)
	}
	for service, operations := range c.services {
		for name, o := range operations {
			if c.bucket-o.seen >= c.config.AggregationBuckets {
				delete(operations, name)
				c.operations--
			}
		}
		if len(operations) == 0 {
			delete(c.services, service)
		}
	}
}

// joined adds up what collectors counted, by service and operation.
func joined(counted []store.Throughput) map[[2]string]store.Throughput {
	sums := make(map[[2]string]store.Throughput, len(counted))
	for _, t := range counted {
		key := [2]string{t.Service, t.Operation}
		sum := sums[key]
		sum.Count += t.Count
		sum.Probabilities = append(sum.Probabilities, t.Probabilities...)
		sums[key] = sum
	}
	return sums
}

// operation returns what is known of one, or nil if it is one too many.
func (c *calculator) operation(service, name string) *operation {
	operations := c.services[service]
	if o := operations[name]; o != nil {
		return o
	}
	if c.operations >= maxOperations || len(operations) >= maxServiceOperations {
		return nil
	}
	if operations == nil {
		operations = map[string]*operation{}
		c.services[service] = operations
	}
	o := &operation{probability: c.config.InitialProbability, seen: c.bucket}
	operations[name] = o
	c.operations++
	return o
}

// probability returns the one that would have led to the wanted traces a second.
func (c *calculator) probability(o *operation, used []float64) float64 {
	p, qps, target := o.probability, weighted(o.qps), c.config.TargetSamplesPerSecond
	// What other probabilities led to says nothing about p: clients have not asked
	// since, or do not do what they are told. With the first they need not know it.
	ours := math.Abs(p-c.config.InitialProbability) < 1e-10 || slices.Contains(used, rounded(p))
	if !ours || math.Abs(qps-target)/target < c.config.DeltaTolerance {
		return p
	}
	factor := 2.0 // at most: what was seen may have been a pause
	if qps > 0 {
		factor = min(factor, target/qps)
	}
	return min(1, max(c.config.MinProbability, p*factor))
}

// weighted is the mean of qps, the newest first, with the weights of Jaeger: n⁴ for
// the newest of n, 1 for the oldest.
func weighted(qps []float64) float64 {
	var sum, weights float64
	for i, q := range qps {
		w := math.Pow(float64(len(qps)-i), 4)
		sum += w * q
		weights += w
	}
	return sum / max(weights, 1)
}

// probabilities returns all, sorted by service and operation.
func (c *calculator) probabilities() []store.Probability {
	all := make([]store.Probability, 0, c.operations)
	for service, operations := range c.services {
		for name, o := range operations {
			all = append(all, store.Probability{Service: service, Operation: name, Probability: o.probability, QPS: weighted(o.qps)})
		}
	}
	slices.SortFunc(all, func(a, b store.Probability) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation))
	})
	return all
}
