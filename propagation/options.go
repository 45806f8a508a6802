// SPDX-License-Identifier: Apache-2.0

package propagation

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

type b3PrefixOption string

func (o b3PrefixOption) apply(c *config) { c.b3Prefix = string(o) }

// WithB3BaggagePrefix replaces what the headers of baggage begin with in the B3
// formats. The default, also of "", is "baggage-", as in jaeger-client-go's
// zipkin package. It is to be what WithJaegerHeaders' names are to be.
func WithB3BaggagePrefix(prefix string) Option { return b3PrefixOption(prefix) }

type b3SingleOption struct{}

func (b3SingleOption) apply(c *config) { c.b3Single = true }

// WithB3Single makes FormatB3 inject the single header b3 instead of x-b3-*.
func WithB3Single() Option { return b3SingleOption{} }
