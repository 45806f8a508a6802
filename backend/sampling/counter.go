// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/go-spur/spur/backend/store"
)

// counter counts the sampled traces of each operation.
type counter struct {
	mu         sync.Mutex
	services   map[string]map[string]*store.Throughput
	operations int
	ignored    int // traces of more operations than there may be
}

// add counts a trace that was chosen by a probability, or by a lower bound beside it.
func (c *counter) add(service, operation string, lowerBound bool, probability float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.services[service][operation]
	if t == nil {
		if t = c.begin(service, operation); t == nil {
			c.ignored++
			return
		}
	}
	if !lowerBound {
		t.Count++
	}
	if p := rounded(probability); len(t.Probabilities) < maxProbabilities && !slices.Contains(t.Probabilities, p) {
		t.Probabilities = append(t.Probabilities, p)
	}
}

// begin returns what counts an operation that is new, or nil if it is one too many.
func (c *counter) begin(service, operation string) *store.Throughput {
	operations := c.services[service]
	if len(service) > maxNameBytes || len(operation) > maxNameBytes || c.operations >= maxOperations || len(operations) >= maxServiceOperations {
		return nil
	}
	t := &store.Throughput{Service: strings.Clone(service), Operation: strings.Clone(operation)}
	if operations == nil {
		if c.services == nil {
			c.services = map[string]map[string]*store.Throughput{}
		}
		operations = map[string]*store.Throughput{}
		c.services[t.Service] = operations
	}
	operations[t.Operation] = t
	c.operations++
	return t
}

// take returns what was counted since it was called last, of how many services, and
// how many traces were not counted.
func (c *counter) take() (counted []store.Throughput, services, ignored int) {
	c.mu.Lock()
	of, n := c.services, c.operations
	services, ignored = len(of), c.ignored
	c.services, c.operations, c.ignored = nil, 0, 0
	c.mu.Unlock()
	counted = make([]store.Throughput, 0, n)
	for _, operations := range of {
		for _, t := range operations {
			counted = append(counted, *t)
		}
	}
	return counted, services, ignored
}

// rounded returns p with the six digits behind the point that Jaeger compares.
func rounded(p float64) float64 { return math.Round(p*1e6) / 1e6 }
