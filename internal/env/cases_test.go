// SPDX-License-Identifier: Apache-2.0

package env

import (
	"slices"
	"strings"
	"testing"
)

var huge = strings.Repeat("9", 100_000)

// bad is what is wanted of a value that cannot be used: a part of the reason.
func bad(reason string) string { return "!" + reason }

const (
	noUse  = "spur: this version has no use for these variables"
	notAll = "spur: not all exporters of the list are used [variable OTEL_TRACES_EXPORTER value"
	strays = "spur: not used: these variables go with JAEGER_ENDPOINT, which is not set"
)

// envCases are values of each variable by itself, and all that they lead to. Lists are
// in pairs_test.go, the rest of OTEL_EXPORTER_OTLP_* in destination_test.go.
var envCases = []struct{ name, value, want string }{
	{"OTEL_SERVICE_NAME", "x", "Service=x"},
	{"JAEGER_SERVICE_NAME", "x", "Service=x"},

	{"OTEL_SDK_DISABLED", "TRUE", "Disabled=true"},
	{"OTEL_SDK_DISABLED", "1", bad("neither true nor false")},
	{"JAEGER_DISABLED", "1", "Disabled=true"},
	{"JAEGER_DISABLED", "yes", bad("neither true nor false")},
	{"JAEGER_TRACEID_128BIT", "false", "TraceID128=false"},
	{"JAEGER_TRACEID_128BIT", "128", bad("neither true nor false")},
	{"JAEGER_PROPAGATION", "Jaeger", "Formats=[jaeger]"},
	{"JAEGER_PROPAGATION", "w3c, B3,", "Formats=[w3c b3]"},
	{"JAEGER_PROPAGATION", "none", "Formats=[]"},
	{"JAEGER_PROPAGATION", "jaeger,b4", bad(`"b4"`)},
	{"JAEGER_RPC_METRICS", "true", "Warnings=[{" + noUse + " [variables [JAEGER_RPC_METRICS]]}]"},
	{"JAEGER_RPC_METRICS", "false", ""},
	{"JAEGER_RPC_METRICS", "on", bad("neither true nor false")},

	{"OTEL_TRACES_SAMPLER", "jaeger_remote", "Sampler=remote SamplerParam=0.001 IgnoreParent=true"},
	{"OTEL_TRACES_SAMPLER", "xray", bad("not one of always_on, always_off, traceidratio, jaeger_remote, parentbased_always_on")},
	{"OTEL_TRACES_SAMPLER", "Always_On", "Sampler=const SamplerParam=1 IgnoreParent=true"},
	{"OTEL_TRACES_SAMPLER_ARG", "1", "Warnings=[{spur: not used: OTEL_TRACES_SAMPLER names no sampler that takes an argument [variables [OTEL_TRACES_SAMPLER_ARG]]}]"},
	{"JAEGER_SAMPLER_TYPE", "Remote", "Sampler=remote SamplerParam=0.001"},
	{"JAEGER_SAMPLER_TYPE", "always", bad("not one of const, probabilistic, ratelimiting, remote")},
	{"JAEGER_SAMPLER_PARAM", "1", "Sampler=remote SamplerParam=1"},
	{"JAEGER_SAMPLER_PARAM", "NaN", bad("not a number")},
	{"JAEGER_SAMPLER_PARAM", "-Inf", bad("not a number")},
	{"JAEGER_SAMPLER_PARAM", "1e999", bad("not a number")},
	{"JAEGER_SAMPLER_PARAM", "2", bad("not a probability from 0 to 1")},
	{"JAEGER_SAMPLING_ENDPOINT", "http://h:5778/sampling", "SamplingEndpoint=http://h:5778/sampling"},
	{"JAEGER_SAMPLING_ENDPOINT", "h:5778", "SamplingEndpoint=h:5778"},
	{"JAEGER_SAMPLING_ENDPOINT", "ftp://h", bad("scheme is not http or https")},
	{"JAEGER_SAMPLING_ENDPOINT", "h", bad("neither a URL nor host:port")},
	{"JAEGER_SAMPLING_ENDPOINT", "bad..host:1", bad("a part of the host's name is empty")},
	{"JAEGER_SAMPLING_ENDPOINT", "http://bad..host", bad("a part of the host's name is empty")},
	{"JAEGER_SAMPLER_MANAGER_HOST_PORT", "http://h/x", "SamplingEndpoint=http://h/x"},
	{"JAEGER_SAMPLER_MANAGER_HOST_PORT", "h:5778", "SamplingEndpoint=h:5778"},
	{"JAEGER_SAMPLER_MANAGER_HOST_PORT", "h", bad("neither a URL nor host:port")},
	{"JAEGER_SAMPLER_MANAGER_HOST_PORT", "bad..host:1", bad("a part of the host's name is empty")},
	{"JAEGER_SAMPLER_HOST", "::1", "SamplingEndpoint=http://[::1]:5778/sampling"},
	{"JAEGER_SAMPLER_HOST", "a b", bad("host is neither a name nor an IP address")},
	{"JAEGER_SAMPLER_HOST", "bad..host", bad("a part of the host's name is empty")},
	{"JAEGER_SAMPLER_PORT", "5779", "SamplingEndpoint=http://127.0.0.1:5779/sampling"},
	{"JAEGER_SAMPLER_PORT", "x", bad("port is not within")},
	{"JAEGER_SAMPLER_SAMPLING_PATH", "/s", "SamplingEndpoint=http://127.0.0.1:5778/s"},
	{"JAEGER_SAMPLER_SAMPLING_PATH", "http://h/", bad("not the path of a URL")},
	{"JAEGER_SAMPLER_SAMPLING_PATH", "s?x=%zz", "SamplingEndpoint=http://127.0.0.1:5778/s?x=%zz"}, // as it is
	{"JAEGER_SAMPLER_SAMPLING_PATH", "/%zz", bad("not the path of a URL")},
	{"JAEGER_SAMPLER_SAMPLING_PATH", "//h/", bad("not the path of a URL")},
	{"JAEGER_SAMPLER_MAX_OPERATIONS", "10", "MaxOperations=10"},
	{"JAEGER_SAMPLER_MAX_OPERATIONS", "-1", bad("not a whole number from 1 to 1000000")},
	{"JAEGER_SAMPLER_REFRESH_INTERVAL", "30s", "RefreshInterval=30s"},
	{"JAEGER_SAMPLER_REFRESH_INTERVAL", "0s", bad("not a positive duration")},

	{"OTEL_TRACES_EXPORTER", "none", "NoExport=true Source=OTEL_TRACES_EXPORTER"},
	{"OTEL_TRACES_EXPORTER", "otlp", "Endpoint=otlp http://localhost:4318/v1/traces Source=OTEL_TRACES_EXPORTER"},
	{"OTEL_TRACES_EXPORTER", "OTLP", "Endpoint=otlp http://localhost:4318/v1/traces Source=OTEL_TRACES_EXPORTER"},
	{"OTEL_TRACES_EXPORTER", "jaeger", ""},
	{"OTEL_TRACES_EXPORTER", "zipkin", bad("not one of none, otlp, jaeger")},
	{"OTEL_TRACES_EXPORTER", "logging,zipkin", bad("not one of none, otlp, jaeger, console, nor a list with one of them")},
	{"OTEL_TRACES_EXPORTER", "console", "Console=true NoExport=true Source=OTEL_TRACES_EXPORTER"},
	{"OTEL_TRACES_EXPORTER", "jaeger,console", "Console=true"},
	{"OTEL_TRACES_EXPORTER", ",", bad("not one of")},
	{"OTEL_TRACES_EXPORTER", "otlp, OTLP,", "Endpoint=otlp http://localhost:4318/v1/traces Source=OTEL_TRACES_EXPORTER"},
	{"OTEL_TRACES_EXPORTER", "otlp, Console", "Endpoint=otlp http://localhost:4318/v1/traces Console=true Source=OTEL_TRACES_EXPORTER"},
	{"OTEL_TRACES_EXPORTER", "otlp,zipkin", "Endpoint=otlp http://localhost:4318/v1/traces Source=OTEL_TRACES_EXPORTER Warnings=[{" + notAll + " otlp,zipkin used [otlp]]}]"},
	{"OTEL_TRACES_EXPORTER", "none, Otlp", "Endpoint=otlp http://localhost:4318/v1/traces Source=OTEL_TRACES_EXPORTER Warnings=[{" + notAll + " none, Otlp used [otlp]]}]"},
	{"OTEL_TRACES_EXPORTER", "none,otlp", "Endpoint=otlp http://localhost:4318/v1/traces Source=OTEL_TRACES_EXPORTER Warnings=[{" + notAll + " none,otlp used [otlp]]}]"},
	{"OTEL_TRACES_EXPORTER", "none,console", "Console=true NoExport=true Source=OTEL_TRACES_EXPORTER Warnings=[{" + notAll + " none,console used [console]]}]"},
	{"OTEL_TRACES_EXPORTER", "jaeger,none", "Warnings=[{" + notAll + " jaeger,none used [jaeger]]}]"},
	{"JAEGER_AGENT_HOST", "agent", "SamplingEndpoint=http://agent:5778/sampling Endpoint=jaeger-compact agent:6831 Source=JAEGER_AGENT_HOST"},
	{"JAEGER_AGENT_HOST", "2001:db8::1", "SamplingEndpoint=http://[2001:db8::1]:5778/sampling Endpoint=jaeger-compact [2001:db8::1]:6831 Source=JAEGER_AGENT_HOST"},
	{"JAEGER_AGENT_HOST", "[2001:db8::1]", "SamplingEndpoint=http://[2001:db8::1]:5778/sampling Endpoint=jaeger-compact [2001:db8::1]:6831 Source=JAEGER_AGENT_HOST"},
	{"JAEGER_AGENT_HOST", "fe80::1%eth0", "SamplingEndpoint=http://[fe80::1%25eth0]:5778/sampling Endpoint=jaeger-compact [fe80::1%eth0]:6831 Source=JAEGER_AGENT_HOST"},
	{"JAEGER_AGENT_HOST", "agent:6831", bad("more than a host: a port has a variable of its own")},
	{"JAEGER_AGENT_HOST", "http://agent", bad("host is neither a name nor an IP address")},
	{"JAEGER_AGENT_HOST", "[]", bad("only IPv6 addresses stand in brackets")},
	{"JAEGER_AGENT_HOST", "bad..host", bad("a part of the host's name is empty")},
	{"JAEGER_AGENT_HOST", ".host", bad("a part of the host's name is empty")},
	{"JAEGER_AGENT_HOST", "10.0.0.256", bad("host is neither a name nor an IP address")},
	{"JAEGER_AGENT_PORT", "1", "Endpoint=jaeger-compact localhost:1 Source=JAEGER_AGENT_PORT"},
	{"JAEGER_AGENT_PORT", "65535", "Endpoint=jaeger-compact localhost:65535 Source=JAEGER_AGENT_PORT"},
	{"JAEGER_AGENT_PORT", "tcp://10.0.0.1:6831", "Warnings=[{spur: variable ignored: Kubernetes sets it for a service of that name [variable JAEGER_AGENT_PORT]}]"},
	{"JAEGER_AGENT_PORT", "65536", bad("port is not within 1 to 65535")},
	{"JAEGER_AGENT_PORT", "0", bad("port is not within 1 to 65535")},
	{"JAEGER_AGENT_SOCKET_TYPE", "udp6", "Warnings=[{" + noUse + " [variables [JAEGER_AGENT_SOCKET_TYPE]]}]"},
	{"JAEGER_AGENT_SOCKET_TYPE", "tcp", bad("not one of udp4, udp6")},
	{"JAEGER_AGENT_HOST_USE_IPV6", "true", "Warnings=[{" + noUse + " [variables [JAEGER_AGENT_HOST_USE_IPV6]]}]"},
	{"JAEGER_AGENT_HOST_USE_IPV6", "6", bad("neither true nor false")},
	{"JAEGER_SENDER_FACTORY", "http", "Warnings=[{" + noUse + " [variables [JAEGER_SENDER_FACTORY]]}]"},
	{"JAEGER_ENDPOINT", "https://h:14268/api/traces", "Endpoint=jaeger-batch https://h:14268/api/traces Source=JAEGER_ENDPOINT"},
	{"JAEGER_ENDPOINT", "http://h:14268", "Endpoint=jaeger-batch http://h:14268 Source=JAEGER_ENDPOINT"},
	{"JAEGER_ENDPOINT", "http://h:4318/v1/traces", "Endpoint=otlp http://h:4318/v1/traces Source=JAEGER_ENDPOINT"},
	{"JAEGER_ENDPOINT", "http://u:p%40@h/x?y=z#f", "Endpoint=jaeger-batch http://h/x?y=z u:p@  Source=JAEGER_ENDPOINT Warnings=[{spur: unknown path, where Thrift is sent; /api/traces usually takes that, and OTLP is sent to paths that end in /v1/traces [variable JAEGER_ENDPOINT endpoint http://h/x?***]}]"},
	{"JAEGER_ENDPOINT", "http://h", "Endpoint=jaeger-batch http://h Source=JAEGER_ENDPOINT"},
	{"JAEGER_ENDPOINT", "h:14268", bad("scheme is not http or https")}, // jaeger-client-go accepts both
	{"JAEGER_ENDPOINT", "/x", bad("scheme is not http or https")},
	{"JAEGER_ENDPOINT", "http://", bad("host is missing")},
	{"JAEGER_ENDPOINT", "http://h:99999/", bad("port is not within 1 to 65535")},
	{"JAEGER_ENDPOINT", "http://bad..host/", bad("a part of the host's name is empty")},
	{"JAEGER_ENDPOINT", "http://a%3Ab:p@h", bad("has a colon")},
	{"JAEGER_USER", "bob", "Warnings=[{" + strays + " [variables [JAEGER_USER]]}]"},
	{"JAEGER_PASSWORD", "secret", "Warnings=[{" + strays + " [variables [JAEGER_PASSWORD]]}]"},
	{"JAEGER_AUTH_TOKEN", "secret", "Warnings=[{" + strays + " [variables [JAEGER_AUTH_TOKEN]]}]"},
	{"JAEGER_AUTH_TOKEN", "sec\nret", bad("characters that a header cannot carry")},

	{"OTEL_BSP_MAX_QUEUE_SIZE", "2048", "QueueSpans=2048"},
	{"OTEL_BSP_MAX_QUEUE_SIZE", "-5", bad("not a whole number from 1 to 1000000")},
	{"OTEL_BSP_MAX_QUEUE_SIZE", "99999999999", bad("not a whole number from 1 to 1000000")},
	{"JAEGER_REPORTER_MAX_QUEUE_SIZE", " 100\n", "QueueSpans=100"},
	{"JAEGER_REPORTER_MAX_QUEUE_SIZE", "1000000", "QueueSpans=1000000"},
	{"JAEGER_REPORTER_MAX_QUEUE_SIZE", "1000001", bad("not a whole number from 1 to 1000000")},
	{"JAEGER_REPORTER_MAX_QUEUE_SIZE", "0", bad("not a whole number from 1 to 1000000")},
	{"OTEL_BSP_SCHEDULE_DELAY", "250", "FlushInterval=250ms"},
	{"OTEL_BSP_SCHEDULE_DELAY", "1s", bad("not a whole number from 1 to 86400000")},
	{"OTEL_BSP_EXPORT_TIMEOUT", "30000", "RetryBudget=30s"},
	{"OTEL_BSP_EXPORT_TIMEOUT", "0", bad("not a whole number from 1 to 86400000")},
	{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "512", "Warnings=[{" + noUse + " [variables [OTEL_BSP_MAX_EXPORT_BATCH_SIZE]]}]"},
	{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "-1", bad("not a whole number")},
	{"JAEGER_REPORTER_FLUSH_INTERVAL", "2s", "FlushInterval=2s"},
	{"JAEGER_REPORTER_FLUSH_INTERVAL", "1000", bad(`with a unit, such as "1s"`)},
	{"JAEGER_REPORTER_FLUSH_INTERVAL", "-1s", bad("not a positive duration")},
	{"JAEGER_REPORTER_LOG_SPANS", "t", "LogSpans=true"},
	{"JAEGER_REPORTER_LOG_SPANS", "2", bad("neither true nor false")},
	{"JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", "true", "NoReconnect=true"},
	{"JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", "!", bad("neither true nor false")},
	{"JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", "1m", "ReconnectInterval=1m0s"},
	{"JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", huge, bad("not a positive duration")},
	{"JAEGER_REPORTER_TIMEOUT", "1000", "Timeout=1s"},
	{"JAEGER_REPORTER_TIMEOUT", "1s", bad("not a whole number")},

	{"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "63", "TagValueCharacters=63 LogValueCharacters=63"},
	{"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "0", bad("not a whole number from 1 to 1048576")},
	{"OTEL_ATTRIBUTE_COUNT_LIMIT", "62", "TagsPerSpan=62"},
	{"OTEL_ATTRIBUTE_COUNT_LIMIT", "none", bad("not a whole number")},
	{"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "61", "FieldsPerLog=61"},
	{"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "many", bad("not a whole number")},
	{"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "60", "Warnings=[{" + noUse + " [variables [OTEL_LINK_ATTRIBUTE_COUNT_LIMIT]]}]"},
	{"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "many", bad("not a whole number")},
	{"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "64", "TagValueCharacters=64"},
	{"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", huge, bad("not a whole number from 1 to 1048576")},
	{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "65", "TagsPerSpan=65"},
	{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "x", bad("not a whole number")},
	{"OTEL_SPAN_EVENT_COUNT_LIMIT", "66", "LogsPerSpan=66"},
	{"OTEL_SPAN_EVENT_COUNT_LIMIT", "0", bad("not a whole number")},
	{"OTEL_SPAN_LINK_COUNT_LIMIT", "67", "RefsPerSpan=67"},
	{"OTEL_SPAN_LINK_COUNT_LIMIT", "1.5", bad("not a whole number")},
}

// anyValueIsGood has what is only bad next to other variables, if at all.
var anyValueIsGood = []string{
	"OTEL_SERVICE_NAME", "JAEGER_SERVICE_NAME", "OTEL_TRACES_SAMPLER_ARG", "JAEGER_SENDER_FACTORY", "JAEGER_USER", "JAEGER_PASSWORD",
}

func TestVariables(t *testing.T) {
	good, wrong := map[string]bool{}, map[string]bool{}
	for _, tc := range envCases {
		name := tc.name + "=" + tc.value[:min(len(tc.value), 32)]
		s := read(tc.name + "=" + tc.value)
		if reason, isBad := strings.CutPrefix(tc.want, "!"); isBad {
			wrong[tc.name] = true
			checkWrong(t, s, tc.name, reason)
		} else if good[tc.name] = true; dump(s) != tc.want {
			t.Errorf("%s: got  %.500s\nwant %s", name, dump(s), tc.want)
		}
	}
	for _, v := range table {
		if strings.HasPrefix(v.name, otlpPrefix) || v.name == "JAEGER_TAGS" || v.name == "OTEL_RESOURCE_ATTRIBUTES" || v.name == "OTEL_PROPAGATORS" {
			continue
		}
		if !good[v.name] {
			t.Errorf("%s has no good case", v.name)
		}
		if wrong[v.name] == slices.Contains(anyValueIsGood, v.name) {
			t.Errorf("%s: a bad case %v, expected otherwise", v.name, wrong[v.name])
		}
	}
}

// checkWrong wants one error for a JAEGER_* variable, one warning for an OTEL_* one,
// and nothing else.
func checkWrong(t *testing.T, s Settings, name, reason string) {
	t.Helper()
	if strings.HasPrefix(name, "OTEL_") {
		got := dump(s)
		if !strings.HasPrefix(got, "Warnings=[{spur: wrong setting ignored [variable "+name+" value ") || !strings.Contains(got, reason) || len(s.Warnings) != 1 {
			t.Errorf("%s: got %.500s, want a warning with %q", name, got, reason)
		}
		return
	}
	if len(s.Errors) != 1 {
		t.Errorf("%s: got %.500s, want one error", name, dump(s))
		return
	}
	e := s.Errors[0]
	if e.Name != name || len(e.Value) > 128 || !strings.Contains(e.Err.Error(), reason) || len(e.Err.Error()) > 300 {
		t.Errorf("%s: error of %s=%q: %v; want %q", name, e.Name, e.Value, e.Err, reason)
	}
	s.Errors = nil
	if got := dump(s); got != "" && !strings.HasPrefix(got, "Warnings=[{"+strays) { // nor does it leave anything
		t.Errorf("%s: wrong, but %s", name, got)
	}
}
