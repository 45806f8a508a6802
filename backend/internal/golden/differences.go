// SPDX-License-Identifier: Apache-2.0

package golden

// Differences are all there are between Jaeger 1.62, v2.13 and us, in answers
// about the files in backend/testdata. The first that fits a difference counts.
var Differences = []Known{
	// Spans.
	{Field: "tags.internal.span.format", V162: `string "proto"`, V213: "", Ours: `string "jaeger"`, Why: "1.62 says how its agent sent it on"},
	{Field: "tags.internal.span.format", V162: `string "*"`, V213: "", Ours: Same, Why: "v2 has no formats"},
	{Field: "flags", V162: "*", V213: "", Ours: Same, Why: "v2 drops Jaeger's flags"},
	{Field: "process.tags.hostname", V162: `string "host-1"`, V213: "", Ours: Same, Why: "v2 renames what comes as Thrift"},
	{Field: "process.tags.host.name", V162: "", V213: `string "host-1"`, Ours: Same, Why: "v2 renames what comes as Thrift"},
	{Field: "process.tags.jaeger.version", V162: `string "*"`, V213: "", Ours: Same, Why: "v2 renames what comes as Thrift"},
	{Field: "process.tags.opencensus.exporterversion", V162: "", V213: `string "Jaeger-*"`, Ours: Same, Why: "v2 renames what comes as Thrift"},
	{Field: "tags.error", V162: "", V213: "bool true", Ours: Same, Why: `v2 adds the tag to spans that have error="true"`},
	{Field: "tags.otel.status_code", V162: "", V213: `string "ERROR"`, Ours: Same, Why: "v2 makes a status of Thrift's error tag"},
	{Field: "tags.twice", V162: "* + *", V213: "*", Ours: Same, Why: "of tags with the same key v2 keeps the last"},
	{Field: "logs.fields.text", V162: "* + *", V213: "*", Ours: Same, Why: "of fields with the same key v2 keeps the last"},
	{Field: "tags", V162: "", V213: "[]", Ours: Same, Why: "a span by Thrift always has a tag in 1.62: its format"},
	{Field: "tags.*minus_zero", V162: "float64 0", V213: "float64 -0", Ours: "float64 -0", Why: "1.62 loses the sign of zero"},
	{Field: "tags.text.not_utf8", V162: "string *", V213: "binary *", Ours: "string *", Why: "of text that is not UTF-8 v2 makes bytes; 1.62 puts a mark for each byte, we one for several"},
	{Field: "duration", V162: "18446744073709551615", V213: "0", Ours: "0", Why: "a span that ends before it starts is mended"},
	{Field: "warnings", V162: "null", V213: `["Negative duration detected, sanitizing*`, Ours: Same, Why: "v2 mends a span that has no duration"},
	{Field: "warnings", V162: `["invalid parent span IDs=*`, V213: Same, Ours: `["the parent span * is not here"]`, Why: "clock skew is not what is wrong with it"},
	{Field: "warnings", V162: "null", V213: Same, Ours: `["the span's service has no name"]`, Why: "what was mended is said"},
	{Field: "warnings", V162: "null", V213: Same, Ours: `["text that is not UTF-8: *`, Why: "what was mended is said"},
	{Field: "warnings", V162: "null", V213: Same, Ours: `["the span ended before it started: *`, Why: "what was mended is said"},
	{Field: "trace.warnings", V162: "null", V213: Same, Ours: `["the root span is not here"]`, Why: "a part of a trace is marked"},
	{Field: "process.serviceName", V162: `"OTLPResourceNoServiceName"`, V213: `"missing-service-name"`, Ours: `"missing-service-name"`, Why: "another name for none"},
	{Field: "process.serviceName", V162: `"empty-service-name"`, V213: `"service-name-wrong-type"`, Ours: `"7"`, Why: "a number names a service as well as text"},
	{Field: "process.serviceName", Request: "transform", V162: `""`, V213: Same, Ours: `"7"`, Why: "a number names a service as well as text"},
	{Field: "process.serviceName", Request: "transform", V162: `"OTLPResourceNoServiceName"`, V213: Same, Ours: `""`, Why: "nothing is mended"},

	// Names.
	{Field: there, Request: "services", V162: "*", V213: "*", Ours: "*", Why: "the other names of services without one"},
	{Field: there, Request: "operations-*", V162: "*", V213: "*", Ours: "*", Why: `a tag span.kind of OTLP's is not the kind; one that is not known is "" in v2`},
	{Field: "data", Request: "operations-*", V162: "null", V213: Same, Ours: "[]", Why: "no names are a list of none"},

	// Searches.
	{Field: there, Request: "search-limit-0", V162: "yes", V213: "", Ours: Same, Why: "v2 refuses a limit below 1"},
	{Field: there, Request: "search-limit-minus", V162: "yes", V213: "", Ours: Same, Why: "v2 refuses a limit below 1"},
	{Field: "*", Request: "search-limit-0", V162: "*", V213: "*", Ours: Same, Why: "v2 refuses a limit below 1"},
	{Field: "*", Request: "search-limit-minus", V162: "*", V213: "*", Ours: Same, Why: "v2 refuses a limit below 1"},
	{Field: there, Request: "search-error", V162: "yes", V213: "", Ours: Same, Why: "v2 does not find a status by the tag it shows"},
	{Field: there, Request: "search-kind", V162: "yes", V213: "", Ours: Same, Why: "v2 does not find a kind by the tag it shows"},
	{Field: there, Request: "search-scope", V162: "yes", V213: "", Ours: Same, Why: "v2 does not find a scope by the tag it is shown as"},
	{Field: there, Request: "search-log-event", V162: "yes", V213: "", Ours: Same, Why: "v2 does not find OTLP's name of an event by the field it is shown as"},
	{Field: there, Request: "search-bytes", V162: "yes", V213: "", Ours: "", Why: "bytes are not found as hex"},
	{Field: "data", Request: "search-*", V162: "", V213: "[]", Ours: "[]", Why: "there are none, as above"},
	{Field: there, Request: "search-*", V162: "*", V213: "*", Ours: Same, Why: "where there are more than the limit, v2 takes any of them, 1.62 the newest"},

	// Dependencies.
	{Field: "callCount", V162: "", V213: "*", Ours: Same, Why: "v2 counts calls within a service"},
	{Field: "callCount", V162: "1", V213: "", Ours: "", Why: "the other names of services without one"},
	{Field: "callCount", V162: "", V213: Same, Ours: "1", Why: "the other names of services without one"},

	// Errors.
	{Field: "contentType", V162: "text/plain; charset=utf-8", V213: Same, Ours: "application/json", Why: "an error is JSON and says so"},
	{Field: "*", Request: "*-nan", V162: "*", V213: Same, Ours: "*", Why: "Jaeger cannot show NaN; here it is text"},
	{Field: "*", Request: "trace-outside-window", V162: "*", V213: Same, Ours: "*", Why: "1.62 does not look at a trace's window"},
	{Field: "*", Request: "trace-window-bad", V162: "*", V213: "*", Ours: "*", Why: "1.62 does not look at a trace's window"},
	{Field: "*", Request: "archive*", V162: "*", V213: "*", Ours: Same, Why: "v2's memory has no archive"},
	{Field: "errors.msg", Request: "transform-*", V162: `"cannot unmarshal OTLP : *"`, V213: `"cannot unmarshal OTLP : *"`, Ours: `"cannot unmarshal OTLP : *"`, Why: "words of the JSON library"},
	{Field: "errors.code", Request: "transform-*", V162: "500", V213: "400", Ours: "400", Why: "what cannot be read is the sender's fault"},
	{Field: "status", Request: "transform-*", V162: "500", V213: "400", Ours: "400", Why: "what cannot be read is the sender's fault"},
	{Field: "status", Request: "services-post", V162: "405", V213: "200", Ours: Same, Why: "v2 answers with its UI"},
	{Field: "contentType", Request: "services-post", V162: "", V213: "text/html*", Ours: Same, Why: "v2 answers with its UI"},
	{Field: "body", Request: "*-post", V162: "", V213: Same, Ours: "Method Not Allowed*", Why: "the status in words"},
	{Field: "contentType", Request: "*-post", V162: "", V213: Same, Ours: "text/plain*", Why: "the status in words"},
	{Field: "body", Request: "archive-get", V162: "", V213: Same, Ours: "Method Not Allowed*", Why: "the status in words"},
	{Field: "contentType", Request: "archive-get", V162: "", V213: Same, Ours: "text/plain*", Why: "the status in words"},
	{Field: "*", Request: "metrics-*", V162: "*", V213: Same, Ours: "*", Why: "Jaeger asks Prometheus for metrics; here the store has them"},
	{Field: "*", Request: "unknown", V162: "*", V213: Same, Ours: "*", Why: "Jaeger answers with its UI"},
	{Field: "*", Request: "trace-slash", V162: "*", V213: Same, Ours: "*", Why: "Jaeger answers with its UI"},
	{Field: "*", Request: "home", V162: "*", V213: Same, Ours: "*", Why: "who does not ask for HTML gets a list of addresses"},
	{Field: "status", Request: "ui-search", V162: "200", V213: Same, Ours: "302", Why: "Jaeger UI's addresses lead to ours"},

	// Receivers.
	{Field: "body", Request: "sent otlp/*", V162: "\n\x00", V213: Same, Ours: "", Why: "no partial success is nothing, or an empty one"},
	{Field: "body", Request: "sent ", V162: "\n\x00", V213: Same, Ours: "", Why: "no partial success is nothing, or an empty one"},
	{Field: "*", Request: "sent otlp/oteljs-huge.json", V162: "*", V213: "*", Ours: "*", Why: "a span that cannot be read costs itself alone"},
	{Field: "body", Request: "sent *", V162: "Unable to process request body: *", V213: Same, Ours: "Unable to process request body: *", Why: "words of the Thrift library"},
	{Field: "message", Request: "sent *", V162: "*", V213: "*", Ours: "*", Why: "words of the JSON library"},
	{Field: "body", Request: "sent *", V162: "*proto:*", V213: "*proto:*", Ours: "*proto:*", Why: "words of the protobuf library"},
	{Field: "body", Request: "sent *", V162: "*gzip: invalid header", V213: Same, Ours: "*gzip: invalid header", Why: "more words"},
	{Field: "body", Request: "sent *", V162: "*unsupported Content-Encoding: brotli", V213: Same, Ours: "*unsupported content encoding *", Why: "other words"},
	{Field: "status", Request: "sent otlp/otelgo-nan.pb", V162: "400", V213: Same, Ours: "415", Why: "an encoding that is not known is 415"},
	{Field: "body", Request: "sent *", V162: "415 unsupported media type*", V213: Same, Ours: "the content type must be *", Why: "other words"},
	{Field: "body", Request: "sent *", V162: "405 method not allowed*", V213: Same, Ours: "Method Not Allowed\n", Why: "other words"},
	{Field: "body", Request: "sent ", V162: "", V213: Same, Ours: "Method Not Allowed\n", Why: "the status in words"},
	{Field: "contentType", Request: "sent ", V162: "", V213: Same, Ours: "text/plain; charset=utf-8", Why: "the status in words"},
	{Field: "contentType", Request: "sent *", V162: "text/plain", V213: Same, Ours: "text/plain; charset=utf-8", Why: "net/http's spelling"},
}
