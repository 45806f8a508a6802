// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// readEnv applies an environment given as NAME=value to the options' config.
func readEnv(vars []string, opts ...Option) *config {
	env := optionFunc(func(c *config) {
		e := env{c: c, environ: func() []string { return vars }, lookup: func(name string) (string, bool) {
			for _, v := range vars {
				if n, value, _ := strings.Cut(v, "="); n == name {
					return value, true
				}
			}
			return "", false
		}}
		e.read()
	})
	return newConfig("argument", append(opts, env))
}

// notesOf is what would be logged, one line a note.
func notesOf(c *config) string {
	var b strings.Builder
	for _, n := range c.notes {
		fmt.Fprintln(&b, n.level, n.msg, n.args)
	}
	return b.String()
}

func samplerOf(t *testing.T, c *config) string {
	t.Helper()
	s, err := c.buildSampler()
	if err != nil {
		t.Fatal(err)
	}
	defer sampler.CloseUnused(s, nil)
	return s.(sampler.Statuser).Status().Description
}

func processTag(key string) func(*config) any {
	return func(c *config) any {
		for _, tag := range c.processTags {
			if tag.Key == key {
				return tag.Value
			}
		}
		return nil
	}
}

// What tests look at.
func service(c *config) any        { return c.service }
func disabled(c *config) any       { return c.disabled }
func traceID128(c *config) any     { return c.traceID128 }
func queueSpans(c *config) any     { return c.sending.queueSpans }
func flushEvery(c *config) any     { return c.sending.flushInterval }
func retryBudget(c *config) any    { return c.sending.retryBudget }
func httpTimeout(c *config) any    { return c.sending.timeout }
func reconnect(c *config) any      { return c.sending.reconnectInterval }
func noReconnect(c *config) any    { return c.sending.noReconnect }
func logSpans(c *config) any       { return c.logSpans }
func exporterNone(c *config) any   { return c.noEndpoint }
func source(c *config) any         { return c.source }
func notes(c *config) any          { return notesOf(c) }
func samplingServer(c *config) any { return c.remote.Endpoint }

