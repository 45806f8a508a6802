// SPDX-License-Identifier: Apache-2.0

package rpcmetrics

import (
	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-lib/metrics"

	"github.com/uber/jaeger-client-go"
)

var _ jaeger.Observer = (*Observer)(nil)

// Observer counts the requests of the tracer it is given to.
type Observer struct {
	metricsByEndpoint *MetricsByEndpoint
}

// NewObserver returns an Observer that counts into metrics of the factory, whose
// endpoints are called as the normalizer says: DefaultNameNormalizer when nil.
func NewObserver(metricsFactory metrics.Factory, normalizer NameNormalizer) *Observer {
	return &Observer{&MetricsByEndpoint{factory: metricsFactory, normalizer: normalizer}}
}

// OnStartSpan implements jaeger.Observer.
func (o *Observer) OnStartSpan(operationName string, options opentracing.StartSpanOptions) jaeger.SpanObserver {
	return NewSpanObserver(o.metricsByEndpoint, operationName, options)
}
