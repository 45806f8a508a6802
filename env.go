// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/go-spur/spur/internal/format"
)

// FromEnv configures the tracer from the JAEGER_* variables that Jaeger's clients
// read, and from those OTEL_* variables that mean the same. It reads them once,
// while New runs; options before it are overridden where a variable is set,
// options after it override. Two things are different: New's service name wins
// unless it is empty, and a WithReporter anywhere replaces the destination that
// the environment chooses. A variable that is empty, or blank, counts as not set.
//
// A JAEGER_* variable with a wrong value is a ConfigError, which New joins with
// the others. A wrong OTEL_* variable is a warning in the log and then counts as
// not set. Where both are set JAEGER_* wins, except that OTEL_TRACES_EXPORTER=none
// turns the destination off whatever else is set. Variables that this version
// knows but has no use for, and JAEGER_* variables that nobody knows, are named in
// the log.
//
//	service    JAEGER_SERVICE_NAME, OTEL_SERVICE_NAME, service.name in OTEL_RESOURCE_ATTRIBUTES
//	tags       JAEGER_TAGS, OTEL_RESOURCE_ATTRIBUTES
//	switches   JAEGER_DISABLED, OTEL_SDK_DISABLED, JAEGER_TRACEID_128BIT, JAEGER_PROPAGATION, OTEL_PROPAGATORS
//	sampling   JAEGER_SAMPLER_…, JAEGER_SAMPLING_ENDPOINT, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG
//	where to   JAEGER_ENDPOINT, JAEGER_AGENT_HOST, JAEGER_AGENT_PORT, OTEL_EXPORTER_OTLP_…, OTEL_TRACES_EXPORTER
//	reporting  JAEGER_REPORTER_…, OTEL_BSP_…
//	limits     OTEL_SPAN_…_LIMIT, OTEL_ATTRIBUTE_…_LIMIT, OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT
//
// Spans go to the first of these that is set, and Stats.Source says which it was:
//
//	JAEGER_ENDPOINT                      Thrift over HTTP, or OTLP when the path ends in /v1/traces
//	JAEGER_AGENT_HOST, JAEGER_AGENT_PORT Thrift over UDP
//	OTEL_EXPORTER_OTLP_TRACES_ENDPOINT   OTLP over HTTP, at this URL
//	OTEL_EXPORTER_OTLP_ENDPOINT          the same, at /v1/traces below it
//	OTEL_TRACES_EXPORTER=otlp            the same, at http://localhost:4318/v1/traces
//	options before FromEnv, or none      Thrift over UDP to localhost:6831
//
// JAEGER_USER, JAEGER_PASSWORD and JAEGER_AUTH_TOKEN go to JAEGER_ENDPOINT only,
// the headers and certificates of OTEL_EXPORTER_OTLP_… only to the endpoints that
// OTEL_* variables choose, so that nobody is shown what was meant for another;
// OTEL_EXPORTER_OTLP_TIMEOUT and …_COMPRESSION hold for a JAEGER_ENDPOINT that
// takes OTLP, too. An OTLP endpoint is passed over, with a warning, when its
// headers are wrong, when its certificate or key cannot be read, or when
// OTEL_EXPORTER_OTLP_PROTOCOL asks for what this version does not speak. A traces
// endpoint without a path takes spans at /v1/traces, as the others do; the
// specification would have "/".
//
// OTEL_TRACES_EXPORTER may be a list: of its members otlp counts, else jaeger, else
// none; what does not count is named in the log.
//
// Endpoints of WithEndpoint get nothing of the endpoint that the environment chooses,
// and so neither OTEL_EXPORTER_OTLP_TIMEOUT nor …_COMPRESSION. What the JAEGER_REPORTER_…
// and OTEL_BSP_… variables say holds for them as well, JAEGER_REPORTER_TIMEOUT among
// them, and so does the proxy: HTTP goes through the one that HTTP_PROXY, HTTPS_PROXY
// and NO_PROXY ask for (net/http.ProxyFromEnvironment).
//
// JAEGER_TAGS is a list such as "zone=eu,host=${HOSTNAME:unknown}": a value of
// that form is that of another variable, or what stands behind the colon when it
// is not set, or nothing.
//
// JAEGER_SAMPLER_PARAM is a probability for the types probabilistic and remote
// (the default), traces a second for ratelimiting, and for const 0 or 1. Without
// it probabilistic and remote sample 0.1 %; const and ratelimiting sample
// nothing, as in Jaeger's Go client. For remote it counts until the sampling
// server has answered: the one at JAEGER_SAMPLING_ENDPOINT, else at
// JAEGER_SAMPLER_MANAGER_HOST_PORT, else at port 5778 of JAEGER_AGENT_HOST.
func FromEnv() Option {
	return optionFunc(func(c *config) {
		e := env{c: c, lookup: os.LookupEnv, environ: os.Environ}
		e.read()
	})
}

