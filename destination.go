// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/transport"
)

// What Stats.Source says when it names no variable.
const (
	sourceDefault   = "default"
	sourceOption    = "WithEndpoint"
	sourceReporter  = "WithReporter"
	sourceBothKinds = "WithEndpoint, WithReporter"
)

// WithEndpoint adds a destination for finished spans, which the URL names:
//
//	udp://host:port           an agent: Thrift compact over UDP; the port is 6831 when left out
//	udp://host?format=binary  the same in Thrift's binary protocol, at port 6832
//	http://host:port/path     a collector: Thrift over HTTP, at /api/traces when the path is left out or "/"
//	https://host/v1/traces    any path that ends like this: OTLP over HTTP, in protobuf
//
// A user and password in the URL are sent as basic authentication, and shown
// nowhere. Several destinations are served side by side, each with its own queue
// and books; Stats and log lines name them "agent", "collector" or "otlp", and where
// the name is taken, also by a reporter of WithReporter, "otlp-2". Together they
// replace the default, Jaeger's agent, and the endpoint that FromEnv found in front
// of them. One that FromEnv finds behind them replaces them: what stands before
// FromEnv is a default. What FromEnv finds in the JAEGER_REPORTER_… and OTEL_BSP_…
// variables, of queues and time limits, holds for all of them, as does the proxy;
// OTEL_EXPORTER_OTLP_… variables do not.
//
// WithReporter adds its reporter to them; it is also the way to what a URL cannot
// say, such as headers, certificates and compression (transport.NewHTTP with
// reporter.NewBatching). FromEnv does nothing for such a reporter: queue, time limits
// and proxy are what its own options say.
//
// A URL that cannot be used is a ConfigError. New opens no connection.
func WithEndpoint(endpoint string) Option {
	return optionFunc(func(c *config) {
		e, err := parseEndpoint(endpoint)
		if err == nil {
			_, err = e.transport(&sending{})
		}
		if err != nil {
			c.fail("WithEndpoint", hideCredentials(endpoint), err)
			return
		}
		e.setBy = "WithEndpoint"
		if c.source != sourceOption {
			c.endpoints = nil // the environment's
		}
		c.endpoints, c.noEndpoint, c.source = append(c.endpoints, e), false, sourceOption
	})
}

// WithInBandStats makes OTLP destinations of WithEndpoint and FromEnv carry the
// numbers of spans lost so far, as attributes of the instrumentation scope. Thrift
// over UDP always carries them.
func WithInBandStats() Option {
	return optionFunc(func(c *config) { c.sending.inBandStats = true })
}

// WithSemanticNames makes OTLP destinations of WithEndpoint and FromEnv write
// OpenTracing's tag names as OpenTelemetry's current ones: http.method becomes
// http.request.method, for instance. By default tags keep their names.
func WithSemanticNames() Option {
	return optionFunc(func(c *config) { c.sending.semanticNames = true })
}

// sending is what all endpoints have in common. Fields left zero have the
// defaults of reporter and transport.
type sending struct {
	queueSpans        int
	flushInterval     time.Duration
	retryBudget       time.Duration
	timeout           time.Duration // of an HTTP exchange
	proxy             func(*http.Request) (*url.URL, error)
	reconnectInterval time.Duration // UDP
	noReconnect       bool          // UDP
	inBandStats       bool
	semanticNames     bool
}

// endpoint is one destination that the tracer makes itself.
type endpoint struct {
	setBy   string // the option or variable that an error names
	udp     bool
	address string // host:port, or a URL without credentials
	http    transport.HTTPOptions
	format  transport.Format
}

// defaultEndpoint is where spans go when nobody says.
func defaultEndpoint() endpoint {
	return endpoint{setBy: "agent", udp: true, address: "localhost:6831", format: transport.JaegerCompact}
}

// transport opens nothing. Its errors show no credentials.
func (e *endpoint) transport(s *sending) (transport.Transport, error) {
	if e.udp {
		udp, err := transport.NewUDP(e.address, transport.UDPOptions{
			Format: e.format, ResolveInterval: s.reconnectInterval, DisableReconnect: s.noReconnect,
		})
		if err != nil {
			return nil, err
		}
		return udp, nil
	}
	o := e.http
	o.Format, o.Proxy, o.Timeout = e.format, s.proxy, cmp.Or(s.timeout, o.Timeout)
	h, err := transport.NewHTTP(e.address, o)
	if err != nil {
		return nil, err
	}
	return h, nil
}

// name is what Stats calls the first of its kind.
func (e *endpoint) name() string {
	switch {
	case e.udp:
		return "agent"
	case e.format == transport.OTLP:
		return "otlp"
	}
	return "collector"
}

// buildReporter returns all destinations as one. Its error is a ConfigError, and
// leaves no goroutine behind.
func (c *config) buildReporter() (reporter.Reporter, error) {
	rs := c.reporters // a disabled tracer's get no spans, but are closed
	endpoints := c.chooseEndpoints()
	transports := make([]transport.Transport, len(endpoints))
	for i := range endpoints {
		e := &endpoints[i]
		var err error
		if transports[i], err = e.transport(&c.sending); err != nil {
			return nil, &ConfigError{Name: e.setBy, Value: hideCredentials(e.address), Err: err}
		}
	}
	taken := map[string]bool{}
	for _, d := range reporter.NewMulti(rs...).Stats() {
		taken[d.Name] = true
	}
	own, err := c.sending.start(endpoints, transports, taken, c.logger)
	if err != nil {
		return nil, err
	}
	rs = append(rs[:len(rs):len(rs)], own...)
	if c.logSpans && !c.disabled {
		rs = append(rs, reporter.NewLogging(c.logger))
	}
	if len(rs) == 1 {
		return reporter.Counted(rs[0]), nil
	}
	return reporter.NewMulti(rs...), nil
}

// chooseEndpoints returns those to serve, and completes source. The environment
// chooses only where no reporter was given.
func (c *config) chooseEndpoints() []endpoint {
	switch {
	case len(c.reporters) > 0 && c.source == sourceOption:
		c.source = sourceBothKinds
	case len(c.reporters) > 0:
		c.endpoints, c.noEndpoint, c.source = nil, true, sourceReporter
	}
	switch {
	case c.noEndpoint || c.disabled:
		return nil
	case len(c.endpoints) == 0:
		return []endpoint{defaultEndpoint()}
	}
	return c.endpoints
}

// start makes the reporters, each with a goroutine that sends, and with a name that
// is not taken.
func (s *sending) start(endpoints []endpoint, transports []transport.Transport, taken map[string]bool, logger *slog.Logger) ([]reporter.Reporter, error) {
	var rs []reporter.Reporter
	for i := range endpoints {
		e := &endpoints[i]
		name := e.name()
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", e.name(), n)
		}
		taken[name] = true
		r, err := reporter.NewBatching(transports[i], reporter.BatchingOptions{
			Name: name, QueueSpans: s.queueSpans, FlushInterval: s.flushInterval, RetryBudget: s.retryBudget,
			InBandStats: s.inBandStats, SemanticNames: s.semanticNames, Logger: logger,
		})
		if err != nil {
			for _, r := range rs {
				err = errors.Join(err, r.Close(context.Background())) // empty
			}
			return nil, &ConfigError{Name: e.setBy, Value: hideCredentials(e.address), Err: err}
		}
		rs = append(rs, r)
	}
	return rs, nil
}
