// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"

	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/internal/env"
	"github.com/go-spur/spur/transport"
)

const resource = "OTEL_RESOURCE_ATTRIBUTES"

// ignored finds variables that are right by themselves and without effect beside the
// others. What FromEnv says of such in the log is not repeated.
func (e *environment) ignored() (all []finding) {
	if own := e.resourceService(); own != "" && own != e.read.Service {
		all = append(all, newFinding(warn, resource, "its service.name, "+own+", is not used: another variable names the service "+e.read.Service))
	}
	at := endpoint.Default()
	if e.read.Endpoint != nil {
		at = *e.read.Endpoint
	}
	nowhere := e.read.NoExport || e.read.Unusable != nil
	for _, rule := range []struct {
		holds bool
		why   string
		names string
	}{
		{!e.remote(), "the sampler asks no server", "JAEGER_SAMPLING_ENDPOINT JAEGER_SAMPLER_MANAGER_HOST_PORT JAEGER_SAMPLER_HOST JAEGER_SAMPLER_PORT JAEGER_SAMPLER_SAMPLING_PATH JAEGER_SAMPLER_MAX_OPERATIONS JAEGER_SAMPLER_REFRESH_INTERVAL"},
		{
			e.remote() && (e.counts("JAEGER_SAMPLING_ENDPOINT") || e.counts("JAEGER_SAMPLER_MANAGER_HOST_PORT")),
			"another variable has the whole address of the sampling server", "JAEGER_SAMPLER_HOST JAEGER_SAMPLER_PORT JAEGER_SAMPLER_SAMPLING_PATH",
		},
		{!nowhere && !at.UDP(), "spans do not go to an agent", "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL"},
		{!nowhere && at.UDP(), "spans go to an agent, over UDP", "JAEGER_REPORTER_TIMEOUT"},
		{!nowhere && at.Format != transport.OTLP, "spans are not sent in OTLP", otlpTraces("HEADERS COMPRESSION TIMEOUT CERTIFICATE CLIENT_CERTIFICATE CLIENT_KEY PROTOCOL")},
	} {
		for _, name := range strings.Fields(rule.names) {
			if rule.holds && e.counts(name) {
				all = append(all, newFinding(warn, name, "not used: "+rule.why))
			}
		}
	}
	return all
}

// otlpTraces returns the names of OTLP's settings for traces alone. Those for all
// signals may be meant for others.
func otlpTraces(settings string) string {
	const prefix = "OTEL_EXPORTER_OTLP_TRACES_"
	return prefix + strings.ReplaceAll(settings, " ", " "+prefix)
}

// resourceService is the service that OTEL_RESOURCE_ATTRIBUTES names.
func (e *environment) resourceService() string {
	alone := env.Read(func(name string) (string, bool) {
		if name != resource {
			return "", false
		}
		return e.lookup(name)
	}, nil)
	return alone.Service
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