// env is one reading of the environment. Each variable is parsed by itself, in
// the order of envTable; then those that have a meaning only together are
// combined.
type env struct {
	c       *config
	lookup  func(name string) (string, bool)
	environ func() []string
	set     map[string]setVariable

	service      string
	samplerType  string
	samplerParam *float64
	endpoint     string // of the sampling server, or its parts as Node.js has them
	samplerHost  string
	samplerPort  string
	samplerPath  string
	host, port   string
	collector    string // JAEGER_ENDPOINT
	token        string // JAEGER_AUTH_TOKEN
	exporter     string // OTEL_TRACES_EXPORTER
	otlp         otlpSettings
	unused       []string // variables that this version has no use for
}

// setVariable is a variable that is set, and its value.
type setVariable struct {
	variable
	value string
}

func (e *env) read() {
	e.set = map[string]setVariable{}
	e.c.fromEnv, e.c.sending.proxy = true, http.ProxyFromEnvironment
	table := envTable()
	for _, v := range table {
		value, _ := e.lookup(v.name)
		if value = strings.TrimSpace(value); value == "" {
			continue
		}
		if strings.HasSuffix(v.name, "_PORT") && isServiceLink(v.name, value) {
			e.c.warn("spur: variable ignored: Kubernetes sets it for a service of that name", "variable", v.name)
			continue
		}
		e.set[v.name] = setVariable{v, value}
		if err := v.parse(e, value); err != nil {
			e.wrong(v.name, err)
		} else if v.unused {
			e.unused = append(e.unused, v.name)
		}
	}
	if e.c.service == "" {
		e.c.service = e.service
	}
	e.setSamplingEndpoint()
	e.setSampler()
	e.setEndpoint()
	if len(e.unused) > 0 {
		e.c.warn("spur: this version has no use for these variables", "variables", e.unused)
	}
	if names := e.unknown(table); len(names) > 0 {
		e.c.warn("spur: unknown JAEGER_* variables", "variables", names)
	}
}

// wrong says that a variable which is set cannot be used.
func (e *env) wrong(name string, err error) {
	value := e.shown(name)
	if strings.HasPrefix(name, "OTEL_") {
		e.c.warn("spur: wrong setting ignored", "variable", name, "value", value, "error", err)
		return
	}
	e.c.fail(name, value, err)
}

// shown is what may be shown of a variable's value.
func (e *env) shown(name string) string {
	v := e.set[name]
	value := v.value
	if v.hide != nil {
		value = v.hide(value)
	}
	value, _ = format.Clean(value, 128)
	return value
}

func (e *env) isSet(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return e.set[name].value != "" })
}

// unknown returns up to 10 names of JAEGER_* variables that are not in the table
// and that Kubernetes did not set.
func (e *env) unknown(table []variable) []string {
	const most = 10
	var names []string
	for _, entry := range e.environ() {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "JAEGER_") || value == "" || isServiceLink(name, value) ||
			slices.ContainsFunc(table, func(v variable) bool { return v.name == name }) {
			continue
		}
		name, _ = format.Clean(name, 128)
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return names
}

// isServiceLink recognises what Kubernetes puts into the environment of every pod
// for a service that is called jaeger or jaeger-agent: JAEGER_AGENT_PORT, for
// one, with the value tcp://10.0.0.1:6831.
func isServiceLink(name, value string) bool {
	scheme, _, isURL := strings.Cut(value, "://")
	return isURL && (scheme == "tcp" || scheme == "udp" || scheme == "sctp") ||
		strings.HasSuffix(name, "_SERVICE_HOST") ||
		strings.Contains(name, "_SERVICE_PORT") ||
		strings.Contains(name, "_PORT_")
}

// announce notes what the environment has led to.
func (c *config) announce(t *Tracer) {
	s := t.Stats()
	destinations := []string{}
	for _, d := range s.Destinations {
		destinations = append(destinations, strings.TrimSpace(d.Name+" "+d.Address))
	}
	c.info("spur: tracer started", "service", t.process.Service, "disabled", t.disabled,
		"sampler", s.Sampling.Description, "destinations", destinations, "source", s.Source)
}
