// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"slices"
	"time"

	"github.com/go-spur/spur/propagation"
)

// variable is one row of the table of environment variables.
type variable struct {
	name    string
	meaning string // for people: the table in the README is made of these two
	unset   string // what holds when it is not set; "" when nothing does
	parse   func(e *env, value string) error
	hide    func(value string) string // what may be shown of a value; nil when all of it
	unused  bool                      // checked, but without effect in this version
}

// maxEnvCount bounds the numbers of spans, tags and so on that the environment
// can ask for. What is below costs memory only when it is used.
const maxEnvCount = 1_000_000

// envTable lists what FromEnv reads, in this order: of rows that set the same
// thing the last one wins.
func envTable() []variable {
	return slices.Concat(serviceRows(), samplingRows(), endpointRows(), reportingRows(), limitRows())
}

// serviceRows are the service, its tags and the switches.
func serviceRows() []variable {
	return []variable{
		{name: "OTEL_RESOURCE_ATTRIBUTES", meaning: "process tags, `key=value,…`, percent-encoded; `service.name` names the service", parse: resourceAttributes},
		{name: "OTEL_SERVICE_NAME", meaning: "name of the service", parse: serviceName},
		{name: "JAEGER_SERVICE_NAME", meaning: "name of the service, when `New` is not given one", unset: "an error", parse: serviceName},
		{name: "JAEGER_TAGS", meaning: "process tags, `key=value,key=${VARIABLE:default},…`", parse: jaegerTags},
		{name: "OTEL_SDK_DISABLED", meaning: "`true`: as JAEGER_DISABLED", unset: "false", parse: otelDisabled},
		{
			name: "JAEGER_DISABLED", meaning: "bool: record nothing, pass on what arrives in headers", unset: "false",
			parse: boolean(func(e *env, on bool) { e.c.disabled = on }),
		},
		{
			name: "JAEGER_TRACEID_128BIT", meaning: "bool: new trace ids have 128 bits, not 64", unset: "true",
			parse: boolean(func(e *env, on bool) { e.c.traceID128 = on }),
		},
		{name: "OTEL_PROPAGATORS", meaning: "header formats: `tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger` or `none`", parse: formats(propagation.ParseOTelFormats)},
		{
			name: "JAEGER_PROPAGATION", meaning: "header formats to read, the preferred one first, and to write: a list of `jaeger`, `w3c`, `b3`",
			unset: "reads `jaeger,w3c,b3`, writes `jaeger,w3c`", parse: formats(propagation.ParseFormats),
		},
		{
			name: "JAEGER_RPC_METRICS", meaning: "bool: metrics of requests; not in this version", unset: "false",
			parse: boolean(func(e *env, on bool) {
				if on {
					e.unused = append(e.unused, "JAEGER_RPC_METRICS")
				}
			}),
		},
	}
}

// samplingRows say what is recorded.
func samplingRows() []variable {
	return []variable{
		{name: "OTEL_TRACES_SAMPLER", meaning: "`always_on`, `always_off`, `traceidratio` or one of them after `parentbased_`", parse: otelSampler},
		{name: "OTEL_TRACES_SAMPLER_ARG", meaning: "probability for `traceidratio`", unset: "1", parse: anything},
		{name: "JAEGER_SAMPLER_TYPE", meaning: "`const`, `probabilistic`, `ratelimiting` or `remote`", unset: "remote", parse: samplerType},
		{name: "JAEGER_SAMPLER_PARAM", meaning: "a probability (for `remote` until the server answers), traces a second, or for `const` 0 or 1", unset: "0.001; 0 for `const` and `ratelimiting`", parse: samplerParam},
		{
			name: "JAEGER_SAMPLER_HOST", meaning: "host of the sampling server (Node.js)", unset: "JAEGER_AGENT_HOST", hide: hideCredentials,
			parse: func(e *env, value string) (err error) { e.samplerHost, err = parseHost(value); return err },
		},
		{
			name: "JAEGER_SAMPLER_PORT", meaning: "port of the sampling server (Node.js)", unset: "5778",
			parse: func(e *env, value string) error { e.samplerPort = value; return portOnly(e, value) },
		},
		{
			name: "JAEGER_SAMPLER_SAMPLING_PATH", meaning: "path at the sampling server (Node.js)", unset: "/sampling",
			parse: func(e *env, value string) error { e.samplerPath = value; return urlPath(e, value) },
		},
		{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", meaning: "older name of JAEGER_SAMPLING_ENDPOINT", parse: samplingEndpoint, hide: hideCredentials},
		{
			name: "JAEGER_SAMPLING_ENDPOINT", meaning: "the sampling server that type `remote` asks: a URL, or host:port",
			unset: "http://JAEGER_AGENT_HOST:5778/sampling, or at 127.0.0.1", parse: samplingEndpoint, hide: hideCredentials,
		},
		{
			name: "JAEGER_SAMPLER_MAX_OPERATIONS", meaning: "operations that are sampled each at its own rate", unset: "2000",
			parse: integer(maxEnvCount, func(e *env, n int) { e.c.remote.MaxOperations = n }),
		},
		{
			name: "JAEGER_SAMPLER_REFRESH_INTERVAL", meaning: "how often the sampling server is asked; at least 1s", unset: "1m",
			parse: duration(func(e *env, d time.Duration) { e.c.remote.RefreshInterval = d }),
		},
	}
}
