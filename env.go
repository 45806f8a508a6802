// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/internal/env"
	"github.com/go-spur/spur/sampler"
)

// FromEnv configures the tracer from the JAEGER_* variables that Jaeger's clients
// read, and from those OTEL_* variables that mean the same. docs/environment.md
// lists them all, with their values. They are read once, while New runs; options before
// FromEnv are overridden where a variable is set, options after it override. There are
// two exceptions: New's service name wins unless it is empty, and a WithReporter
// anywhere replaces the destination that the environment chooses, but for the console.
// A variable that is empty, or blank, counts as not set.
//
// A JAEGER_* variable with a wrong value is a ConfigError, which New joins with the
// others. A wrong OTEL_* variable is a warning in the log and then counts as not set.
// Where both are set JAEGER_* wins, except that OTEL_TRACES_EXPORTER=none turns the
// destination off whatever else is set.
//
// Spans go to the first of these that is set; Stats.Source says which it was:
//
//	JAEGER_ENDPOINT                      Thrift over HTTP, or OTLP: see WithEndpoint
//	JAEGER_AGENT_HOST, JAEGER_AGENT_PORT Thrift over UDP
//	OTEL_EXPORTER_OTLP_TRACES_ENDPOINT   OTLP over HTTP, at this URL
//	OTEL_EXPORTER_OTLP_ENDPOINT          the same, at /v1/traces below it
//	OTEL_TRACES_EXPORTER=otlp            the same, at http://localhost:4318/v1/traces
//	options before FromEnv, or none      Thrift over UDP to localhost:6831
//
// Credentials, headers and certificates are sent only where the variables that hold
// them lead. An endpoint that cannot be used as the OTEL_* variables want it is left
// out; without another destination the spans are counted as dropped.
//
// HTTP goes through the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY ask for: spans
// and the questions of the default sampler. This, and what the JAEGER_REPORTER_… and
// OTEL_BSP_… variables say, holds for endpoints of WithEndpoint, too.
func FromEnv() Option {
	return optionFunc(func(c *config) { c.applyEnv(env.Read(os.LookupEnv, os.Environ())) })
}

// applyEnv takes over what the environment has set.
func (c *config) applyEnv(s env.Settings) {
	for _, e := range s.Errors {
		c.fail(e.Name, e.Value, e.Err)
	}
	for _, w := range s.Warnings {
		c.warn(w.Text, w.Args...)
	}
	c.fromEnv, c.sending.proxy = true, http.ProxyFromEnvironment
	switch {
	case c.service == "":
		c.service = s.Service
	case s.Service != "" && s.Service != c.service:
		c.warn("spur: the environment names another service than the program, whose name is used", "used", c.service, "ignored", s.Service)
	}
	for _, tag := range s.Tags {
		c.setProcessTag(tag.Key, tag.Value)
	}
	if s.Formats != nil {
		c.headerFormats = &headerFormats{extract: s.Formats, inject: s.Formats}
	}
	switchTo(&c.disabled, s.Disabled)
	switchTo(&c.traceID128, s.TraceID128)
	switchTo(&c.logSpans, s.LogSpans)
	switchTo(&c.sending.noReconnect, s.NoReconnect)

	c.applySampler(s)
	c.console, c.unusable = s.Console, s.Unusable
	replace(&c.remote.endpoint, s.SamplingEndpoint)
	replace(&c.remote.maxOperations, s.MaxOperations)
	replace(&c.remote.refreshInterval, s.RefreshInterval)

	if s.Source != "" {
		c.endpoints, c.noEndpoint, c.source = nil, s.NoExport, s.Source
	}
	if s.Endpoint != nil {
		c.endpoints = []endpoint.Endpoint{*s.Endpoint}
	}
	replace(&c.sending.queueSpans, s.QueueSpans)
	replace(&c.sending.flushInterval, s.FlushInterval)
	replace(&c.sending.retryBudget, s.RetryBudget)
	replace(&c.sending.timeout, s.Timeout)
	replace(&c.sending.reconnectInterval, s.ReconnectInterval)

	l := &c.limits
	if s.TagValueCharacters > 0 {
		l.TagValueCharacters, l.TagValueLength = s.TagValueCharacters, 0
	}
	if s.LogValueCharacters > 0 {
		l.LogValueCharacters, l.LogValueLength = s.LogValueCharacters, 0
	}
	replace(&l.TagsPerSpan, s.TagsPerSpan)
	replace(&l.LogsPerSpan, s.LogsPerSpan)
	replace(&l.FieldsPerLog, s.FieldsPerLog)
	replace(&l.RefsPerSpan, s.RefsPerSpan)
}

func (c *config) applySampler(s env.Settings) {
	var own sampler.Sampler
	var err error
	switch s.Sampler {
	case "":
		return
	case "remote": // buildSampler makes it
		c.sampler, c.probability, c.remote.overrule = nil, s.SamplerParam, s.IgnoreParent
		return
	case "const":
		own = sampler.NewConst(s.SamplerParam != 0)
	case "probabilistic":
		own, err = sampler.NewProbabilistic(s.SamplerParam)
	case "ratelimiting":
		own, err = sampler.NewRateLimiting(s.SamplerParam)
	}
	if err != nil {
		c.fail("sampler", s.Sampler, err)
		return
	}
	if s.IgnoreParent {
		own = sampler.NewOverruling(own)
	}
	c.sampler = own
}

// replace sets a field unless value says that nothing was set.
func replace[T comparable](field *T, value T) {
	var zero T
	if value != zero {
		*field = value
	}
}

func switchTo(field, on *bool) {
	if on != nil {
		*field = *on
	}
}

// noteUnread notes which of the usual JAEGER_* variables are set though FromEnv is not
// among the options, unless those say what is sampled and where it goes. OpenTelemetry's
// variables are often set for all programs of a cluster.
func (c *config) noteUnread() {
	if c.sampler != nil && len(c.reporters) > 0 {
		return
	}
	var set []string
	for _, name := range []string{"JAEGER_SERVICE_NAME", "JAEGER_AGENT_HOST", "JAEGER_ENDPOINT", "JAEGER_SAMPLER_TYPE", "JAEGER_DISABLED"} {
		if strings.TrimSpace(os.Getenv(name)) != "" {
			set = append(set, name)
		}
	}
	if len(set) > 0 {
		c.info("spur: the environment is not read: FromEnv is not among the options of New", "variables", set)
	}
}

// announce notes what the environment has led to.
func (c *config) announce(t *Tracer) {
	s := t.Stats()
	destinations := []string{}
	for _, d := range s.Destinations {
		to := strings.TrimSpace(d.Name + " " + d.Address)
		if u := c.unusable; u != nil && s.Source == u.Name && d.Address == u.Address {
			to = "nowhere: " + to + " is " + d.LastError
		}
		destinations = append(destinations, to)
	}
	// A group, since the user's logger may have a service or source of its own.
	c.info("spur: tracer started", slog.Group("tracer", "service", t.process.Service, "disabled", t.disabled,
		"sampler", s.Sampling.Description, "destinations", destinations, "source", s.Source))
}
