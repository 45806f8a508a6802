// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/sampler"
)

// FromEnv configures the tracer from the JAEGER_* variables that Jaeger's clients
// read, and from those OTEL_* variables that mean the same. It reads them once,
// while New runs; options before it are overridden where a variable is set,
// options after it override. Two things are different: New's service name wins
// unless it is empty, and a WithReporter anywhere replaces the agent, which is the
// only destination that the environment chooses. A variable that is empty, or
// blank, counts as not set.
//
// A JAEGER_* variable with a wrong value is a ConfigError, which New joins with
// the others. A wrong OTEL_* variable is a warning in the log and then counts as
// not set. Where both are set JAEGER_* wins, except that OTEL_TRACES_EXPORTER=none
// turns the agent off whatever else is set. Variables that this version knows but
// has no use for, and JAEGER_* variables that nobody knows, are named in the log.
//
//	service    JAEGER_SERVICE_NAME, OTEL_SERVICE_NAME, service.name in OTEL_RESOURCE_ATTRIBUTES
//	tags       JAEGER_TAGS, OTEL_RESOURCE_ATTRIBUTES
//	switches   JAEGER_DISABLED, OTEL_SDK_DISABLED, JAEGER_TRACEID_128BIT, JAEGER_PROPAGATION, OTEL_PROPAGATORS
//	sampling   JAEGER_SAMPLER_…, JAEGER_SAMPLING_ENDPOINT, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG
//	where to   JAEGER_AGENT_HOST, JAEGER_AGENT_PORT, OTEL_TRACES_EXPORTER
//	reporting  JAEGER_REPORTER_…, OTEL_BSP_SCHEDULE_DELAY, OTEL_BSP_MAX_QUEUE_SIZE
//	limits     OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT, OTEL_SPAN_…_COUNT_LIMIT
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
	elsewhere    []string // variables that ask for a destination this version does not have
	unused       []string // other variables that it has no use for
}

// setVariable is a variable that is set, and its value.
type setVariable struct {
	variable
	value string
}

func (e *env) read() {
	e.set = map[string]setVariable{}
	e.c.fromEnv = true
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
	e.setDestination()
	if len(e.unused) > 0 {
		e.c.warn("spur: this version has no use for these variables", "variables", e.unused)
	}
	if names := e.unknown(table); len(names) > 0 {
		e.c.warn("spur: unknown JAEGER_* variables", "variables", names)
	}
}

// wrong says that a variable which is set cannot be used.
func (e *env) wrong(name string, err error) {
	v := e.set[name]
	value := v.value
	if v.hide != nil {
		value = v.hide(value)
	}
	if strings.HasPrefix(name, "OTEL_") {
		value, _ = format.Clean(value, 128)
		e.c.warn("spur: wrong setting ignored", "variable", name, "value", value, "error", err)
		return
	}
	e.c.fail(name, value, err)
}

func (e *env) isSet(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return e.set[name].value != "" })
}

// setSamplingEndpoint combines what says where the sampling server is. It runs on
// the agent's host, as far as anybody knows.
func (e *env) setSamplingEndpoint() {
	switch {
	case e.endpoint != "":
		e.c.remote.Endpoint = e.endpoint
	case e.host != "" || e.samplerHost != "" || e.samplerPort != "" || e.samplerPath != "":
		host := cmp.Or(e.samplerHost, e.host, "127.0.0.1")
		path := "/" + strings.TrimPrefix(cmp.Or(e.samplerPath, "/sampling"), "/")
		u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, cmp.Or(e.samplerPort, "5778"))}
		e.c.remote.Endpoint = u.String() + path
	}
}

// setSampler combines type and parameter.
func (e *env) setSampler() {
	if !e.isSet("JAEGER_SAMPLER_TYPE", "JAEGER_SAMPLER_PARAM") {
		e.setOtelSampler()
		return
	}
	param := func(unset float64) float64 {
		if e.samplerParam != nil {
			return *e.samplerParam
		}
		if unset == 0 && !e.isSet("JAEGER_SAMPLER_PARAM") {
			e.c.warn("spur: nothing is sampled: JAEGER_SAMPLER_PARAM is not set", "JAEGER_SAMPLER_TYPE", e.samplerType)
		}
		return unset
	}
	var s sampler.Sampler
	var err error
	switch e.samplerType {
	case "", "remote":
		// buildSampler makes it.
		e.c.sampler, e.c.probability = nil, param(sampler.DefaultProbability)
		_, err = sampler.NewProbabilistic(e.c.probability)
	case "probabilistic":
		s, err = sampler.NewProbabilistic(param(sampler.DefaultProbability))
	case "ratelimiting":
		s, err = sampler.NewRateLimiting(param(0))
	case "const":
		s = sampler.NewConst(param(0) != 0)
	}
	switch {
	case err != nil:
		e.wrong("JAEGER_SAMPLER_PARAM", err)
	case s != nil:
		e.c.sampler = sampler.NewParentBased(s)
	}
}

// setOtelSampler does the same for the variables of OpenTelemetry. An argument
// that is not set means 1 there; one that is wrong makes the whole setting wrong,
// so that a slip of the pen does not record everything.
func (e *env) setOtelSampler() {
	kind := strings.ToLower(e.set["OTEL_TRACES_SAMPLER"].value)
	kind, parentBased := strings.CutPrefix(kind, "parentbased_")
	var s sampler.Sampler
	switch kind {
	case "always_on":
		s = sampler.NewConst(true)
	case "always_off":
		s = sampler.NewConst(false)
	case "traceidratio":
		rate := 1.0
		if e.isSet("OTEL_TRACES_SAMPLER_ARG") {
			var err error
			if rate, err = parseNumber(e.set["OTEL_TRACES_SAMPLER_ARG"].value); err != nil {
				e.wrong("OTEL_TRACES_SAMPLER_ARG", err)
				return
			}
		}
		p, err := sampler.NewProbabilistic(rate)
		if err != nil {
			e.wrong("OTEL_TRACES_SAMPLER_ARG", err)
			return
		}
		s = p
	default:
		return // not set, or wrong and reported
	}
	if parentBased {
		s = sampler.NewParentBased(s)
	}
	e.c.sampler = s
}

// setDestination combines host and port, and checks what belongs together for
// the destinations that are not there yet.
func (e *env) setDestination() {
	c := e.c
	if e.host != "" || e.port != "" {
		host, port := e.host, e.port
		c.source = "JAEGER_AGENT_HOST"
		if host == "" {
			host, c.source = "localhost", "JAEGER_AGENT_PORT"
		}
		if port == "" {
			port = "6831"
		}
		c.agent.address = net.JoinHostPort(host, port)
		e.elsewhere = slices.DeleteFunc(e.elsewhere, func(name string) bool {
			return strings.HasPrefix(name, "OTEL_") // the agent comes first
		})
	}
	if e.isSet("JAEGER_ENDPOINT") && e.isSet("JAEGER_USER") != e.isSet("JAEGER_PASSWORD") {
		if e.isSet("JAEGER_USER") {
			e.wrong("JAEGER_USER", errors.New("JAEGER_PASSWORD must be set with it"))
		} else {
			e.wrong("JAEGER_PASSWORD", errors.New("JAEGER_USER must be set with it"))
		}
	}
	if c.agent.none {
		c.source = "OTEL_TRACES_EXPORTER"
		return
	}
	if len(e.elsewhere) > 0 {
		c.warn("spur: the environment can choose no destination but Jaeger's agent in this version: OTLP and Thrift over HTTP come with a later one",
			"variables", e.elsewhere, "agent", c.agent.address)
	}
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
