// SPDX-License-Identifier: Apache-2.0

package jaeger

import "github.com/go-spur/spur/propagation"

// HeadersConfig names the headers, and keys of text maps, that carry contexts. Empty names
// mean the defaults. They are found in any case.
type HeadersConfig struct {
	JaegerDebugHeader        string `yaml:"jaegerDebugHeader"`
	JaegerBaggageHeader      string `yaml:"jaegerBaggageHeader"`
	TraceContextHeaderName   string `yaml:"TraceContextHeaderName"`
	TraceBaggageHeaderPrefix string `yaml:"traceBaggageHeaderPrefix"`
}

// ApplyDefaults fills what is empty, and returns c.
func (c *HeadersConfig) ApplyDefaults() *HeadersConfig {
	for _, f := range []struct {
		name  *string
		value string
	}{
		{&c.JaegerDebugHeader, JaegerDebugHeader},
		{&c.JaegerBaggageHeader, JaegerBaggageHeader},
		{&c.TraceContextHeaderName, TraceContextHeaderName},
		{&c.TraceBaggageHeaderPrefix, TraceBaggageHeaderPrefix},
	} {
		if *f.name == "" {
			*f.name = f.value
		}
	}
	return c
}

// complete returns a copy without empty names. Of nil it has the defaults.
func (c *HeadersConfig) complete() (all HeadersConfig) {
	if c != nil {
		all = *c
	}
	return *all.ApplyDefaults()
}

func (c *HeadersConfig) spurHeaders() propagation.JaegerHeaders {
	return propagation.JaegerHeaders{
		TraceContext: c.TraceContextHeaderName, DebugID: c.JaegerDebugHeader,
		Baggage: c.JaegerBaggageHeader, BaggagePrefix: c.TraceBaggageHeaderPrefix,
	}
}

// check reports what is wrong with the names, as HTTP headers or as keys of text maps.
func (c *HeadersConfig) check() error {
	_, err := propagation.Jaeger(propagation.HTTP, propagation.WithJaegerHeaders(c.spurHeaders()))
	return err
}
