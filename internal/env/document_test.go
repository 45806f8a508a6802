// SPDX-License-Identifier: Apache-2.0

package env

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/environment.md")

// meanings say what each variable means, and what holds without it. What values it
// takes is in the table of the code.
var meanings = map[string][2]string{
	"OTEL_RESOURCE_ATTRIBUTES":                      {"process tags; `service.name` names the service", ""},
	"OTEL_SERVICE_NAME":                             {`as JAEGER_SERVICE_NAME, which wins`, ``},
	"JAEGER_SERVICE_NAME":                           {"name of the service, when `New` is not given one", "an error"},
	"JAEGER_TAGS":                                   {"process tags; a value may be `${VARIABLE:default}`", ""},
	"OTEL_SDK_DISABLED":                             {`as JAEGER_DISABLED`, `false`},
	"JAEGER_DISABLED":                               {`record nothing, pass on what arrives in headers`, `false`},
	"JAEGER_TRACEID_128BIT":                         {`new trace ids have 128 bits, not 64`, `true`},
	"OTEL_PROPAGATORS":                              {`as JAEGER_PROPAGATION, which wins; a name that is not known is left out`, ``},
	"JAEGER_PROPAGATION":                            {"header formats to read, the preferred one first, and to write", "reads `jaeger,w3c,b3`, writes `jaeger,w3c`"},
	"JAEGER_RPC_METRICS":                            {`metrics of requests`, `false`},
	"OTEL_TRACES_SAMPLER":                           {"how new traces are sampled, unless JAEGER_SAMPLER_… says it; without `parentbased_` callers are overruled", ""},
	"OTEL_TRACES_SAMPLER_ARG":                       {"probability for `traceidratio`; `endpoint=…,pollingIntervalMs=…,initialSamplingRate=…` for `jaeger_remote`", "1; the defaults of JAEGER_SAMPLER_TYPE=remote"},
	"JAEGER_SAMPLER_TYPE":                           {"how new traces are sampled", "`remote`"},
	"JAEGER_SAMPLER_PARAM":                          {"a probability (for `remote` until the server answers), traces a second, or for `const` 0 or 1", "0.001; 0 for `const` and `ratelimiting`"},
	"JAEGER_SAMPLER_HOST":                           {`host of the sampling server (Node.js)`, `JAEGER_AGENT_HOST`},
	"JAEGER_SAMPLER_PORT":                           {`port of the sampling server (Node.js)`, `5778`},
	"JAEGER_SAMPLER_SAMPLING_PATH":                  {`path at the sampling server (Node.js)`, `/sampling`},
	"JAEGER_SAMPLER_MANAGER_HOST_PORT":              {`older name of JAEGER_SAMPLING_ENDPOINT`, ``},
	"JAEGER_SAMPLING_ENDPOINT":                      {"the sampling server that `remote` asks", "http://JAEGER_AGENT_HOST:5778/sampling, or at 127.0.0.1"},
	"JAEGER_SAMPLER_MAX_OPERATIONS":                 {`operations that are sampled each at its own rate`, `2000`},
	"JAEGER_SAMPLER_REFRESH_INTERVAL":               {`how often the sampling server is asked; once a second at most`, `1m`},
	"OTEL_TRACES_EXPORTER":                          {"`none`: report nothing; `otlp`: OTLP if no JAEGER_* variable says where to; `jaeger`: no OTLP; `console`: draw traces on the standard output, beside another one of the list or alone", ""},
	"OTEL_EXPORTER_OTLP_ENDPOINT":                   {"the URL below which `/v1/traces` takes OTLP", "http://localhost:4318 with OTEL_TRACES_EXPORTER=otlp"},
	"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT":            {"the whole URL, but for `/v1/traces` where it has no path; wins over OTEL_EXPORTER_OTLP_ENDPOINT", ""},
	"JAEGER_AGENT_HOST":                             {`host of the agent`, `localhost`},
	"JAEGER_AGENT_PORT":                             {`UDP port of the agent`, `6831`},
	"JAEGER_AGENT_SOCKET_TYPE":                      {`(Node.js) the address decides`, ``},
	"JAEGER_AGENT_HOST_USE_IPV6":                    {`(Python) the address decides`, ``},
	"JAEGER_SENDER_FACTORY":                         {`(Java)`, ``},
	"JAEGER_ENDPOINT":                               {"a collector, wins over the agent: Thrift over HTTP, or OTLP when the path ends in `/v1/traces`, or at port 4318 without a path", "the agent"},
	"JAEGER_USER":                                   {`user for JAEGER_ENDPOINT, with JAEGER_PASSWORD`, ``},
	"JAEGER_PASSWORD":                               {`password for JAEGER_ENDPOINT, with JAEGER_USER`, ``},
	"JAEGER_AUTH_TOKEN":                             {`bearer token for JAEGER_ENDPOINT`, ``},
	"OTEL_BSP_MAX_QUEUE_SIZE":                       {`as JAEGER_REPORTER_MAX_QUEUE_SIZE, which wins`, ``},
	"JAEGER_REPORTER_MAX_QUEUE_SIZE":                {`spans that may wait to be sent, beside the batches being filled`, `1000000`},
	"OTEL_BSP_SCHEDULE_DELAY":                       {`as JAEGER_REPORTER_FLUSH_INTERVAL, which wins`, ``},
	"JAEGER_REPORTER_FLUSH_INTERVAL":                {`how long a span waits at most for others to be sent with it`, `1s`},
	"OTEL_BSP_EXPORT_TIMEOUT":                       {`during which a batch that failed is tried again`, `300000`},
	"OTEL_BSP_MAX_EXPORT_BATCH_SIZE":                {`batches are bounded in bytes`, ``},
	"JAEGER_REPORTER_TIMEOUT":                       {`time for a request, over HTTP; wins over OTEL_EXPORTER_OTLP_TIMEOUT`, `10000`},
	"JAEGER_REPORTER_LOG_SPANS":                     {`also write a line for each span to the log`, `false`},
	"JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED": {`keep the agent's first address`, `false`},
	"JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL":    {`how often the agent's address is looked up`, `10s`},
	"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT":             {`characters of the value of a tag, or of a log's field`, `4096 bytes, or 16384`},
	"OTEL_ATTRIBUTE_COUNT_LIMIT":                    {`as OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT, which wins`, ``},
	"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT":        {`characters of a tag's value`, `4096 bytes`},
	"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT":               {`tags of a span`, `1000`},
	"OTEL_SPAN_EVENT_COUNT_LIMIT":                   {`logs of a span`, `1000`},
	"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT":              {`fields of a log`, `128`},
	"OTEL_SPAN_LINK_COUNT_LIMIT":                    {`references of a span`, `1000`},
	"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT":               {`references have no tags`, ``},
	"OTEL_EXPORTER_OTLP_HEADERS":                    {`headers for OTEL_EXPORTER_OTLP_… endpoints; with a wrong list the endpoint is not used`, ``},
	"OTEL_EXPORTER_OTLP_TRACES_HEADERS":             {`as OTEL_EXPORTER_OTLP_HEADERS, and wins`, ``},
	"OTEL_EXPORTER_OTLP_COMPRESSION":                {"for OTLP", "`none`"},
	"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION":         {`as OTEL_EXPORTER_OTLP_COMPRESSION, and wins`, ``},
	"OTEL_EXPORTER_OTLP_TIMEOUT":                    {`time for a request, for OTLP`, `10000`},
	"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT":             {`as OTEL_EXPORTER_OTLP_TIMEOUT, and wins`, ``},
	"OTEL_EXPORTER_OTLP_CERTIFICATE":                {`the authorities to trust at OTEL_EXPORTER_OTLP_… endpoints; read again when it changes`, `the system's`},
	"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE":         {`as OTEL_EXPORTER_OTLP_CERTIFICATE, and wins`, ``},
	"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE":         {`what to show to OTEL_EXPORTER_OTLP_… endpoints, with …_CLIENT_KEY`, ``},
	"OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE":  {`as OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE, and wins`, ``},
	"OTEL_EXPORTER_OTLP_CLIENT_KEY":                 {`the key of …_CLIENT_CERTIFICATE`, ``},
	"OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY":          {`as OTEL_EXPORTER_OTLP_CLIENT_KEY, and wins`, ``},
	"OTEL_EXPORTER_OTLP_PROTOCOL":                   {"with `grpc` or `http/json` the endpoint is not used and spans are lost: spur sends `http/protobuf`", "`http/protobuf`"},
	"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL":            {`as OTEL_EXPORTER_OTLP_PROTOCOL, and wins`, ``},
	"OTEL_EXPORTER_OTLP_INSECURE":                   {`for gRPC; the URL decides`, ``},
	"OTEL_EXPORTER_OTLP_TRACES_INSECURE":            {`as OTEL_EXPORTER_OTLP_INSECURE, and wins`, ``},
}