// target is where spans would go, what is spoken there, and how.
func target(c *config) any {
	var all []string
	for _, e := range c.chooseEndpoints() {
		text := e.name() + " " + e.format.String() + " " + e.address
		if e.http.Gzip {
			text += " gzip"
		}
		if e.http.Timeout > 0 {
			text += " " + e.http.Timeout.String()
		}
		if e.http.Username != "" || e.http.BearerToken != "" {
			text += fmt.Sprintf(" %s:%s %s", e.http.Username, e.http.Password, e.http.BearerToken)
		}
		for _, k := range slices.Sorted(maps.Keys(e.http.Header)) {
			text += fmt.Sprintf(" %s=%s", k, e.http.Header.Get(k))
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// sentTo is the URL that spans go to.
func sentTo(c *config) any {
	t, err := c.chooseEndpoints()[0].transport(&c.sending)
	if err != nil {
		return err
	}
	return t.(transport.Addresser).Address()
}

func headers(c *config) any {
	if c.headerFormats == nil {
		return nil
	}
	return fmt.Sprintf("reads %v, writes %v", c.headerFormats.extract, c.headerFormats.inject)
}

var huge = strings.Repeat("9", 100_000)

type envCase struct {
	name, value string
	get         func(*config) any
	want        any
	bad         string
	with        string // another variable, as NAME=value
}

// envCases are the values of each variable by itself. A good one has what it
// leads to, or a part of what is logged; a bad one a part of the reason.
var envCases = []envCase{
	{name: "OTEL_RESOURCE_ATTRIBUTES", value: "a=b%20c%2C, d = e,,", get: processTag("a"), want: "b c,"},
	{name: "OTEL_RESOURCE_ATTRIBUTES", value: "a=b%20c%2C, d = e,,", get: processTag("d"), want: "e"},
	{name: "OTEL_RESOURCE_ATTRIBUTES", value: "service.name=x", get: processTag("service.name"), want: nil},
	{name: "OTEL_RESOURCE_ATTRIBUTES", value: "bad,good=1", get: processTag("good"), want: "1"},
	{name: "OTEL_RESOURCE_ATTRIBUTES", value: "bad,good=1", bad: `pair "bad": no "=" in it`},
	{name: "OTEL_RESOURCE_ATTRIBUTES", value: "a=%zz", bad: `pair "a=%zz": bad percent-encoding`},
	{name: "OTEL_SERVICE_NAME", value: "x", get: service, want: "argument"},
	{name: "JAEGER_SERVICE_NAME", value: "x", get: service, want: "argument"},

	{name: "JAEGER_TAGS", value: "a=b", get: processTag("a"), want: "b"},
	{name: "JAEGER_TAGS", value: " a = b=c ,", get: processTag("a"), want: "b=c"},
	{name: "JAEGER_TAGS", value: "=v", get: processTag(""), want: "v"},
	{name: "JAEGER_TAGS", value: "a=", get: processTag("a"), want: ""},
	{name: "JAEGER_TAGS", value: "a=${UNSET_VARIABLE:x:y}", get: processTag("a"), want: "x:y"},
	{name: "JAEGER_TAGS", value: "a=${UNSET_VARIABLE}", get: processTag("a"), want: ""},
	{name: "JAEGER_TAGS", value: "a=${}", get: processTag("a"), want: ""},
	{name: "JAEGER_TAGS", value: "a=${", get: processTag("a"), want: "${"},
	{name: "JAEGER_TAGS", value: "a=x${HOME}", get: processTag("a"), want: "x${HOME}"},
	{name: "JAEGER_TAGS", value: "a=1,a=2", get: processTag("a"), want: "2"},
	{name: "JAEGER_TAGS", value: "a", bad: `pair "a": no "=" in it`}, // jaeger-client-go panics here
	{name: "JAEGER_TAGS", value: "x=1,a,b,c", bad: `pair "a": no "=" in it, and 2 more`},
	{name: "JAEGER_TAGS", value: "${HOME}", bad: `pair "${HOME}"`},
	{name: "JAEGER_TAGS", value: strings.Repeat("a=,", 1001), bad: "more than 1000 pairs"},

	{name: "OTEL_SDK_DISABLED", value: "TRUE", get: disabled, want: true},
	{name: "OTEL_SDK_DISABLED", value: "1", bad: "neither true nor false"},
	{name: "JAEGER_DISABLED", value: "1", get: disabled, want: true},
	{name: "JAEGER_DISABLED", value: "yes", bad: "neither true nor false"},
	{name: "JAEGER_TRACEID_128BIT", value: "false", get: traceID128, want: false},
	{name: "JAEGER_TRACEID_128BIT", value: "128", bad: "neither true nor false"},
	{name: "JAEGER_PROPAGATION", value: "Jaeger", get: headers, want: "reads [jaeger], writes [jaeger]"},
	{name: "JAEGER_PROPAGATION", value: "w3c, B3,", get: headers, want: "reads [w3c b3], writes [w3c b3]"},
	{name: "JAEGER_PROPAGATION", value: "none", get: headers, want: "reads [], writes []"},
	{name: "JAEGER_PROPAGATION", value: "jaeger,b4", bad: `"b4"`},
	{name: "OTEL_PROPAGATORS", value: "tracecontext,baggage", get: headers, want: "reads [tracecontext baggage], writes [tracecontext baggage]"},
	{name: "OTEL_PROPAGATORS", value: "xray", bad: `"xray"`},
	{name: "JAEGER_RPC_METRICS", value: "true", get: notes, want: "no use for these variables [variables [JAEGER_RPC_METRICS]]"},
	{name: "JAEGER_RPC_METRICS", value: "false", get: notes, want: ""},
	{name: "JAEGER_RPC_METRICS", value: "on", bad: "neither true nor false"},

	{name: "OTEL_TRACES_SAMPLER", value: "jaeger_remote", bad: "not one of always_on, always_off, traceidratio, parentbased_always_on"},
	{name: "OTEL_TRACES_SAMPLER", value: "Always_On", get: notes, want: ""},
	{name: "OTEL_TRACES_SAMPLER_ARG", value: "whatever", get: notes, want: ""}, // means nothing alone
	{name: "JAEGER_SAMPLER_TYPE", value: "Remote", get: notes, want: ""},
	{name: "JAEGER_SAMPLER_TYPE", value: "always", bad: "not one of const, probabilistic, ratelimiting, remote"},
	{name: "JAEGER_SAMPLER_PARAM", value: "1", get: notes, want: ""},
	{name: "JAEGER_SAMPLER_PARAM", value: "NaN", bad: "not a number"},
	{name: "JAEGER_SAMPLER_PARAM", value: "-Inf", bad: "not a number"},
	{name: "JAEGER_SAMPLER_PARAM", value: "1e999", bad: "not a number"},
	{name: "JAEGER_SAMPLER_PARAM", value: "2", bad: "probability 2 is not between 0 and 1"},
	{name: "JAEGER_SAMPLING_ENDPOINT", value: "http://h:5778/sampling", get: samplingServer, want: "http://h:5778/sampling"},
	{name: "JAEGER_SAMPLING_ENDPOINT", value: "h:5778", get: samplingServer, want: "h:5778"},
	{name: "JAEGER_SAMPLING_ENDPOINT", value: "ftp://h", bad: "not an http or https URL with a host"},
	{name: "JAEGER_SAMPLING_ENDPOINT", value: "h", bad: "neither a URL nor host:port"},
	{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", value: "http://h/x", get: samplingServer, want: "http://h/x"},
	{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", value: "h:5778", get: samplingServer, want: "h:5778"},
	{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", value: "h", bad: "neither a URL nor host:port"},
	{name: "JAEGER_SAMPLER_HOST", value: "::1", get: samplingServer, want: "http://[::1]:5778/sampling"},
	{name: "JAEGER_SAMPLER_HOST", value: "a b", bad: "neither a host name nor an IP address"},
	{name: "JAEGER_SAMPLER_PORT", value: "5779", get: samplingServer, want: "http://127.0.0.1:5779/sampling"},
	{name: "JAEGER_SAMPLER_PORT", value: "x", bad: "not a port"},
	{name: "JAEGER_SAMPLER_SAMPLING_PATH", value: "/s", get: samplingServer, want: "http://127.0.0.1:5778/s"},
	{name: "JAEGER_SAMPLER_SAMPLING_PATH", value: "http://h/", bad: "not the path of a URL"},
	{name: "JAEGER_SAMPLER_MAX_OPERATIONS", value: "10", get: func(c *config) any { return c.remote.MaxOperations }, want: 10},
	{name: "JAEGER_SAMPLER_MAX_OPERATIONS", value: "-1", bad: "not a whole number from 1 to 1000000"},
	{name: "JAEGER_SAMPLER_REFRESH_INTERVAL", value: "30s", get: func(c *config) any { return c.remote.RefreshInterval }, want: 30 * time.Second},
	{name: "JAEGER_SAMPLER_REFRESH_INTERVAL", value: "0s", bad: "not a positive duration"},

	{name: "OTEL_TRACES_EXPORTER", value: "none", get: exporterNone, want: true},
	{name: "OTEL_TRACES_EXPORTER", value: "none", get: source, want: "OTEL_TRACES_EXPORTER"},
	{name: "OTEL_TRACES_EXPORTER", value: "otlp", get: target, want: "otlp otlp http://localhost:4318/v1/traces"},
	{name: "OTEL_TRACES_EXPORTER", value: "OTLP", get: source, want: "OTEL_TRACES_EXPORTER"},
	{name: "OTEL_TRACES_EXPORTER", value: "jaeger", get: notes, want: ""},
	{name: "OTEL_TRACES_EXPORTER", value: "zipkin", bad: "not one of none, otlp, jaeger"},
	{name: "OTEL_TRACES_EXPORTER", value: "console,zipkin", bad: "not one of none, otlp, jaeger, nor a list with one of them"},
	{name: "OTEL_TRACES_EXPORTER", value: ",", bad: "not one of"},
	{name: "OTEL_TRACES_EXPORTER", value: "otlp, OTLP,", get: notes, want: ""},
	{name: "OTEL_TRACES_EXPORTER", value: "otlp,console", get: target, want: "otlp otlp http://localhost:4318/v1/traces"},
	{name: "OTEL_TRACES_EXPORTER", value: "otlp,console", get: notes, want: "WARN spur: one exporter of the list is used, the others are ignored [variable OTEL_TRACES_EXPORTER value otlp,console used otlp]"},
	{name: "OTEL_TRACES_EXPORTER", value: "none, Otlp", get: target, want: "otlp otlp http://localhost:4318/v1/traces"},
	{name: "OTEL_TRACES_EXPORTER", value: "none,otlp", get: notes, want: "others are ignored"},
	{name: "OTEL_TRACES_EXPORTER", value: "none,console", get: exporterNone, want: true},
	{name: "OTEL_TRACES_EXPORTER", value: "jaeger,none", get: target, want: "agent jaeger-compact localhost:6831"},
	{name: "JAEGER_AGENT_HOST", value: "agent", get: target, want: "agent jaeger-compact agent:6831"},
	{name: "JAEGER_AGENT_HOST", value: "2001:db8::1", get: target, want: "agent jaeger-compact [2001:db8::1]:6831"},
	{name: "JAEGER_AGENT_HOST", value: "[2001:db8::1]", get: target, want: "agent jaeger-compact [2001:db8::1]:6831"},
	{name: "JAEGER_AGENT_HOST", value: "fe80::1%eth0", get: target, want: "agent jaeger-compact [fe80::1%eth0]:6831"},
	{name: "JAEGER_AGENT_HOST", value: "agent", get: source, want: "JAEGER_AGENT_HOST"},
	{name: "JAEGER_AGENT_HOST", value: "agent:6831", bad: "more than a host: a port has a variable of its own"},
	{name: "JAEGER_AGENT_HOST", value: "http://agent", bad: "neither a host name nor an IP address"},
	{name: "JAEGER_AGENT_HOST", value: "[]", bad: "neither a host name nor an IP address"},
	{name: "JAEGER_AGENT_PORT", value: "1", get: target, want: "agent jaeger-compact localhost:1"},
	{name: "JAEGER_AGENT_PORT", value: "65535", get: source, want: "JAEGER_AGENT_PORT"},
	{name: "JAEGER_AGENT_PORT", value: "tcp://10.0.0.1:6831", get: target, want: "agent jaeger-compact localhost:6831"},
	{name: "JAEGER_AGENT_PORT", value: "tcp://10.0.0.1:6831", get: notes, want: "Kubernetes"},
	{name: "JAEGER_AGENT_PORT", value: "65536", bad: "not a port from 1 to 65535"},
	{name: "JAEGER_AGENT_PORT", value: "0", bad: "not a port from 1 to 65535"},
	{name: "JAEGER_AGENT_SOCKET_TYPE", value: "udp6", get: notes, want: "no use for"},
	{name: "JAEGER_AGENT_SOCKET_TYPE", value: "tcp", bad: "not one of udp4, udp6"},
	{name: "JAEGER_AGENT_HOST_USE_IPV6", value: "true", get: notes, want: "no use for"},
	{name: "JAEGER_AGENT_HOST_USE_IPV6", value: "6", bad: "neither true nor false"},
	{name: "JAEGER_SENDER_FACTORY", value: "http", get: notes, want: "no use for"},
	{name: "JAEGER_ENDPOINT", value: "https://h:14268/api/traces", get: target, want: "collector jaeger-batch https://h:14268/api/traces"},
	{name: "JAEGER_ENDPOINT", value: "http://h:14268", get: target, want: "collector jaeger-batch http://h:14268"},
	{name: "JAEGER_ENDPOINT", value: "http://h:4318/v1/traces", get: target, want: "otlp otlp http://h:4318/v1/traces"},
	{name: "JAEGER_ENDPOINT", value: "http://u:p%40@h/x?y=z#f", get: target, want: "collector jaeger-batch http://h/x?y=z#f u:p@ "},
	{name: "JAEGER_ENDPOINT", value: "http://h", get: source, want: "JAEGER_ENDPOINT"},
	{name: "JAEGER_ENDPOINT", value: "h:14268", bad: "not an http or https URL with a host"}, // jaeger-client-go accepts both
	{name: "JAEGER_ENDPOINT", value: "/x", bad: "not an http or https URL with a host"},
	{name: "JAEGER_ENDPOINT", value: "http://", bad: "not an http or https URL with a host"},
	{name: "JAEGER_ENDPOINT", value: "http://h:99999/", bad: "not a port"},
	{name: "JAEGER_USER", value: "bob", get: notes, want: "WARN spur: not used: these variables go with JAEGER_ENDPOINT, which is not set [variables [JAEGER_USER]]"},
	{name: "JAEGER_PASSWORD", value: "secret", get: notes, want: "[variables [JAEGER_PASSWORD]]"},
	{name: "JAEGER_AUTH_TOKEN", value: "secret", get: notes, want: "[variables [JAEGER_AUTH_TOKEN]]"},
	{name: "JAEGER_AUTH_TOKEN", value: "sec\nret", bad: "characters that a header cannot carry"},

	{name: "OTEL_BSP_MAX_QUEUE_SIZE", value: "2048", get: queueSpans, want: 2048},
	{name: "OTEL_BSP_MAX_QUEUE_SIZE", value: "-5", bad: "not a whole number from 1 to 1000000"},
	{name: "OTEL_BSP_MAX_QUEUE_SIZE", value: "99999999999", bad: "not a whole number from 1 to 1000000"},
	{name: "JAEGER_REPORTER_MAX_QUEUE_SIZE", value: " 100\n", get: queueSpans, want: 100},
	{name: "JAEGER_REPORTER_MAX_QUEUE_SIZE", value: "1000000", get: queueSpans, want: 1_000_000},
	{name: "JAEGER_REPORTER_MAX_QUEUE_SIZE", value: "1000001", bad: "not a whole number from 1 to 1000000"},
	{name: "JAEGER_REPORTER_MAX_QUEUE_SIZE", value: "0", bad: "not a whole number from 1 to 1000000"},
	{name: "OTEL_BSP_SCHEDULE_DELAY", value: "250", get: flushEvery, want: 250 * time.Millisecond},
	{name: "OTEL_BSP_SCHEDULE_DELAY", value: "1s", bad: "not a whole number from 1 to 86400000"},
	{name: "OTEL_BSP_EXPORT_TIMEOUT", value: "30000", get: retryBudget, want: 30 * time.Second},
	{name: "OTEL_BSP_EXPORT_TIMEOUT", value: "0", bad: "not a whole number from 1 to 86400000"},
	{name: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", value: "512", get: notes, want: "no use for"},
	{name: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", value: "-1", bad: "not a whole number"},
	{name: "JAEGER_REPORTER_FLUSH_INTERVAL", value: "2s", get: flushEvery, want: 2 * time.Second},
	{name: "JAEGER_REPORTER_FLUSH_INTERVAL", value: "1000", bad: `with a unit, such as "1s"`},
	{name: "JAEGER_REPORTER_FLUSH_INTERVAL", value: "-1s", bad: "not a positive duration"},
	{name: "JAEGER_REPORTER_LOG_SPANS", value: "t", get: logSpans, want: true},
	{name: "JAEGER_REPORTER_LOG_SPANS", value: "2", bad: "neither true nor false"},
	{name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", value: "true", get: noReconnect, want: true},
	{name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", value: "!", bad: "neither true nor false"},
	{name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", value: "1m", get: reconnect, want: time.Minute},
	{name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", value: huge, bad: "not a positive duration"},
	{name: "JAEGER_REPORTER_TIMEOUT", value: "1000", get: httpTimeout, want: time.Second},
	{name: "JAEGER_REPORTER_TIMEOUT", value: "1s", bad: "not a whole number"},

	{name: "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", value: "63", get: func(c *config) any { return [2]int{c.limits.TagValueLength, c.limits.LogValueLength} }, want: [2]int{63, 63}},
	{name: "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", value: "0", bad: "not a whole number from 1 to 1048576"},
	{name: "OTEL_ATTRIBUTE_COUNT_LIMIT", value: "62", get: func(c *config) any { return c.limits.TagsPerSpan }, want: 62},
	{name: "OTEL_ATTRIBUTE_COUNT_LIMIT", value: "none", bad: "not a whole number"},
	{name: "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", value: "61", get: func(c *config) any { return c.limits.FieldsPerLog }, want: 61},
	{name: "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", value: "many", bad: "not a whole number"},
	{name: "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", value: "60", get: notes, want: "no use for"},
	{name: "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", value: "many", bad: "not a whole number"},
	{name: "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", value: "64", get: func(c *config) any { return c.limits.TagValueLength }, want: 64},
	{name: "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", value: huge, bad: "not a whole number from 1 to 1048576"},
	{name: "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", value: "65", get: func(c *config) any { return c.limits.TagsPerSpan }, want: 65},
	{name: "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", value: "x", bad: "not a whole number"},
	{name: "OTEL_SPAN_EVENT_COUNT_LIMIT", value: "66", get: func(c *config) any { return c.limits.LogsPerSpan }, want: 66},
	{name: "OTEL_SPAN_EVENT_COUNT_LIMIT", value: "0", bad: "not a whole number"},
	{name: "OTEL_SPAN_LINK_COUNT_LIMIT", value: "67", get: func(c *config) any { return c.limits.RefsPerSpan }, want: 67},
	{name: "OTEL_SPAN_LINK_COUNT_LIMIT", value: "1.5", bad: "not a whole number"},
}

// anyValueIsGood needs no bad case; anything that is only bad next to others is
// in TestFromEnvTogether.
var anyValueIsGood = []string{
	"OTEL_SERVICE_NAME", "JAEGER_SERVICE_NAME", "OTEL_TRACES_SAMPLER_ARG", "JAEGER_SENDER_FACTORY",
	"JAEGER_USER", "JAEGER_PASSWORD",
}

func TestFromEnvVariables(t *testing.T) {
	good, bad := map[string]bool{}, map[string]bool{}
	for _, tc := range append(otlpCases(), envCases...) {
		t.Run(tc.name+"="+tc.value[:min(len(tc.value), 32)], func(t *testing.T) {
			c := readEnv([]string{tc.name + "=" + tc.value, tc.with})
			if tc.bad == "" {
				good[tc.name] = true
				if err := c.validate(); err != nil {
					t.Fatal(err)
				}
				checkGot(t, tc.get(c), tc.want)
				return
			}
			bad[tc.name] = true
			if strings.HasPrefix(tc.name, "OTEL_") {
				if err := c.validate(); err != nil {
					t.Errorf("an OTEL_* variable fails New: %v", err)
				}
				log := notesOf(c)
				text := "wrong setting ignored"
				if strings.HasSuffix(tc.name, "_HEADERS") {
					text = "OTLP endpoint not used"
				}
				if !strings.HasPrefix(log, "WARN spur: "+text+" [variable "+tc.name+" value ") || !strings.Contains(log, tc.bad) {
					t.Errorf("logged %q, want a warning with %q", log, tc.bad)
				}
				return
			}
			checkConfigError(t, c.validate(), tc.name, tc.bad)
		})
	}
	for _, v := range envTable() {
		if !good[v.name] {
			t.Errorf("%s has no good case", v.name)
		}
		if bad[v.name] == (slices.Contains(anyValueIsGood, v.name) || isFile(v.name)) {
			t.Errorf("%s: a bad case %v, expected otherwise", v.name, bad[v.name])
		}
	}
}

// checkGot wants got, or a text that contains want.
func checkGot(t *testing.T, got, want any) {
	t.Helper()
	text, isText := got.(string)
	part, _ := want.(string)
	if got != want && !(isText && part != "" && strings.Contains(text, part)) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func checkConfigError(t *testing.T, err error, name, reason string) {
	t.Helper()
	var ce *ConfigError
	if !errors.As(err, &ce) {
		t.Fatalf("got %v, want a ConfigError", err)
	}
	if ce.Name != name || len(ce.Value) > 128 || !strings.Contains(ce.Err.Error(), reason) {
		t.Errorf("got %q %q %q, want %s and %q", ce.Name, ce.Value, ce.Err, name, reason)
	}
	if !strings.HasPrefix(err.Error(), "spur: "+name+"=") || len(err.Error()) > 500 {
		t.Errorf("the error is %q", err)
	}
}
