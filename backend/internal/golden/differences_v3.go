// SPDX-License-Identifier: Apache-2.0

package golden

// DifferencesV3 are all there are between Jaeger v2.13, 1.62 and us in answers of the v3
// API about the files in backend/testdata, and where Jaeger's main branch differs by its
// sources. The first that fits a difference counts.
var DifferencesV3 = []Known{
	// Spans by Thrift: v2.13 translates them to OTLP's names, here they stay as they were sent.
	{Field: "attributes.internal.span.format", V213: "", V162: "*", Ours: `{"stringValue":"jaeger"}`, Why: "it says that the span came as Thrift, as in v1"},
	{Field: "flags", V213: "", V162: Same, Ours: "*", Why: "v2 drops Jaeger's flags"},
	{Field: "attributes.span.kind", V213: "", V162: Same, Ours: "*", Why: "a tag stays one"},
	{Field: "attributes.error", V213: "", V162: Same, Ours: `{"boolValue":true}`, Why: "a tag stays one"},
	{Field: "status.code", V213: "2", V162: Same, Ours: "", Why: `the text "true" is no error`},
	{Field: "status.code", V213: "", V162: "2", Ours: "2", Why: "v2 does not take the number 1 for an error"},
	{Field: "attributes.twice", V213: "{*}", V162: Same, Ours: "* + *", Why: "of tags with the same key v2 keeps the last"},
	{Field: "events.attributes.text", V213: "{*}", V162: Same, Ours: "* + *", Why: "of fields with the same key v2 keeps the last"},
	{Field: "events.attributes.event", V213: "", V162: Same, Ours: "*", Why: "a field stays one, and is the event's name as well"},
	{Field: "resource.attributes.hostname", V213: "", V162: Same, Ours: "*", Why: "v2 renames it"},
	{Field: "resource.attributes.host.name", V213: "*", V162: Same, Ours: "", Why: "v2 renames it"},
	{Field: "resource.attributes.jaeger.version", V213: "", V162: Same, Ours: "*", Why: "v2 renames it"},
	{Field: "resource.attributes.opencensus.exporterversion", V213: "*", V162: Same, Ours: "", Why: "v2 renames it"},
	{Field: "attributes.text.not_utf8", V213: `{"bytesValue":"*"}`, V162: `{"stringValue":"*"}`, Ours: `{"stringValue":"*"}`, Why: "of text that is not UTF-8 v2 makes bytes; 1.62 puts a mark for each byte, we one for several"},

	// What was mended, and what is odd.
	{Field: "endTimeUnixNano", V213: "*", V162: "*", Ours: "*", Why: "v2 makes a span without a duration 1 ns long"},
	{Field: "attributes.@jaeger@warnings", V213: "*Negative duration detected*", V162: "", Ours: "", Why: "v2 warns of a span without a duration"},
	{Field: "attributes.@jaeger@warnings", V213: "*Negative duration detected*", V162: Same, Ours: "*the span ended before it started*", Why: "other words"},
	{Field: "attributes.@jaeger@warnings", V213: "*parent span ID=*", V162: "", Ours: "*the parent span * is not here*", Why: "other words; 1.62 warns in v1 only"},
	{Field: "attributes.@jaeger@warnings", V213: "", V162: Same, Ours: "*text that is not UTF-8*", Why: "what was mended is said"},
	{Field: "attributes.@jaeger@warnings", V213: "", V162: Same, Ours: "*the span's service has no name*", Why: "what was mended is said"},
	{Field: "resource.attributes.service.name", V213: `{"stringValue":"service-name-wrong-type"}`, V162: `{"stringValue":"empty-service-name"}`, Ours: `{"intValue":"7"}`, Why: "a number names a service as well as text"},
	{Field: "resource.attributes.service.name", V213: `{"stringValue":"missing-service-name"}`, V162: "", Ours: Same, Why: "1.62 makes a name up, and v3 leaves it out"},
	{Field: "resource.schemaUrl", V213: "", V162: Same, Ours: "*", Why: "nothing of OTLP is lost here"},
	{Field: "scope.schemaUrl", V213: "", V162: Same, Ours: "*", Why: "nothing of OTLP is lost here"},

	// Spans by OTLP in 1.62, whose model has less.
	{Field: "flags", V213: "*", V162: "", Ours: Same, Why: "1.62 has other flags"},
	{Field: "*dropped*Count", V213: "*", V162: "", Ours: Same, Why: "1.62 has none"},
	{Field: "links.*", V213: "*", V162: "*", Ours: Same, Why: "1.62's references have no attributes but the type, and no flags"},
	{Field: "scope.attributes.*", V213: "*", V162: "", Ours: Same, Why: "1.62's scopes have none"},
	{Field: "*attributes.*", V213: `{"arrayValue":*`, V162: `{"stringValue":*`, Ours: Same, Why: "1.62 makes text of lists"},
	{Field: "*attributes.*", V213: `{"kvlistValue":*`, V162: `{"stringValue":*`, Ours: Same, Why: "1.62 makes text of maps"},
	{Field: "*attributes.*", V213: "{}", V162: `{"stringValue":""}`, Ours: Same, Why: "1.62 makes text of nothing"},
	{Field: "attributes.bytes.empty", V213: "*", V162: `{"bytesValue":null}`, Ours: Same, Why: "1.62 has no empty bytes"},
	{Field: "attributes.*minus_zero", V213: "*", V162: `{"doubleValue":0}`, Ours: Same, Why: "1.62 loses the sign of zero"},
	{Field: "attributes.twice", V213: "* + *", V162: "*", Ours: Same, Why: "of attributes with the same key 1.62 keeps the last"},
	{Field: "attributes.error", V213: "*", V162: "", Ours: Same, Why: "1.62 keeps what it takes for a status in the status alone"},
	{Field: "attributes.otel.status_code", V213: "*", V162: "", Ours: Same, Why: "1.62 keeps what it takes for a status in the status alone"},
	{Field: "attributes.span.kind", V213: "*", V162: "", Ours: Same, Why: "1.62 keeps what it takes for a kind in the kind alone"},
	{Field: "attributes.otel.status_description", V213: "", V162: "*", Ours: Same, Why: "1.62 has a message only with a code"},
	{Field: "status.message", V213: "*", V162: "", Ours: Same, Why: "1.62 has a message only with a code"},
	{Field: "parentSpanId", V213: "", V162: "*", Ours: Same, Why: "1.62 writes none as an empty text, and takes a first link for a parent"},
	{Field: "events.attributes.event", V213: "*", V162: "", Ours: Same, Why: "1.62 takes a field of that name for the event's name"},
	{Field: "events.name", V213: "*", V162: "*", Ours: Same, Why: "1.62 takes a field of that name for the event's name"},

	// Names.
	{Field: there, Request: "services", V213: "*", V162: "*", Ours: "*", Why: "the other names of services without one"},
	{Field: there, Request: "operations-*", V213: "*", V162: "*", Ours: "*", Main: `"internal"`, Why: "a kind that is not known is none in v2, and is called unspecified in 1.62 and here"},

	// Searches.
	{Field: there, Request: "search-num-2", V213: "*", V162: "*", Ours: "*", Why: "v2's memory takes any, 1.62 and we the newest"},
	{Field: there, Request: "search-attributes*", V213: "yes", V162: Same, Ours: "", Main: "", Why: "Jaeger until v2.13 does not look at attributes"},
	{Field: "*", Request: "search-attributes-bad", V213: "*", V162: Same, Ours: "*", Main: "400", Why: "Jaeger until v2.13 does not look at attributes"},
	{Field: "*", Request: "search-num-0", V213: "*", V162: "*", Ours: "*", Main: "yes", Why: "0 is as many as when nothing is said; v2.13's memory takes none for an error of its own"},
	{Field: "*", Request: "search-num-none", V213: "*", V162: "*", Ours: "*", Main: "yes", Why: "when nothing is said there are 100 at most; v2.13's memory takes none for an error of its own"},
	{Field: "*", Request: "search-depth-2", V213: "*", V162: "*", Ours: "*", Main: "yes", Why: "until v2.13 search_depth is called num_traces"},
	{Field: "*", Request: "search-num-minus", V213: "*", V162: "*", Ours: "*", Main: "400", Why: "a wrong number is the sender's fault"},
	{Field: "*", Request: "search-new-names", V213: "*", V162: Same, Ours: "*", Main: "yes", Why: "main's names are in camel case"},
	{Field: "*", Request: "search-raw-bad", V213: "*", V162: "*", Ours: Same, Why: "1.62 does not look at raw_traces"},
	{Field: "*", Request: "search-no-service", V213: "*", V162: "", Ours: Same, Main: "501", Why: "1.62's memory finds nothing without a service, main's says so"},
	{Field: "*", Request: "search-*blank", V213: "*", V162: Same, Ours: "*", Main: "400", Why: "Grafana does not escape the + of a zone"},
	{Field: "*", Request: "search-*", V213: "*", V162: "*", Ours: Same, Why: "nothing found is 404 in v2"},

	// Traces by id.
	{Field: "*", Request: "trace-window-outside", V213: "*", V162: Same, Ours: "*", Why: "Jaeger's memory does not look at a trace's window"},
	{Field: "*", Request: "trace-window-blank", V213: "*", V162: "*", Ours: "*", Main: "400", Why: "Grafana does not escape the + of a zone"},
	{Field: "*", Request: "trace-start-bad", V213: "*", V162: "*", Ours: Same, Why: "1.62 does not look at a trace's window"},
	{Field: "*", Request: "trace-end-bad", V213: "*", V162: "*", Ours: Same, Why: "1.62 does not look at a trace's window"},
	{Field: "*", Request: "trace-raw-bad", V213: "*", V162: "*", Ours: Same, Why: "1.62 does not look at raw_traces"},
	{Field: "error.message", V213: `"No traces found"`, V162: `"trace not found"`, Ours: Same, Why: "other words"},

	{Field: "contentType", V213: "text/plain; charset=utf-8", V162: "", Ours: "application/json", Main: "application/json", Why: "JSON says that it is"},
	{Field: "*", Request: "unknown", V213: "*", V162: Same, Ours: "*", Why: "Jaeger answers with its UI"},
}
