// SPDX-License-Identifier: Apache-2.0

package spur

import (
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
	return []variable{
		// The service and its tags.
		{name: "OTEL_RESOURCE_ATTRIBUTES", meaning: "process tags, `key=value,…`, percent-encoded; `service.name` names the service", parse: resourceAttributes},
		{name: "OTEL_SERVICE_NAME", meaning: "name of the service", parse: serviceName},
		{name: "JAEGER_SERVICE_NAME", meaning: "name of the service, when `New` is not given one", unset: "an error", parse: serviceName},
		{name: "JAEGER_TAGS", meaning: "process tags, `key=value,key=${VARIABLE:default},…`", parse: jaegerTags},

		// Switches.
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

		// Sampling.
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
			name: "JAEGER_SAMPLER_REFRESH_INTERVAL", meaning: "how often the sampling server is asked", unset: "1m",
			parse: duration(func(e *env, d time.Duration) { e.c.remote.RefreshInterval = d }),
		},

		// Where spans go.
		{name: "OTEL_TRACES_EXPORTER", meaning: "`none`: report nothing; `otlp`: not in this version", parse: otelExporter},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", meaning: "not in this version", parse: elsewhere("OTEL_EXPORTER_OTLP_ENDPOINT"), hide: hideCredentials},
		{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", meaning: "not in this version", parse: elsewhere("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), hide: hideCredentials},
		{name: "JAEGER_AGENT_HOST", meaning: "host of the agent: a name or an IP address", unset: "localhost", parse: agentHost, hide: hideCredentials},
		{name: "JAEGER_AGENT_PORT", meaning: "UDP port of the agent", unset: "6831", parse: agentPort},
		{name: "JAEGER_AGENT_SOCKET_TYPE", meaning: "`udp4` or `udp6` (Node.js); without effect: the address decides", parse: oneOf("udp4", "udp6"), unused: true},
		{name: "JAEGER_AGENT_HOST_USE_IPV6", meaning: "bool (Python); without effect: the address decides", parse: boolean(func(*env, bool) {}), unused: true},
		{name: "JAEGER_SENDER_FACTORY", meaning: "(Java); without effect", parse: anything, unused: true},
		{name: "JAEGER_ENDPOINT", meaning: "URL of a collector; not in this version: spans go to the agent", parse: jaegerEndpoint, hide: hideCredentials},
		{name: "JAEGER_USER", meaning: "user for JAEGER_ENDPOINT, with JAEGER_PASSWORD", parse: anything},
		{name: "JAEGER_PASSWORD", meaning: "password for JAEGER_ENDPOINT, with JAEGER_USER", parse: anything, hide: hideAll},
		{name: "JAEGER_AUTH_TOKEN", meaning: "bearer token for JAEGER_ENDPOINT", parse: authToken, hide: hideAll},

		// Reporting.
		{name: "OTEL_BSP_MAX_QUEUE_SIZE", meaning: "as JAEGER_REPORTER_MAX_QUEUE_SIZE", parse: integer(maxEnvCount, setQueueSpans)},
		{
			name: "JAEGER_REPORTER_MAX_QUEUE_SIZE", meaning: "spans that may wait to be sent, beside the batches being filled, 1 to 1000000", unset: "1000000",
			parse: integer(maxEnvCount, setQueueSpans),
		},
		{
			name: "OTEL_BSP_SCHEDULE_DELAY", meaning: "as JAEGER_REPORTER_FLUSH_INTERVAL, in milliseconds",
			parse: integer(maxDelay, func(e *env, ms int) { setFlushInterval(e, time.Duration(ms)*time.Millisecond) }),
		},
		{name: "JAEGER_REPORTER_FLUSH_INTERVAL", meaning: "how long a span waits at most for others to be sent with it", unset: "1s", parse: duration(setFlushInterval)},
		{
			name: "JAEGER_REPORTER_LOG_SPANS", meaning: "bool: also write a line for each span to the log", unset: "false",
			parse: boolean(func(e *env, on bool) { e.c.agent.logSpans = on }),
		},
		{
			name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", meaning: "bool: keep the agent's first address", unset: "false",
			parse: boolean(func(e *env, on bool) { e.c.agent.noReconnect = on }),
		},
		{
			name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", meaning: "how often the agent's address is looked up", unset: "10s",
			parse: duration(func(e *env, d time.Duration) { e.c.agent.reconnectInterval = d }),
		},
		{name: "JAEGER_REPORTER_TIMEOUT", meaning: "milliseconds (Node.js); not in this version", parse: integer(maxDelay, func(*env, int) {}), unused: true},

		// Limits of one span.
		{
			name: "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", meaning: "bytes of a tag's value", unset: "4096",
			parse: integer(1<<20, func(e *env, n int) { e.c.limits.TagValueLength = n }),
		},
		{
			name: "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", meaning: "tags of a span", unset: "1000",
			parse: integer(maxEnvCount, func(e *env, n int) { e.c.limits.TagsPerSpan = n }),
		},
		{
			name: "OTEL_SPAN_EVENT_COUNT_LIMIT", meaning: "logs of a span", unset: "1000",
			parse: integer(maxEnvCount, func(e *env, n int) { e.c.limits.LogsPerSpan = n }),
		},
		{
			name: "OTEL_SPAN_LINK_COUNT_LIMIT", meaning: "references of a span", unset: "1000",
			parse: integer(maxEnvCount, func(e *env, n int) { e.c.limits.RefsPerSpan = n }),
		},
	}
}