// TestDocument compares docs/environment.md with the table of the code. This rewrites it:
//
//	go test ./internal/env -run TestDocument -update
func TestDocument(t *testing.T) {
	const path = "../../docs/environment.md"
	want := document(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what go test ./internal/env -run TestDocument -update writes", path)
	}
}

func document(t *testing.T) string {
	t.Helper()
	if len(meanings) != len(table) {
		t.Errorf("%d meanings for %d variables", len(meanings), len(table))
	}
	intro, err := os.ReadFile("testdata/environment.md")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.Write(intro)
	b.WriteString("\n| variable | values | meaning | default |\n| --- | --- | --- | --- |\n")
	for i := range table {
		v := &table[i]
		m := meanings[v.name]
		if m[0] == "" {
			t.Errorf("%s has no meaning", v.name)
		}
		if v.unused {
			m[0] = strings.TrimSpace("without effect; " + m[0])
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", v.name, values(t, v), m[0], m[1])
	}
	return b.String()
}

// values says for people what a variable takes.
func values(t *testing.T, v *variable) string {
	t.Helper()
	switch v.kind {
	case kindText:
		return strings.Trim("text "+map[hiding]string{hidePEM: "(path of a PEM file)", hideAll: "(not shown)"}[v.hide], " ")
	case kindCount:
		return fmt.Sprintf("1 to %d", v.most)
	case kindChoice:
		return "`" + strings.ReplaceAll(v.choices, ", ", "`, `") + "`"
	}
	text := map[kind]string{
		kindBool: "`true`, `false`, `1`, `0`", kindTrueFalse: "`true`, `false`", kindMilliseconds: "milliseconds, 1 to 86400000",
		kindDuration: "duration, such as `500ms`", kindNumber: "number", kindHost: "name or IP address", kindPort: "port",
		kindHeaderText: "text (not shown)", kindTags: "`key=value,…`", kindResource: "`key=value,…`, percent-encoded",
		kindFormats: "list of `jaeger`, `w3c`, `b3`, or `none`", kindPropagators: "list of `tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger`, or `none`",
		kindPath: "path of a URL", kindSampling: "URL, or host:port", kindExporters: "list of `otlp`, `jaeger`, `console`, or `none`",
		kindCollector: "URL", kindOTLPBase: "URL", kindOTLPWhole: "URL",
	}[v.kind]
	if text == "" {
		t.Errorf("%s: no description of its kind", v.name)
	}
	return text
}
