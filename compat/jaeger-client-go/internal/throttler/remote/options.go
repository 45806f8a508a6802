// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"cmp"
	"time"

	"github.com/uber/jaeger-client-go"
)

const (
	defaultHostPort        = "localhost:5778"
	defaultRefreshInterval = 5 * time.Second
)

// Option changes what NewThrottler makes.
type Option func(*options)

// Options makes the options of NewThrottler.
var Options options

type options struct {
	metrics         *jaeger.Metrics
	logger          jaeger.Logger
	hostPort        string
	refreshInterval time.Duration
	synchronous     bool
}

// Metrics counts the fetches, and the debug traces that are refused.
func (options) Metrics(m *jaeger.Metrics) Option { return func(o *options) { o.metrics = m } }

// Logger gets a line about each fetch that failed.
func (options) Logger(logger jaeger.Logger) Option { return func(o *options) { o.logger = logger } }

// HostPort is the agent; localhost:5778 when empty.
func (options) HostPort(hostPort string) Option { return func(o *options) { o.hostPort = hostPort } }

// RefreshInterval is the time between two fetches; 5 s when 0 or less.
func (options) RefreshInterval(refreshInterval time.Duration) Option {
	return func(o *options) { o.refreshInterval = refreshInterval }
}

// SynchronousInitialization asks the agent before a debug trace without a credit is
// refused, for a second at most. Without it an operation has none until the next fetch.
func (options) SynchronousInitialization(b bool) Option {
	return func(o *options) { o.synchronous = b }
}

func applyOptions(all []Option) options {
	var o options
	for _, option := range all {
		option(&o)
	}
	if o.metrics == nil {
		o.metrics = jaeger.NewNullMetrics()
	}
	if o.logger == nil {
		o.logger = jaeger.NullLogger
	}
	o.hostPort = cmp.Or(o.hostPort, defaultHostPort)
	o.refreshInterval = cmp.Or(max(o.refreshInterval, 0), defaultRefreshInterval)
	return o
}
