// SPDX-License-Identifier: Apache-2.0

package golden

// Differences are all there are between Jaeger 1.62, v2.13 and us, in answers
// about the files in backend/testdata. The first that fits a difference counts.
var Differences = []Known{
	// Spans.
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
	{Field: "tags.*minus_zero", V162: "float64 0", V213: "float64 -0", Ours: Same, Why: "1.62 loses the sign of zero"},
	{Field: "tags.text.not_utf8", V162: "string *", V213: "binary *", Ours: Same, Why: "v2 makes bytes of text that is not UTF-8"},
	{Field: "duration", V162: "18446744073709551615", V213: "0", Ours: Same, Why: "v2 mends a span that ends before it starts"},
	{Field: "warnings", V162: "null", V213: `["Negative duration detected, sanitizing*`, Ours: Same, Why: "v2 mends a span that has no duration"},
	{Field: "process.serviceName", V162: `"OTLPResourceNoServiceName"`, V213: `"missing-service-name"`, Ours: Same, Why: "another name for none"},
	{Field: "process.serviceName", V162: `"empty-service-name"`, V213: `"service-name-wrong-type"`, Ours: Same, Why: "another name for a number"},

	// Names.
	{Field: there, Request: "services", V162: "*", V213: "*", Ours: Same, Why: "the other names of services without one"},
	{Field: there, Request: "operations-*", V162: "*", V213: "*", Ours: Same, Why: `a kind that is not known is "" in v2, and a tag span.kind of OTLP's is not one`},

	// Searches.
	{Field: there, Request: "search-limit-0", V162: "yes", V213: "", Ours: Same, Why: "v2 refuses a limit below 1"},
	{Field: there, Request: "search-limit-minus", V162: "yes", V213: "", Ours: Same, Why: "v2 refuses a limit below 1"},
	{Field: "*", Request: "search-limit-0", V162: "*", V213: "*", Ours: Same, Why: "v2 refuses a limit below 1"},
	{Field: "*", Request: "search-limit-minus", V162: "*", V213: "*", Ours: Same, Why: "v2 refuses a limit below 1"},
	{Field: there, Request: "search-error", V162: "yes", V213: "", Ours: Same, Why: "v2 does not find a status by the tag it shows"},
	{Field: there, Request: "search-kind", V162: "yes", V213: "", Ours: Same, Why: "v2 does not find a kind by the tag it shows"},
	{Field: there, Request: "search-scope", V162: "yes", V213: "", Ours: Same, Why: "v2 does not find a scope by the tag it shows"},
	{Field: there, Request: "search-log-event", V162: "yes", V213: "", Ours: Same, Why: "v2 does not find an event's name by the field it shows"},
	{Field: there, Request: "search-bytes", V162: "yes", V213: "", Ours: Same, Why: "v2 does not find bytes"},
	{Field: "data", Request: "search-*", V162: "", V213: "[]", Ours: Same, Why: "v2 finds none"},
	{Field: there, Request: "search-*", V162: "*", V213: "*", Ours: Same, Why: "where there are more than the limit, v2 takes any of them, 1.62 the newest"},

	// Dependencies.
	{Field: "callCount", V162: "", V213: "*", Ours: Same, Why: "v2 counts calls within a service"},
	{Field: "callCount", V162: "1", V213: "", Ours: Same, Why: "the other names of services without one"},

	// Errors.
	{Field: "*", Request: "trace-window-bad", V162: "*", V213: "*", Ours: Same, Why: "1.62 does not look at a trace's window"},
	{Field: "*", Request: "archive*", V162: "*", V213: "*", Ours: Same, Why: "v2's memory has no archive"},
	{Field: "errors.msg", Request: "transform-*", V162: `"cannot unmarshal OTLP : *"`, V213: `"cannot unmarshal OTLP : *"`, Ours: Same, Why: "words of the JSON library"},
	{Field: "errors.code", Request: "transform-*", V162: "500", V213: "400", Ours: Same, Why: "what cannot be read is the sender's fault"},
	{Field: "status", Request: "transform-*", V162: "500", V213: "400", Ours: Same, Why: "what cannot be read is the sender's fault"},
	{Field: "status", Request: "services-post", V162: "405", V213: "200", Ours: Same, Why: "v2 answers with its UI"},
	{Field: "contentType", Request: "services-post", V162: "", V213: "text/html*", Ours: Same, Why: "v2 answers with its UI"},
	{Field: "message", Request: "sent *", V162: "*", V213: "*", Ours: Same, Why: "words of the JSON library"},
	{Field: "body", Request: "sent *", V162: "*proto: *", V213: "*proto: *", Ours: Same, Why: "words of the protobuf library"},
}
