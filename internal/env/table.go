// SPDX-License-Identifier: Apache-2.0

package env

import (
	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/propagation"
)

// variable is one row of the table of environment variables. The README says what
// each means.
type variable struct {
	name   string
	parse  func(value string) error
	hide   func(value string) string // what may be shown of a value; address.Hide when nil
	unused bool                      // checked, but without effect in this version
}

func (v *variable) shown(value string) string {
	if v.hide != nil {
		return v.hide(value)
	}
	return address.Hide(value)
}

func hideAll(string) string { return address.Hidden }

// maxCount bounds the numbers of spans, tags and so on that can be asked for, and
// maxCharacters those of characters. What is below costs memory only when it is used.
const (
	maxCount      = 1_000_000
	maxCharacters = 1 << 20
)

// table lists what is read, in this order: of rows that set the same thing the last
// one wins.
func (r *reader) table() []variable {
	rows := []variable{
		// The service, its tags and the switches.
		{name: "OTEL_RESOURCE_ATTRIBUTES", parse: r.parseResource, hide: address.HideValues},
		{name: "OTEL_SERVICE_NAME", parse: set(text, &r.Service)},
		{name: "JAEGER_SERVICE_NAME", parse: set(text, &r.Service)},
		{name: "JAEGER_TAGS", parse: r.parseTags, hide: address.HideValues},
		{name: "OTEL_SDK_DISABLED", parse: set(trueOrFalse, &r.Disabled)},
		{name: "JAEGER_DISABLED", parse: set(boolean, &r.Disabled)},
		{name: "JAEGER_TRACEID_128BIT", parse: set(boolean, &r.TraceID128)},
		{name: "OTEL_PROPAGATORS", parse: r.parsePropagators},
		{name: "JAEGER_PROPAGATION", parse: set(propagation.ParseFormats, &r.Formats)},
		{name: "JAEGER_RPC_METRICS", parse: r.parseRPCMetrics},

		// What is recorded.
		{
			name:  "OTEL_TRACES_SAMPLER",
			parse: set(oneOf("always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio")),
		},
		{name: "OTEL_TRACES_SAMPLER_ARG", parse: set(text)},
		{name: "JAEGER_SAMPLER_TYPE", parse: set(oneOf("const", "probabilistic", "ratelimiting", "remote"), &r.samplerType)},
		{name: "JAEGER_SAMPLER_PARAM", parse: set(number, &r.samplerParam)},
		{name: "JAEGER_SAMPLER_HOST", parse: set(host, &r.samplerHost)},
		{name: "JAEGER_SAMPLER_PORT", parse: set(address.Port, &r.samplerPort)},
		{name: "JAEGER_SAMPLER_SAMPLING_PATH", parse: r.parseSamplingPath},
		{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", parse: r.parseSamplingEndpoint},
		{name: "JAEGER_SAMPLING_ENDPOINT", parse: r.parseSamplingEndpoint},
		{name: "JAEGER_SAMPLER_MAX_OPERATIONS", parse: set(upTo(maxCount), &r.MaxOperations)},
		{name: "JAEGER_SAMPLER_REFRESH_INTERVAL", parse: set(duration, &r.RefreshInterval)},

		// Where spans go.
		{name: "OTEL_TRACES_EXPORTER", parse: r.parseExporter},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", parse: r.parseOTLPBase},
		{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", parse: r.parseOTLPWhole},
		{name: "JAEGER_AGENT_HOST", parse: set(host, &r.agentHost)},
		{name: "JAEGER_AGENT_PORT", parse: set(address.Port, &r.agentPort)},
		{name: "JAEGER_AGENT_SOCKET_TYPE", parse: set(oneOf("udp4", "udp6")), unused: true},
		{name: "JAEGER_AGENT_HOST_USE_IPV6", parse: set(boolean), unused: true},
		{name: "JAEGER_SENDER_FACTORY", parse: set(text), unused: true},
		{name: "JAEGER_ENDPOINT", parse: r.parseCollector},
		{name: "JAEGER_USER", parse: set(text), hide: hideAll},
		{name: "JAEGER_PASSWORD", parse: set(text), hide: hideAll},
		{name: "JAEGER_AUTH_TOKEN", parse: set(headerText, &r.token), hide: hideAll},

		// How they wait and are sent.
		{name: "OTEL_BSP_MAX_QUEUE_SIZE", parse: set(upTo(maxCount), &r.QueueSpans)},
		{name: "JAEGER_REPORTER_MAX_QUEUE_SIZE", parse: set(upTo(maxCount), &r.QueueSpans)},
		{name: "OTEL_BSP_SCHEDULE_DELAY", parse: set(milliseconds, &r.FlushInterval)},
		{name: "JAEGER_REPORTER_FLUSH_INTERVAL", parse: set(duration, &r.FlushInterval)},
		{name: "OTEL_BSP_EXPORT_TIMEOUT", parse: set(milliseconds, &r.RetryBudget)},
		{name: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", parse: set(upTo(maxCount)), unused: true},
		{name: "JAEGER_REPORTER_TIMEOUT", parse: set(milliseconds, &r.Timeout)},
		{name: "JAEGER_REPORTER_LOG_SPANS", parse: set(boolean, &r.LogSpans)},
		{name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", parse: set(boolean, &r.NoReconnect)},
		{name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", parse: set(duration, &r.ReconnectInterval)},

		// The limits of one span: the general ones first.
		{name: "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", parse: set(upTo(maxCharacters), &r.TagValueCharacters, &r.LogValueCharacters)},
		{name: "OTEL_ATTRIBUTE_COUNT_LIMIT", parse: set(upTo(maxCount), &r.TagsPerSpan)},
		{name: "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", parse: set(upTo(maxCharacters), &r.TagValueCharacters)},
		{name: "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", parse: set(upTo(maxCount), &r.TagsPerSpan)},
		{name: "OTEL_SPAN_EVENT_COUNT_LIMIT", parse: set(upTo(maxCount), &r.LogsPerSpan)},
		{name: "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", parse: set(upTo(maxCount), &r.FieldsPerLog)},
		{name: "OTEL_SPAN_LINK_COUNT_LIMIT", parse: set(upTo(maxCount), &r.RefsPerSpan)},
		{name: "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", parse: set(upTo(maxCount)), unused: true},
	}
	// The settings of OTLP endpoints, each as it holds for all signals and as it holds
	// for traces.
	for _, general := range []variable{
		{name: "HEADERS", parse: set(text), hide: hideAll},
		{name: "COMPRESSION", parse: set(oneOf("gzip", "none"), &r.otlpGzip)},
		{name: "TIMEOUT", parse: set(milliseconds, &r.otlpTimeout)},
		{name: "CERTIFICATE", parse: set(text), hide: address.HidePEM},
		{name: "CLIENT_CERTIFICATE", parse: set(text), hide: address.HidePEM},
		{name: "CLIENT_KEY", parse: set(text), hide: address.HidePEM},
		{name: "PROTOCOL", parse: set(oneOf("http/protobuf", "grpc", "http/json"))},
		{name: "INSECURE", parse: set(boolean), unused: true},
	} {
		traces := general
		general.name, traces.name = otlpPrefix+general.name, otlpTracesPrefix+general.name
		rows = append(rows, general, traces)
	}
	return rows
}
