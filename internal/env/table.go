// SPDX-License-Identifier: Apache-2.0

package env

import (
	"slices"

	"github.com/go-spur/spur/internal/address"
)

// kind is how the value of a variable is read.
type kind uint8

const (
	kindText kind = iota
	kindBool
	kindTrueFalse    // as OpenTelemetry has it: these two words, in any case
	kindCount        // a whole number from 1 to most
	kindMilliseconds // the same, up to a day
	kindDuration
	kindNumber
	kindChoice
	kindHost
	kindPort
	kindHeaderText // what a header can carry
	kindTags
	kindResource
	kindFormats
	kindPropagators
	kindPath
	kindSampling // a URL, or host:port
	kindExporters
	kindCollector
	kindOTLPBase
	kindOTLPWhole
)

// hiding is what may be shown of a value.
type hiding uint8

const (
	hideSecrets hiding = iota // see address.Hide
	hideAll
	hideValues
	hidePEM
)

// variable is one row of the table of environment variables. docs/environment.md says
// what each means.
type variable struct {
	name    string
	kind    kind
	hide    hiding
	client  bool   // jaeger-client-go reads it, too
	unused  bool   // checked, but without effect in this version
	most    int32  // of kindCount
	choices string // of kindChoice, separated by ", "
}

func (v *variable) shown(value string) string {
	switch v.hide {
	case hideAll:
		return address.Hidden
	case hideValues:
		return address.HideValues(value)
	case hidePEM:
		return address.HidePEM(value)
	}
	return address.Hide(value)
}

// maxCount bounds the numbers of spans, tags and so on that can be asked for, and
// maxCharacters those of characters. What is below costs memory only when it is used.
const (
	maxCount      = 1_000_000
	maxCharacters = 1 << 20
)

const (
	otelSamplers = "always_on, always_off, traceidratio, jaeger_remote, " +
		"parentbased_always_on, parentbased_always_off, parentbased_traceidratio, parentbased_jaeger_remote"
	protocols    = "http/protobuf, grpc, http/json"
	compressions = "gzip, none"
)

