// SPDX-License-Identifier: Apache-2.0

package spur

import "time"

// endpointRows say where spans go.
func endpointRows() []variable {
	rows := []variable{
		{name: "OTEL_TRACES_EXPORTER", meaning: "`none`: report nothing; `otlp`: OTLP if no JAEGER_* variable says where to; `jaeger`: no OTLP; of a list `otlp` counts, else `jaeger`", parse: otelExporter},
		{
			name: "OTEL_EXPORTER_OTLP_ENDPOINT", meaning: "URL below which `/v1/traces` takes OTLP over HTTP", parse: otlpBase, hide: hideCredentials,
			unset: "http://localhost:4318 with OTEL_TRACES_EXPORTER=otlp",
		},
		{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", meaning: "the whole URL, but for `/v1/traces` where it has no path; wins over OTEL_EXPORTER_OTLP_ENDPOINT", parse: otlpWhole, hide: hideCredentials},
	}
	rows = append(rows, otlpRows()...)
	return append(rows, []variable{
		{name: "JAEGER_AGENT_HOST", meaning: "host of the agent: a name or an IP address", unset: "localhost", parse: agentHost, hide: hideCredentials},
		{name: "JAEGER_AGENT_PORT", meaning: "UDP port of the agent", unset: "6831", parse: agentPort},
		{name: "JAEGER_AGENT_SOCKET_TYPE", meaning: "`udp4` or `udp6` (Node.js); without effect: the address decides", parse: oneOf("udp4", "udp6"), unused: true},
		{name: "JAEGER_AGENT_HOST_USE_IPV6", meaning: "bool (Python); without effect: the address decides", parse: boolean(func(*env, bool) {}), unused: true},
		{name: "JAEGER_SENDER_FACTORY", meaning: "(Java); without effect", parse: anything, unused: true},
		{
			name: "JAEGER_ENDPOINT", meaning: "URL of a collector, wins over the agent: Thrift over HTTP, or OTLP when the path ends in `/v1/traces`",
			unset: "the agent", parse: jaegerEndpoint, hide: hideCredentials,
		},
		{name: "JAEGER_USER", meaning: "user for JAEGER_ENDPOINT, with JAEGER_PASSWORD", parse: anything},
		{name: "JAEGER_PASSWORD", meaning: "password for JAEGER_ENDPOINT, with JAEGER_USER", parse: anything, hide: hideAll},
		{name: "JAEGER_AUTH_TOKEN", meaning: "bearer token for JAEGER_ENDPOINT", parse: authToken, hide: hideAll},
	}...)
}

// otlpRows are the settings of OTLP endpoints, each as it holds for all signals
// and as it holds for traces.
func otlpRows() []variable {
	var rows []variable
	for _, general := range []variable{
		{name: "HEADERS", meaning: "headers for OTEL_EXPORTER_OTLP_… endpoints, `key=value,…`, percent-encoded; with a wrong list the endpoint is not used", parse: anything, hide: hideAll},
		{name: "COMPRESSION", meaning: "`gzip` or `none`, for OTLP", unset: "none", parse: otlpCompression},
		{name: "TIMEOUT", meaning: "milliseconds for a request, for OTLP", unset: "10000", parse: milliseconds(func(e *env, d time.Duration) { e.otlp.timeout = d })},
		{name: "CERTIFICATE", meaning: "PEM file with the authorities to trust at OTEL_EXPORTER_OTLP_… endpoints; read again when it changes", unset: "the system's", parse: anything, hide: hidePEM},
		{name: "CLIENT_CERTIFICATE", meaning: "PEM file to show to OTEL_EXPORTER_OTLP_… endpoints, with …_CLIENT_KEY", parse: anything, hide: hidePEM},
		{name: "CLIENT_KEY", meaning: "PEM file with its key", parse: anything, hide: hidePEM},
		{name: "PROTOCOL", meaning: "`http/protobuf`; with `grpc` or `http/json` the endpoint is not used", unset: "http/protobuf"},
		{name: "INSECURE", meaning: "bool, for gRPC; without effect: the URL decides", parse: boolean(func(*env, bool) {}), unused: true},
	} {
		traces := general
		general.name, traces.name = otlpPrefix+general.name, otlpTracesPrefix+general.name
		traces.meaning, traces.unset = "as "+general.name+", and wins", ""
		if general.parse == nil {
			general.parse, traces.parse = otlpProtocol(general.name), otlpProtocol(traces.name)
		}
		rows = append(rows, general, traces)
	}
	return rows
}

// reportingRows say how spans wait and are sent.
func reportingRows() []variable {
	return []variable{
		{name: "OTEL_BSP_MAX_QUEUE_SIZE", meaning: "as JAEGER_REPORTER_MAX_QUEUE_SIZE", parse: integer(maxEnvCount, setQueueSpans)},
		{
			name: "JAEGER_REPORTER_MAX_QUEUE_SIZE", meaning: "spans that may wait to be sent, beside the batches being filled, 1 to 1000000", unset: "1000000",
			parse: integer(maxEnvCount, setQueueSpans),
		},
		{name: "OTEL_BSP_SCHEDULE_DELAY", meaning: "as JAEGER_REPORTER_FLUSH_INTERVAL, in milliseconds", parse: milliseconds(setFlushInterval)},
		{name: "JAEGER_REPORTER_FLUSH_INTERVAL", meaning: "how long a span waits at most for others to be sent with it", unset: "1s", parse: duration(setFlushInterval)},
		{
			name: "OTEL_BSP_EXPORT_TIMEOUT", meaning: "milliseconds during which a batch that failed is tried again", unset: "300000",
			parse: milliseconds(func(e *env, d time.Duration) { e.c.sending.retryBudget = d }),
		},
		{name: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", meaning: "without effect: batches are bounded in bytes", parse: integer(maxEnvCount, func(*env, int) {}), unused: true},
		{
			name: "JAEGER_REPORTER_TIMEOUT", meaning: "milliseconds for a request, over HTTP; wins over OTEL_EXPORTER_OTLP_TIMEOUT", unset: "10000",
			parse: milliseconds(func(e *env, d time.Duration) { e.c.sending.timeout = d }),
		},
		{
			name: "JAEGER_REPORTER_LOG_SPANS", meaning: "bool: also write a line for each span to the log", unset: "false",
			parse: boolean(func(e *env, on bool) { e.c.logSpans = on }),
		},
		{
			name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", meaning: "bool: keep the agent's first address", unset: "false",
			parse: boolean(func(e *env, on bool) { e.c.sending.noReconnect = on }),
		},
		{
			name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", meaning: "how often the agent's address is looked up", unset: "10s",
			parse: duration(func(e *env, d time.Duration) { e.c.sending.reconnectInterval = d }),
		},
	}
}

// limitRows are the limits of one span: the general ones first, as those of spans
// win.
func limitRows() []variable {
	return []variable{
		{
			name: "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", meaning: "bytes of the value of a tag, or of a log's field", unset: "4096, or 16384",
			parse: integer(1<<20, func(e *env, n int) { e.c.limits.TagValueLength, e.c.limits.LogValueLength = n, n }),
		},
		{
			name: "OTEL_ATTRIBUTE_COUNT_LIMIT", meaning: "as OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT, which wins",
			parse: integer(maxEnvCount, func(e *env, n int) { e.c.limits.TagsPerSpan = n }),
		},
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
			name: "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", meaning: "fields of a log", unset: "128",
			parse: integer(maxEnvCount, func(e *env, n int) { e.c.limits.FieldsPerLog = n }),
		},
		{
			name: "OTEL_SPAN_LINK_COUNT_LIMIT", meaning: "references of a span", unset: "1000",
			parse: integer(maxEnvCount, func(e *env, n int) { e.c.limits.RefsPerSpan = n }),
		},
		{
			name: "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", meaning: "without effect: references have no tags",
			parse: integer(maxEnvCount, func(*env, int) {}), unused: true,
		},
	}
}
