// SPDX-License-Identifier: Apache-2.0

package rpcmetrics

import (
	"strings"
	"sync"

	"github.com/uber/jaeger-lib/metrics"
)

const otherEndpoint = "other"

// MetricsByEndpoint has the Metrics of each endpoint. NewObserver makes one; the zero
// value counts nowhere. It may be used from several goroutines.
type MetricsByEndpoint struct {
	factory    metrics.Factory
	normalizer NameNormalizer
	other      endpoint

	mu          sync.RWMutex
	byOperation map[string]*endpoint // up to maxEndpoints
	byName      map[string]*endpoint // after normalizing
}

// endpoint makes its metrics when it is first asked for them.
type endpoint struct {
	name    string
	once    sync.Once
	metrics Metrics
}

// get returns the metrics of an operation: those of "other" when it has none of its own.
func (m *MetricsByEndpoint) get(operation string) *Metrics {
	m.mu.RLock()
	e, full := m.byOperation[operation], len(m.byOperation) >= maxEndpoints
	m.mu.RUnlock()
	switch {
	case e != nil:
	case full, len(operation) > maxNameBytes:
		e = &m.other
	case m.normalizer == nil:
		e = m.open(operation, DefaultNameNormalizer.Normalize(operation))
	default:
		e = m.open(operation, m.normalizer.Normalize(operation))
	}
	return e.get(m.factory)
}

// open adds an operation, whose endpoint may be that of others too.
func (m *MetricsByEndpoint) open(operation, name string) *endpoint {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.byOperation[operation]; e != nil {
		return e
	}
	if len(m.byOperation) >= maxEndpoints {
		return &m.other
	}
	if m.byOperation == nil {
		m.byOperation = map[string]*endpoint{}
		m.byName = map[string]*endpoint{"": &m.other, otherEndpoint: &m.other}
	}
	e := m.byName[name]
	if e == nil {
		name = strings.Clone(name)
		e = &endpoint{name: name}
		m.byName[name] = e
	}
	m.byOperation[strings.Clone(operation)] = e
	return e
}

// get makes the metrics at the first call. Those that a factory cannot make, because it
// panics, count nowhere from then on.
func (e *endpoint) get(factory metrics.Factory) *Metrics {
	e.once.Do(func() {
		name := e.name
		if name == "" {
			name = otherEndpoint
		}
		metrics.MustInit(&e.metrics, metrics.NullFactory, nil)
		metrics.MustInit(&e.metrics, factory, map[string]string{"endpoint": name})
	})
	return &e.metrics
}
