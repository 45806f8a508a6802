// SPDX-License-Identifier: Apache-2.0

package propagation

// Option configures a propagator. Options are applied in order; the constructor
// checks the outcome.
type Option interface{ apply(*config) }

// config is what options write to.
type config struct {
	headers JaegerHeaders
	limits  Limits
}

func newConfig(opts []Option) config {
	var c config
	for _, o := range opts {
		o.apply(&c)
	}
	return c
}

type limitsOption Limits

func (o limitsOption) apply(c *config) { c.limits = Limits(o) }

// WithLimits replaces the limits. Fields that are zero keep their defaults.
func WithLimits(l Limits) Option { return limitsOption(l) }

type headersOption JaegerHeaders

func (o headersOption) apply(c *config) { c.headers = JaegerHeaders(o) }

// WithJaegerHeaders replaces the names of Jaeger's headers. Fields that are empty
// keep their defaults. The binary format has no names and ignores it.
func WithJaegerHeaders(h JaegerHeaders) Option { return headersOption(h) }
