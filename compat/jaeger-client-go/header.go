// SPDX-License-Identifier: Apache-2.0

package jaeger

import "github.com/go-spur/spur/propagation"

// HeadersConfig names the headers, and keys of text maps, that carry contexts. Empty names
// mean the defaults.
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

func (c *HeadersConfig) spurHeaders() propagation.JaegerHeaders {
	return propagation.JaegerHeaders{
		TraceContext: c.TraceContextHeaderName, DebugID: c.JaegerDebugHeader,
		Baggage: c.JaegerBaggageHeader, BaggagePrefix: c.TraceBaggageHeaderPrefix,
	}
}
