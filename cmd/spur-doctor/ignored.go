// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"strings"

	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/internal/env"
	"github.com/go-spur/spur/transport"
)

const (
	resource        = "OTEL_RESOURCE_ATTRIBUTES"
	otelArgument    = "OTEL_TRACES_SAMPLER_ARG"
	refreshInterval = "JAEGER_SAMPLER_REFRESH_INTERVAL"
	reporterTimeout = "JAEGER_REPORTER_TIMEOUT"
	samplingServer  = "JAEGER_SAMPLER_HOST JAEGER_SAMPLER_PORT JAEGER_SAMPLER_SAMPLING_PATH" // in parts
)

// ignored finds variables that are right by themselves and without effect beside the
// others. What FromEnv says of such in the log is not repeated.
func (e *environment) ignored() (all []finding) {
	if e.isDisabled() {
		return nil // that says enough
	}
	at := endpoint.Default()
	if e.read.Endpoint != nil {
		at = *e.read.Endpoint
	}
	nowhere := e.read.NoExport || e.read.Unusable != nil
	server := e.counts("JAEGER_SAMPLING_ENDPOINT") || e.counts("JAEGER_SAMPLER_MANAGER_HOST_PORT")
	for _, rule := range []struct {
		holds bool
		names string
		text  string
	}{
		{!e.remote(), samplingServer + " JAEGER_SAMPLING_ENDPOINT JAEGER_SAMPLER_MANAGER_HOST_PORT JAEGER_SAMPLER_MAX_OPERATIONS JAEGER_SAMPLER_REFRESH_INTERVAL", "not used: the sampler asks no server"},
		{e.remote() && server, samplingServer, "not used: another variable has the whole address of the sampling server"},
		{server && e.ifRemote("endpoint") != "", otelArgument, "its endpoint is not used: another variable names the sampling server"},
		{e.counts(refreshInterval) && e.ifRemote("pollingIntervalMs") != "", otelArgument, "its pollingIntervalMs is not used: " + refreshInterval + " is set"},
		{!nowhere && !at.UDP(), "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", "not used: spans do not go to an agent"},
		{!nowhere && at.UDP(), reporterTimeout, "not used: spans go to an agent, over UDP"},
		{!nowhere && at.Format != transport.OTLP, otlpTraces("HEADERS COMPRESSION TIMEOUT CERTIFICATE CLIENT_CERTIFICATE CLIENT_KEY PROTOCOL"), "not used: spans are not sent in OTLP"},
		{!nowhere && at.Format == transport.OTLP && e.counts(reporterTimeout) && e.read.Timeout != at.HTTP.Timeout, otlpTraces("TIMEOUT"), "not used: " + reporterTimeout + " is set"},
	} {
		for _, name := range strings.Fields(rule.names) {
			if rule.holds && e.counts(name) {
				all = append(all, newFinding(warn, name, rule.text))
			}
		}
	}
	return append(all, e.twoSources()...)
}

// twoSources finds what OTEL_RESOURCE_ATTRIBUTES says and other variables say
// otherwise.
func (e *environment) twoSources() (all []finding) {
	own, others := e.alone(resource), e.alone("JAEGER_TAGS")
	if own.Service != "" && own.Service != e.read.Service {
		all = append(all, newFinding(warn, resource, "its service.name, "+own.Service+", is not used: another variable names the service "+e.read.Service))
	}
	var keys []string
	for _, t := range own.Tags {
		if slices.ContainsFunc(others.Tags, func(o env.Tag) bool { return o.Key == t.Key && o.Value != t.Value }) {
			keys = append(keys, t.Key)
		}
	}
	if len(keys) > 0 {
		all = append(all, newFinding(warn, resource, "not used for keys that JAEGER_TAGS has with other values: "+some(keys)))
	}
	return all
}

// alone reads one variable as if no other was set.
func (e *environment) alone(name string) env.Settings {
	return env.Read(func(asked string) (string, bool) {
		if asked != name && env.Known(asked) {
			return "", false
		}
		return e.lookup(asked) // a value of JAEGER_TAGS may name any other
	}, nil)
}

// otlpTraces returns the names of OTLP's settings for traces alone. Those for all
// signals may be meant for others.
func otlpTraces(settings string) string {
	const prefix = "OTEL_EXPORTER_OTLP_TRACES_"
	return prefix + strings.ReplaceAll(settings, " ", " "+prefix)
}

// unreadByClient says which variables a program on compat/jaeger-client-go would not
// see. imported says that there is such a program here.
func (c *configuration) unreadByClient(imported bool) {
	var names []string
	for _, v := range c.Variables {
		if !v.GoClient {
			names = append(names, v.Name)
		}
	}
	if len(names) == 0 {
		return
	}
	f := newFinding(ok, some(names), "read by spur.FromEnv, and not by compat/jaeger-client-go, which reads the variables of jaeger-client-go alone")
	if imported {
		f.Status = warn
	}
	c.Findings = append(c.Findings, f)
}
