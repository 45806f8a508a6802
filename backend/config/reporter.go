// SPDX-License-Identifier: Apache-2.0

package config

import "errors"

// Reporter says which collectors of Jaeger an agent has, as settings of Jaeger's
// agent do. They are spoken to by gRPC.
type Reporter struct {
	Endpoints []string // as Forward has them; none is DefaultCollector
	TLS       ClientTLS
}

// DefaultCollector is an agent's collector when no other is named.
const DefaultCollector = "127.0.0.1:14250"

func (r *Reporter) options() []option {
	return append([]option{
		{"reporter.grpc.host-port", "REPORTER_GRPC_HOST_PORT", list(&r.Endpoints), "collectors of Jaeger, host:port,…: they are sent spans by turns, unless forward.endpoint is set, and are asked how to sample; dns:///name:port is all addresses of a name", DefaultCollector + ", unless forward.endpoint is set", Agent},
	}, r.TLS.options("reporter.grpc.tls", "REPORTER_GRPC_TLS", "use TLS", Agent)...)
}

// checkReporter returns what is missing, or of no use.
func (c *Config) checkReporter() (wrong []error) {
	if !c.Reporter.TLS.Enabled && c.Reporter.TLS != (ClientTLS{}) {
		wrong = append(wrong, errors.New("reporter.grpc.tls.*: no use without reporter.grpc.tls.enabled"))
	}
	f, d := c.Forward, defaultForward()
	if len(f.Endpoints) == 0 && (f.Protocol != d.Protocol || f.TLS != d.TLS) {
		wrong = append(wrong, errors.New("forward.protocol and forward.tls: no use without forward.endpoint"))
	}
	return append(wrong, c.Reporter.TLS.check("reporter.grpc.tls")...)
}

// Outgoing is where the store forward sends spans: that of an agent to its
// collectors, unless Forward names others.
func (c *Config) Outgoing() Forward {
	if c.Command == Agent && len(c.Forward.Endpoints) == 0 {
		return c.collectors()
	}
	return c.Forward
}

// Asked is who tells an agent how to sample: its collectors or, if it has none, who
// is sent the spans. It has no Endpoints if they only speak OTLP, which has no such
// question.
func (c *Config) Asked() Forward {
	f := c.Forward
	switch {
	case len(f.Endpoints) == 0 || len(c.Reporter.Endpoints) > 0:
		return c.collectors()
	case f.Protocol == "jaeger-grpc" || f.Protocol == "thrift-http":
		return f
	}
	return Forward{}
}

func (c *Config) collectors() Forward {
	f := c.Forward
	f.Endpoints, f.Protocol, f.TLS = c.Reporter.Endpoints, "jaeger-grpc", c.Reporter.TLS
	if len(f.Endpoints) == 0 {
		f.Endpoints = []string{DefaultCollector}
	}
	return f
}
