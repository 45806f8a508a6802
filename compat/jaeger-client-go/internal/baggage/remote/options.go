// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"cmp"
	"time"

	"github.com/uber/jaeger-client-go"
)

const (
	defaultHostPort        = "localhost:5778"
	defaultRefreshInterval = time.Minute
)

// Option changes what NewRestrictionManager makes.
type Option func(*options)

// Options makes the options of NewRestrictionManager.
var Options options

type options struct {
	deny            bool
	metrics         *jaeger.Metrics
	logger          jaeger.Logger
	hostPort        string
	refreshInterval time.Duration
}

// DenyBaggageOnInitializationFailure allows no key until the agent has answered. Without it
// every key is allowed until then.
func (options) DenyBaggageOnInitializationFailure(b bool) Option {
	return func(o *options) { o.deny = b }
}

// Metrics counts the fetches.
func (options) Metrics(m *jaeger.Metrics) Option { return func(o *options) { o.metrics = m } }

// Logger gets a line about each fetch that failed.
func (options) Logger(logger jaeger.Logger) Option { return func(o *options) { o.logger = logger } }

// HostPort is the agent; localhost:5778 when empty.
func (options) HostPort(hostPort string) Option { return func(o *options) { o.hostPort = hostPort } }

// RefreshInterval is the time between two fetches; a minute when 0 or less.
func (options) RefreshInterval(refreshInterval time.Duration) Option {
	return func(o *options) { o.refreshInterval = refreshInterval }
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