// table lists what is read, in this order.
var table = [...]variable{
	// The service, its tags and the switches.
	{name: "OTEL_RESOURCE_ATTRIBUTES", kind: kindResource, hide: hideValues},
	{name: "OTEL_SERVICE_NAME"},
	{name: "JAEGER_SERVICE_NAME", client: true},
	{name: "JAEGER_TAGS", client: true, kind: kindTags, hide: hideValues},
	{name: "OTEL_SDK_DISABLED", kind: kindTrueFalse},
	{name: "JAEGER_DISABLED", client: true, kind: kindBool},
	{name: "JAEGER_TRACEID_128BIT", client: true, kind: kindBool},
	{name: "OTEL_PROPAGATORS", kind: kindPropagators},
	{name: "JAEGER_PROPAGATION", kind: kindFormats},
	{name: "JAEGER_RPC_METRICS", client: true, kind: kindBool, unused: true},

	// What is recorded.
	{name: "OTEL_TRACES_SAMPLER", kind: kindChoice, choices: otelSamplers},
	{name: "OTEL_TRACES_SAMPLER_ARG"},
	{name: "JAEGER_SAMPLER_TYPE", client: true, kind: kindChoice, choices: "const, probabilistic, ratelimiting, remote"},
	{name: "JAEGER_SAMPLER_PARAM", client: true, kind: kindNumber},
	{name: "JAEGER_SAMPLER_HOST", kind: kindHost},
	{name: "JAEGER_SAMPLER_PORT", kind: kindPort},
	{name: "JAEGER_SAMPLER_SAMPLING_PATH", kind: kindPath},
	{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", client: true, kind: kindSampling},
	{name: "JAEGER_SAMPLING_ENDPOINT", client: true, kind: kindSampling},
	{name: "JAEGER_SAMPLER_MAX_OPERATIONS", client: true, kind: kindCount, most: maxCount},
	{name: "JAEGER_SAMPLER_REFRESH_INTERVAL", client: true, kind: kindDuration},

	// Where spans go.
	{name: "OTEL_TRACES_EXPORTER", kind: kindExporters},
	{name: "OTEL_EXPORTER_OTLP_ENDPOINT", kind: kindOTLPBase},
	{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", kind: kindOTLPWhole},
	{name: "JAEGER_AGENT_HOST", client: true, kind: kindHost},
	{name: "JAEGER_AGENT_PORT", client: true, kind: kindPort},
	{name: "JAEGER_AGENT_SOCKET_TYPE", kind: kindChoice, choices: "udp4, udp6", unused: true},
	{name: "JAEGER_AGENT_HOST_USE_IPV6", kind: kindBool, unused: true},
	{name: "JAEGER_SENDER_FACTORY", unused: true},
	{name: "JAEGER_ENDPOINT", client: true, kind: kindCollector},
	{name: "JAEGER_USER", client: true, hide: hideAll},
	{name: "JAEGER_PASSWORD", client: true, hide: hideAll},
	{name: "JAEGER_AUTH_TOKEN", kind: kindHeaderText, hide: hideAll},

	// How they wait and are sent.
	{name: "OTEL_BSP_MAX_QUEUE_SIZE", kind: kindCount, most: maxCount},
	{name: "JAEGER_REPORTER_MAX_QUEUE_SIZE", client: true, kind: kindCount, most: maxCount},
	{name: "OTEL_BSP_SCHEDULE_DELAY", kind: kindMilliseconds},
	{name: "JAEGER_REPORTER_FLUSH_INTERVAL", client: true, kind: kindDuration},
	{name: "OTEL_BSP_EXPORT_TIMEOUT", kind: kindMilliseconds},
	{name: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", kind: kindCount, most: maxCount, unused: true},
	{name: "JAEGER_REPORTER_TIMEOUT", kind: kindMilliseconds},
	{name: "JAEGER_REPORTER_LOG_SPANS", client: true, kind: kindBool},
	{name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", client: true, kind: kindBool},
	{name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", client: true, kind: kindDuration},

	// The limits of one span.
	{name: "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", kind: kindCount, most: maxCharacters},
	{name: "OTEL_ATTRIBUTE_COUNT_LIMIT", kind: kindCount, most: maxCount},
	{name: "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", kind: kindCount, most: maxCharacters},
	{name: "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", kind: kindCount, most: maxCount},
	{name: "OTEL_SPAN_EVENT_COUNT_LIMIT", kind: kindCount, most: maxCount},
	{name: "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", kind: kindCount, most: maxCount},
	{name: "OTEL_SPAN_LINK_COUNT_LIMIT", kind: kindCount, most: maxCount},
	{name: "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", kind: kindCount, most: maxCount, unused: true},

	// The settings of OTLP endpoints, each as it holds for all signals and as it holds
	// for traces.
	{name: "OTEL_EXPORTER_OTLP_HEADERS", hide: hideAll},
	{name: "OTEL_EXPORTER_OTLP_TRACES_HEADERS", hide: hideAll},
	{name: "OTEL_EXPORTER_OTLP_COMPRESSION", kind: kindChoice, choices: compressions},
	{name: "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", kind: kindChoice, choices: compressions},
	{name: "OTEL_EXPORTER_OTLP_TIMEOUT", kind: kindMilliseconds},
	{name: "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", kind: kindMilliseconds},
	{name: "OTEL_EXPORTER_OTLP_CERTIFICATE", hide: hidePEM},
	{name: "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", hide: hidePEM},
	{name: "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", hide: hidePEM},
	{name: "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", hide: hidePEM},
	{name: "OTEL_EXPORTER_OTLP_CLIENT_KEY", hide: hidePEM},
	{name: "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", hide: hidePEM},
	{name: "OTEL_EXPORTER_OTLP_PROTOCOL", kind: kindChoice, choices: protocols},
	{name: "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", kind: kindChoice, choices: protocols},
	{name: "OTEL_EXPORTER_OTLP_INSECURE", kind: kindBool, unused: true},
	{name: "OTEL_EXPORTER_OTLP_TRACES_INSECURE", kind: kindBool, unused: true},
}

// index returns the row of a variable, or -1.
func index(name string) int {
	return slices.IndexFunc(table[:], func(v variable) bool { return v.name == name })
}
