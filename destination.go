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
	"os"
	"slices"
	"time"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/internal/endpoint"
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

// WithEndpoint adds a destination for finished spans:
//
//	udp://host:port           an agent: Thrift compact over UDP; the port is 6831 when left out
//	udp://host?format=binary  the same in Thrift's binary protocol, at port 6832
//	http://host:port/path     a collector: Thrift over HTTP, at /api/traces when the path is left out or "/"
//	https://host/v1/traces    any path that ends like this, and port 4318 without a path: OTLP over HTTP, in protobuf
//
// A user and password in the URL are sent as basic authentication, and shown nowhere.
// Several destinations are served side by side, each with its own queue and books;
// Stats and log lines name them "agent", "collector" or "otlp", and where the name is
// taken "otlp-2". Together they replace the default, Jaeger's agent, and what a FromEnv
// in front of them has chosen; a FromEnv behind them replaces them if the environment
// names a destination.
//
// WithReporter adds its reporter to them: the way to what a URL cannot say, such as
// headers and certificates (transport.NewHTTP with reporter.NewBatching).
//
// A URL that cannot be used is a ConfigError. New opens no connection.
func WithEndpoint(rawURL string) Option {
	return optionFunc(func(c *config) {
		e, err := endpoint.Parse(rawURL)
		if err != nil {
			c.fail("WithEndpoint", address.Hide(rawURL), err)
			return
		}
		e.SetBy = "WithEndpoint"
		if c.source != sourceOption {
			c.endpoints = nil // the environment's
		}
		c.inspect(&e)
		c.endpoints, c.noEndpoint, c.source = append(c.endpoints, e), false, sourceOption
	})
}

// inspect notes what is probably wrong with an endpoint.
func (c *config) inspect(e *endpoint.Endpoint) {
	at := address.Hide(e.Address)
	if hint := e.Hint(); hint != "" {
		c.warn("spur: "+hint, "endpoint", at)
	}
	if slices.ContainsFunc(c.endpoints, func(o endpoint.Endpoint) bool { return o.Address == e.Address && o.Format == e.Format }) {
		c.warn("spur: WithEndpoint twice with the same URL: each span is sent twice", "endpoint", at)
	}
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

// open makes the transport to an endpoint. It connects to nothing, and its errors
// show no credentials.
func (s *sending) open(e *endpoint.Endpoint) (transport.Transport, error) {
	if e.UDP() {
		udp, err := transport.NewUDP(e.Address, transport.UDPOptions{
			Format: e.Format, ResolveInterval: s.reconnectInterval, DisableReconnect: s.noReconnect,
		})
		if err != nil {
			return nil, err
		}
		return udp, nil
	}
	o := e.HTTP
	o.Format, o.Proxy, o.Timeout = e.Format, s.proxy, cmp.Or(s.timeout, o.Timeout)
	h, err := transport.NewHTTP(e.Address, o)
	if err != nil {
		return nil, err
	}
	return h, nil
}

// buildReporter returns all destinations as one. Its error is a ConfigError, and
// leaves no goroutine behind.
func (c *config) buildReporter() (reporter.Reporter, error) {
	rs := slices.Clip(c.reporters) // a disabled tracer's get no spans, but are closed
	endpoints := c.chooseEndpoints()
	taken := map[string]bool{}
	for _, d := range reporter.NewMulti(rs...).Stats() {
		taken[d.Name] = true
	}
	for i := range endpoints {
		e := &endpoints[i]
		name := e.Name()
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", e.Name(), n)
		}
		taken[name] = true
		r, err := c.sending.start(e, name, c.logger)
		if err != nil {
			for _, started := range rs[len(c.reporters):] {
				err = errors.Join(err, started.Close(context.Background())) // empty
			}
			return nil, &ConfigError{Name: e.SetBy, Value: address.Hide(e.Address), Err: err}
		}
		rs = append(rs, r)
	}
	if c.unusable != nil && !c.disabled && !c.noEndpoint && len(c.endpoints) == 0 {
		rs = append(rs, &lost{Unusable: *c.unusable, since: time.Now()})
		c.source = c.unusable.Name
	}
	if c.console && !c.disabled {
		console, err := reporter.NewConsole(os.Stdout, reporter.ConsoleOptions{})
		if err != nil {
			return nil, err
		}
		rs = append(rs, console)
	}
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
func (c *config) chooseEndpoints() []endpoint.Endpoint {
	switch {
	case len(c.reporters) > 0 && c.source == sourceOption:
		c.source = sourceBothKinds
	case len(c.reporters) > 0:
		c.endpoints, c.noEndpoint, c.source = nil, true, sourceReporter
	}
	switch {
	case c.noEndpoint || c.disabled || c.unusable != nil && len(c.endpoints) == 0:
		return nil
	case len(c.endpoints) == 0:
		return []endpoint.Endpoint{endpoint.Default()}
	}
	return c.endpoints
}

// start makes the reporter of an endpoint, with a goroutine that sends.
func (s *sending) start(e *endpoint.Endpoint, name string, logger *slog.Logger) (reporter.Reporter, error) {
	t, err := s.open(e)
	if err != nil {
		return nil, err
	}
	r, err := reporter.NewBatching(t, reporter.BatchingOptions{
		Name: name, SetBy: e.SetBy, QueueSpans: s.queueSpans, FlushInterval: s.flushInterval, RetryBudget: s.retryBudget,
		InBandStats: s.inBandStats, SemanticNames: s.semanticNames, Logger: logger,
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}
