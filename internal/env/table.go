// SPDX-License-Identifier: Apache-2.0

package env

import (
	"slices"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/propagation"
)

// variable is one row of the table of environment variables.
type variable struct {
	name    string
	meaning string // for people: the table in the README is made of these two
	unset   string // what holds when it is not set; "" when nothing does
	parse   func(value string) error
	hide    func(value string) string // what may be shown of a value; address.Hide when nil
	unused  bool                      // checked, but without effect in this version
}

func (v *variable) shown(value string) string {
	if v.hide != nil {
		return v.hide(value)
	}
	return address.Hide(value)
}

// maxCount bounds the numbers of spans, tags and so on that can be asked for, and
// maxCharacters those of characters. What is below costs memory only when it is used.
const (
	maxCount      = 1_000_000
	maxCharacters = 1 << 20
)

// table lists what is read, in this order: of rows that set the same thing the last
// one wins.
func (r *reader) table() []variable {
	return slices.Concat(r.serviceRows(), r.samplingRows(), r.endpointRows(), r.otlpRows(), r.agentRows(), r.reportingRows(), r.limitRows())
}

func (r *reader) serviceRows() []variable {
	return []variable{
		{name: "OTEL_RESOURCE_ATTRIBUTES", meaning: "process tags, `key=value,…`, percent-encoded; `service.name` names the service", parse: r.parseResource, hide: address.HideValues},
		{name: "OTEL_SERVICE_NAME", meaning: "name of the service", parse: set(text, &r.Service)},
		{name: "JAEGER_SERVICE_NAME", meaning: "name of the service, when `New` is not given one", unset: "an error", parse: set(text, &r.Service)},
		{name: "JAEGER_TAGS", meaning: "process tags, `key=value,key=${VARIABLE:default},…`", parse: r.parseTags, hide: address.HideValues},
		{name: "OTEL_SDK_DISABLED", meaning: "`true`: as JAEGER_DISABLED", unset: "false", parse: set(trueOrFalse, &r.Disabled)},
		{name: "JAEGER_DISABLED", meaning: "bool: record nothing, pass on what arrives in headers", unset: "false", parse: set(boolean, &r.Disabled)},
		{name: "JAEGER_TRACEID_128BIT", meaning: "bool: new trace ids have 128 bits, not 64", unset: "true", parse: set(boolean, &r.TraceID128)},
		{name: "OTEL_PROPAGATORS", meaning: "header formats: `tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger` or `none`", parse: r.parsePropagators},
		{
			name: "JAEGER_PROPAGATION", meaning: "header formats to read, the preferred one first, and to write: a list of `jaeger`, `w3c`, `b3`",
			unset: "reads `jaeger,w3c,b3`, writes `jaeger,w3c`", parse: set(propagation.ParseFormats, &r.Formats),
		},
		{name: "JAEGER_RPC_METRICS", meaning: "bool: metrics of requests; not in this version", unset: "false", parse: r.parseRPCMetrics},
	}
}

