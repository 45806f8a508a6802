// SPDX-License-Identifier: Apache-2.0

package propagation

import "fmt"

// Option configures a propagator. Options are applied in order; the constructor
// checks the outcome. An option that does not concern the propagator's formats is
// checked all the same.
type Option interface{ apply(*config) }

// config is what options write to.
type config struct {
	headers  JaegerHeaders
	b3Prefix string
	b3Single bool
	limits   Limits
}

func newConfig(opts []Option) (c config, err error) {
	for i, o := range opts {
		if o == nil {
			return c, fmt.Errorf("propagation: option %d is nil", i+1)
		}
		o.apply(&c)
	}
	c.limits, err = c.limits.withDefaults()
	return c, err
}

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithLimits replaces the limits. Fields that are zero keep their defaults.
func WithLimits(l Limits) Option {
	return optionFunc(func(c *config) { c.limits = l })
}

// WithJaegerHeaders replaces the names of Jaeger's headers. Fields that are empty
// keep their defaults. The binary format has no names and ignores it.
func WithJaegerHeaders(h JaegerHeaders) Option {
	return optionFunc(func(c *config) { c.headers = h })
}

// WithB3BaggagePrefix replaces what the headers of baggage begin with in the B3
// formats. The default, also of "", is "baggage-", as in jaeger-client-go's
// zipkin package. It is to be what WithJaegerHeaders' names are to be.
func WithB3BaggagePrefix(prefix string) Option {
	return optionFunc(func(c *config) { c.b3Prefix = prefix })
}

// WithB3Single makes FormatB3 inject the single header b3 instead of x-b3-*.
func WithB3Single() Option {
	return optionFunc(func(c *config) { c.b3Single = true })
}