func (r *reader) samplingRows() []variable {
	return []variable{
		{
			name: "OTEL_TRACES_SAMPLER", meaning: "`always_on`, `always_off`, `traceidratio` or one of them after `parentbased_`",
			parse: set(oneOf("always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio")),
		},
		{name: "OTEL_TRACES_SAMPLER_ARG", meaning: "probability for `traceidratio`", unset: "1", parse: set(text)},
		{name: "JAEGER_SAMPLER_TYPE", meaning: "`const`, `probabilistic`, `ratelimiting` or `remote`", unset: "remote", parse: set(oneOf("const", "probabilistic", "ratelimiting", "remote"), &r.samplerType)},
		{name: "JAEGER_SAMPLER_PARAM", meaning: "a probability (for `remote` until the server answers), traces a second, or for `const` 0 or 1", unset: "0.001; 0 for `const` and `ratelimiting`", parse: set(number, &r.samplerParam)},
		{name: "JAEGER_SAMPLER_HOST", meaning: "host of the sampling server (Node.js)", unset: "JAEGER_AGENT_HOST", parse: set(host, &r.samplerHost)},
		{name: "JAEGER_SAMPLER_PORT", meaning: "port of the sampling server (Node.js)", unset: "5778", parse: set(address.Port, &r.samplerPort)},
		{name: "JAEGER_SAMPLER_SAMPLING_PATH", meaning: "path at the sampling server (Node.js)", unset: "/sampling", parse: r.parseSamplingPath},
		{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", meaning: "older name of JAEGER_SAMPLING_ENDPOINT", parse: r.parseSamplingEndpoint},
		{name: "JAEGER_SAMPLING_ENDPOINT", meaning: "the sampling server that type `remote` asks: a URL, or host:port", unset: "http://JAEGER_AGENT_HOST:5778/sampling, or at 127.0.0.1", parse: r.parseSamplingEndpoint},
		{name: "JAEGER_SAMPLER_MAX_OPERATIONS", meaning: "operations that are sampled each at its own rate", unset: "2000", parse: set(upTo(maxCount), &r.MaxOperations)},
		{name: "JAEGER_SAMPLER_REFRESH_INTERVAL", meaning: "how often the sampling server is asked; at least 1s", unset: "1m", parse: set(duration, &r.RefreshInterval)},
	}
}

func (r *reader) endpointRows() []variable {
	return []variable{
		{name: "OTEL_TRACES_EXPORTER", meaning: "`none`: report nothing; `otlp`: OTLP if no JAEGER_* variable says where to; `jaeger`: no OTLP; of a list `otlp` counts, else `jaeger`", parse: r.parseExporter},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", meaning: "URL below which `/v1/traces` takes OTLP over HTTP", unset: "http://localhost:4318 with OTEL_TRACES_EXPORTER=otlp", parse: r.parseOTLPBase},
		{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", meaning: "the whole URL, but for `/v1/traces` where it has no path; wins over OTEL_EXPORTER_OTLP_ENDPOINT", parse: r.parseOTLPWhole},
	}
}

// otlpRows are the settings of OTLP endpoints, each as it holds for all signals and
// as it holds for traces.
func (r *reader) otlpRows() []variable {
	var rows []variable
	for _, general := range []variable{
		{name: "HEADERS", meaning: "headers for OTEL_EXPORTER_OTLP_… endpoints, `key=value,…`, percent-encoded; with a wrong list the endpoint is not used", parse: set(text), hide: hideAll},
		{name: "COMPRESSION", meaning: "`gzip` or `none`, for OTLP", unset: "none", parse: set(oneOf("gzip", "none"), &r.otlpGzip)},
		{name: "TIMEOUT", meaning: "milliseconds for a request, for OTLP", unset: "10000", parse: set(milliseconds, &r.otlpTimeout)},
		{name: "CERTIFICATE", meaning: "PEM file with the authorities to trust at OTEL_EXPORTER_OTLP_… endpoints; read again when it changes", unset: "the system's", parse: set(text), hide: address.HidePEM},
		{name: "CLIENT_CERTIFICATE", meaning: "PEM file to show to OTEL_EXPORTER_OTLP_… endpoints, with …_CLIENT_KEY", parse: set(text), hide: address.HidePEM},
		{name: "CLIENT_KEY", meaning: "PEM file with its key", parse: set(text), hide: address.HidePEM},
		{name: "PROTOCOL", meaning: "`http/protobuf`; with `grpc` or `http/json` the endpoint is not used", unset: "http/protobuf", parse: set(oneOf("http/protobuf", "grpc", "http/json"))},
		{name: "INSECURE", meaning: "bool, for gRPC; without effect: the URL decides", parse: set(boolean), unused: true},
	} {
		traces := general
		general.name, traces.name = otlpPrefix+general.name, otlpTracesPrefix+general.name
		traces.meaning, traces.unset = "as "+general.name+", and wins", ""
		rows = append(rows, general, traces)
	}
	return rows
}

func (r *reader) agentRows() []variable {
	return []variable{
		{name: "JAEGER_AGENT_HOST", meaning: "host of the agent: a name or an IP address", unset: "localhost", parse: set(host, &r.agentHost)},
		{name: "JAEGER_AGENT_PORT", meaning: "UDP port of the agent", unset: "6831", parse: set(address.Port, &r.agentPort)},
		{name: "JAEGER_AGENT_SOCKET_TYPE", meaning: "`udp4` or `udp6` (Node.js); without effect: the address decides", parse: set(oneOf("udp4", "udp6")), unused: true},
		{name: "JAEGER_AGENT_HOST_USE_IPV6", meaning: "bool (Python); without effect: the address decides", parse: set(boolean), unused: true},
		{name: "JAEGER_SENDER_FACTORY", meaning: "(Java); without effect", parse: set(text), unused: true},
		{name: "JAEGER_ENDPOINT", meaning: "URL of a collector, wins over the agent: Thrift over HTTP, or OTLP when the path ends in `/v1/traces`", unset: "the agent", parse: r.parseCollector},
		{name: "JAEGER_USER", meaning: "user for JAEGER_ENDPOINT, with JAEGER_PASSWORD", parse: set(text), hide: hideAll},
		{name: "JAEGER_PASSWORD", meaning: "password for JAEGER_ENDPOINT, with JAEGER_USER", parse: set(text), hide: hideAll},
		{name: "JAEGER_AUTH_TOKEN", meaning: "bearer token for JAEGER_ENDPOINT", parse: set(headerText, &r.token), hide: hideAll},
	}
}

func (r *reader) reportingRows() []variable {
	return []variable{
		{name: "OTEL_BSP_MAX_QUEUE_SIZE", meaning: "as JAEGER_REPORTER_MAX_QUEUE_SIZE", parse: set(upTo(maxCount), &r.QueueSpans)},
		{name: "JAEGER_REPORTER_MAX_QUEUE_SIZE", meaning: "spans that may wait to be sent, beside the batches being filled, 1 to 1000000", unset: "1000000", parse: set(upTo(maxCount), &r.QueueSpans)},
		{name: "OTEL_BSP_SCHEDULE_DELAY", meaning: "as JAEGER_REPORTER_FLUSH_INTERVAL, in milliseconds", parse: set(milliseconds, &r.FlushInterval)},
		{name: "JAEGER_REPORTER_FLUSH_INTERVAL", meaning: "how long a span waits at most for others to be sent with it", unset: "1s", parse: set(duration, &r.FlushInterval)},
		{name: "OTEL_BSP_EXPORT_TIMEOUT", meaning: "milliseconds during which a batch that failed is tried again", unset: "300000", parse: set(milliseconds, &r.RetryBudget)},
		{name: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", meaning: "without effect: batches are bounded in bytes", parse: set(upTo(maxCount)), unused: true},
		{name: "JAEGER_REPORTER_TIMEOUT", meaning: "milliseconds for a request, over HTTP; wins over OTEL_EXPORTER_OTLP_TIMEOUT", unset: "10000", parse: set(milliseconds, &r.Timeout)},
		{name: "JAEGER_REPORTER_LOG_SPANS", meaning: "bool: also write a line for each span to the log", unset: "false", parse: set(boolean, &r.LogSpans)},
		{name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", meaning: "bool: keep the agent's first address", unset: "false", parse: set(boolean, &r.NoReconnect)},
		{name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", meaning: "how often the agent's address is looked up", unset: "10s", parse: set(duration, &r.ReconnectInterval)},
	}
}

// limitRows are the limits of one span: the general ones first, as those of spans win.
func (r *reader) limitRows() []variable {
	return []variable{
		{name: "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", meaning: "characters of the value of a tag, or of a log's field", unset: "4096 bytes, or 16384", parse: set(upTo(maxCharacters), &r.TagValueCharacters, &r.LogValueCharacters)},
		{name: "OTEL_ATTRIBUTE_COUNT_LIMIT", meaning: "as OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT, which wins", parse: set(upTo(maxCount), &r.TagsPerSpan)},
		{name: "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", meaning: "characters of a tag's value", unset: "4096 bytes", parse: set(upTo(maxCharacters), &r.TagValueCharacters)},
		{name: "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", meaning: "tags of a span", unset: "1000", parse: set(upTo(maxCount), &r.TagsPerSpan)},
		{name: "OTEL_SPAN_EVENT_COUNT_LIMIT", meaning: "logs of a span", unset: "1000", parse: set(upTo(maxCount), &r.LogsPerSpan)},
		{name: "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", meaning: "fields of a log", unset: "128", parse: set(upTo(maxCount), &r.FieldsPerLog)},
		{name: "OTEL_SPAN_LINK_COUNT_LIMIT", meaning: "references of a span", unset: "1000", parse: set(upTo(maxCount), &r.RefsPerSpan)},
		{name: "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", meaning: "without effect: references have no tags", parse: set(upTo(maxCount)), unused: true},
	}
}

func hideAll(string) string { return address.Hidden }
