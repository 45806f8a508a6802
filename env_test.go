// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
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
func service(c *config) any      { return c.service }
func disabled(c *config) any     { return c.disabled }
func traceID128(c *config) any   { return c.traceID128 }
func agentAddr(c *config) any    { return c.agent.address }
func queueSpans(c *config) any   { return c.agent.queueSpans }
func flushEvery(c *config) any   { return c.agent.flushInterval }
func reconnect(c *config) any    { return c.agent.reconnectInterval }
func noReconnect(c *config) any  { return c.agent.noReconnect }
func logSpans(c *config) any     { return c.agent.logSpans }
func exporterNone(c *config) any { return c.agent.none }
func source(c *config) any       { return c.source }
func notes(c *config) any        { return notesOf(c) }

var huge = strings.Repeat("9", 100_000)

// envCases are the values of each variable by itself. A good one has what it
// leads to, or a part of what is logged; a bad one a part of the reason.
var envCases = []struct {
	name, value string
	get         func(*config) any
	want        any
	bad         string
}{
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
	{name: "JAEGER_PROPAGATION", value: "Jaeger", get: notes, want: ""},
	{name: "JAEGER_PROPAGATION", value: "jaeger, B3", get: notes, want: "no header format but Jaeger's"},
	{name: "JAEGER_PROPAGATION", value: "jaeger,b4", bad: "not one of jaeger, b3, w3c"},
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
	{name: "JAEGER_SAMPLING_ENDPOINT", value: "http://h:5778/sampling", get: notes, want: "no use for"},
	{name: "JAEGER_SAMPLING_ENDPOINT", value: "h:5778", bad: "not an http or https URL with a host"},
	{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", value: "http://h/x", get: notes, want: "no use for"},
	{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", value: "h:5778", get: notes, want: "no use for"},
	{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", value: "h", bad: "neither a URL nor host:port"},
	{name: "JAEGER_SAMPLER_HOST", value: "h", get: notes, want: "no use for"},
	{name: "JAEGER_SAMPLER_HOST", value: "a b", bad: "neither a host name nor an IP address"},
	{name: "JAEGER_SAMPLER_PORT", value: "5778", get: notes, want: "no use for"},
	{name: "JAEGER_SAMPLER_PORT", value: "x", bad: "not a port"},
	{name: "JAEGER_SAMPLER_SAMPLING_PATH", value: "/sampling", get: notes, want: "no use for"},
	{name: "JAEGER_SAMPLER_SAMPLING_PATH", value: "http://h/", bad: "not the path of a URL"},
	{name: "JAEGER_SAMPLER_MAX_OPERATIONS", value: "10", get: notes, want: "no use for"},
	{name: "JAEGER_SAMPLER_MAX_OPERATIONS", value: "-1", bad: "not a whole number from 1 to 1000000"},
	{name: "JAEGER_SAMPLER_REFRESH_INTERVAL", value: "30s", get: notes, want: "no use for"},
	{name: "JAEGER_SAMPLER_REFRESH_INTERVAL", value: "0s", bad: "not a positive duration"},

	{name: "OTEL_TRACES_EXPORTER", value: "none", get: exporterNone, want: true},
	{name: "OTEL_TRACES_EXPORTER", value: "none", get: source, want: "OTEL_TRACES_EXPORTER"},
	{name: "OTEL_TRACES_EXPORTER", value: "otlp", get: notes, want: "[variables [OTEL_TRACES_EXPORTER] agent localhost:6831]"},
	{name: "OTEL_TRACES_EXPORTER", value: "jaeger", get: notes, want: ""},
	{name: "OTEL_TRACES_EXPORTER", value: "zipkin", bad: "not one of none, otlp, jaeger"},
	{name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://h:4318", get: notes, want: "OTLP and Thrift over HTTP come with a later one"},
	{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://h:4318", get: notes, want: "OTLP and Thrift over HTTP come with a later one"},
	{name: "JAEGER_AGENT_HOST", value: "agent", get: agentAddr, want: "agent:6831"},
	{name: "JAEGER_AGENT_HOST", value: "2001:db8::1", get: agentAddr, want: "[2001:db8::1]:6831"},
	{name: "JAEGER_AGENT_HOST", value: "[2001:db8::1]", get: agentAddr, want: "[2001:db8::1]:6831"},
	{name: "JAEGER_AGENT_HOST", value: "fe80::1%eth0", get: agentAddr, want: "[fe80::1%eth0]:6831"},
	{name: "JAEGER_AGENT_HOST", value: "agent", get: source, want: "JAEGER_AGENT_HOST"},
	{name: "JAEGER_AGENT_HOST", value: "agent:6831", bad: "more than a host: a port has a variable of its own"},
	{name: "JAEGER_AGENT_HOST", value: "http://agent", bad: "neither a host name nor an IP address"},
	{name: "JAEGER_AGENT_HOST", value: "[]", bad: "neither a host name nor an IP address"},
	{name: "JAEGER_AGENT_PORT", value: "1", get: agentAddr, want: "localhost:1"},
	{name: "JAEGER_AGENT_PORT", value: "65535", get: source, want: "JAEGER_AGENT_PORT"},
	{name: "JAEGER_AGENT_PORT", value: "tcp://10.0.0.1:6831", get: agentAddr, want: "localhost:6831"},
	{name: "JAEGER_AGENT_PORT", value: "tcp://10.0.0.1:6831", get: notes, want: "Kubernetes"},
	{name: "JAEGER_AGENT_PORT", value: "65536", bad: "not a port from 1 to 65535"},
	{name: "JAEGER_AGENT_PORT", value: "0", bad: "not a port from 1 to 65535"},
	{name: "JAEGER_AGENT_SOCKET_TYPE", value: "udp6", get: notes, want: "no use for"},
	{name: "JAEGER_AGENT_SOCKET_TYPE", value: "tcp", bad: "not one of udp4, udp6"},
	{name: "JAEGER_AGENT_HOST_USE_IPV6", value: "true", get: notes, want: "no use for"},
	{name: "JAEGER_AGENT_HOST_USE_IPV6", value: "6", bad: "neither true nor false"},
	{name: "JAEGER_SENDER_FACTORY", value: "http", get: notes, want: "no use for"},
	{name: "JAEGER_ENDPOINT", value: "https://h:14268/api/traces", get: notes, want: "[variables [JAEGER_ENDPOINT] agent localhost:6831]"},
	{name: "JAEGER_ENDPOINT", value: "h:14268", bad: "not an http or https URL with a host"}, // jaeger-client-go accepts both
	{name: "JAEGER_ENDPOINT", value: "/x", bad: "not an http or https URL with a host"},
	{name: "JAEGER_ENDPOINT", value: "http://", bad: "not an http or https URL with a host"},
	{name: "JAEGER_ENDPOINT", value: "http://h:99999/", bad: "not a port"},
	{name: "JAEGER_USER", value: "bob", get: notes, want: ""}, // read with JAEGER_ENDPOINT only
	{name: "JAEGER_PASSWORD", value: "secret", get: notes, want: ""},
	{name: "JAEGER_AUTH_TOKEN", value: "secret", get: notes, want: ""},
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
	{name: "JAEGER_REPORTER_FLUSH_INTERVAL", value: "2s", get: flushEvery, want: 2 * time.Second},
	{name: "JAEGER_REPORTER_FLUSH_INTERVAL", value: "1000", bad: `with a unit, such as "1s"`},
	{name: "JAEGER_REPORTER_FLUSH_INTERVAL", value: "-1s", bad: "not a positive duration"},
	{name: "JAEGER_REPORTER_LOG_SPANS", value: "t", get: logSpans, want: true},
	{name: "JAEGER_REPORTER_LOG_SPANS", value: "2", bad: "neither true nor false"},
	{name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", value: "true", get: noReconnect, want: true},
	{name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", value: "!", bad: "neither true nor false"},
	{name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", value: "1m", get: reconnect, want: time.Minute},
	{name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", value: huge, bad: "not a positive duration"},
	{name: "JAEGER_REPORTER_TIMEOUT", value: "1000", get: notes, want: "no use for"},
	{name: "JAEGER_REPORTER_TIMEOUT", value: "1s", bad: "not a whole number"},

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
	"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "JAEGER_USER", "JAEGER_PASSWORD",
}

func TestFromEnvVariables(t *testing.T) {
	good, bad := map[string]bool{}, map[string]bool{}
	for _, tc := range envCases {
		t.Run(tc.name+"="+tc.value[:min(len(tc.value), 32)], func(t *testing.T) {
			c := readEnv([]string{tc.name + "=" + tc.value})
			if tc.bad == "" {
				good[tc.name] = true
				if err := c.validate(); err != nil {
					t.Fatal(err)
				}
				got := tc.get(c)
				if text, ok := got.(string); ok && tc.want != "" && strings.Contains(text, fmt.Sprint(tc.want)) {
					return
				}
				if got != tc.want {
					t.Errorf("got %v, want %v", got, tc.want)
				}
				return
			}
			bad[tc.name] = true
			if strings.HasPrefix(tc.name, "OTEL_") {
				if err := c.validate(); err != nil {
					t.Errorf("an OTEL_* variable fails New: %v", err)
				}
				log := notesOf(c)
				if !strings.HasPrefix(log, "WARN spur: wrong setting ignored [variable "+tc.name+" value ") || !strings.Contains(log, tc.bad) {
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
		if bad[v.name] == slices.Contains(anyValueIsGood, v.name) {
			t.Errorf("%s: a bad case %v, expected otherwise", v.name, bad[v.name])
		}
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

func TestFromEnvTogether(t *testing.T) {
	for _, tc := range []struct {
		name string
		vars []string
		opts []Option
		get  func(*config) any
		want any
	}{
		{"JAEGER_TAGS over resource attributes", []string{"JAEGER_TAGS=a=1", "OTEL_RESOURCE_ATTRIBUTES=a=2,b=3"}, nil, processTag("a"), "1"},
		{"and beside them", []string{"JAEGER_TAGS=a=1", "OTEL_RESOURCE_ATTRIBUTES=a=2,b=3"}, nil, processTag("b"), "3"},
		{"a tag from a variable", []string{"JAEGER_TAGS=a=${X:y}", "X=z"}, nil, processTag("a"), "z"},
		{"an empty variable is none", []string{"JAEGER_TAGS=a=${X:y}", "X="}, nil, processTag("a"), "y"},
		{"JAEGER_DISABLED over OTEL_SDK_DISABLED", []string{"JAEGER_DISABLED=false", "OTEL_SDK_DISABLED=true"}, nil, disabled, false},
		{"empty is not set", []string{"JAEGER_DISABLED=", "OTEL_SDK_DISABLED=true"}, nil, disabled, true},
		{"blank is not set", []string{"JAEGER_REPORTER_FLUSH_INTERVAL= "}, nil, flushEvery, time.Duration(0)},
		{"JAEGER_REPORTER_MAX_QUEUE_SIZE over OTEL_BSP", []string{"OTEL_BSP_MAX_QUEUE_SIZE=1", "JAEGER_REPORTER_MAX_QUEUE_SIZE=2"}, nil, queueSpans, 2},
		{"JAEGER_REPORTER_FLUSH_INTERVAL over OTEL_BSP", []string{"JAEGER_REPORTER_FLUSH_INTERVAL=2s", "OTEL_BSP_SCHEDULE_DELAY=5"}, nil, flushEvery, 2 * time.Second},
		{"host and port", []string{"JAEGER_AGENT_HOST=::1", "JAEGER_AGENT_PORT=5775"}, nil, agentAddr, "[::1]:5775"},
		{"the host is the source", []string{"JAEGER_AGENT_HOST=h", "JAEGER_AGENT_PORT=5775"}, nil, source, "JAEGER_AGENT_HOST"},
		{"nothing is the source", nil, nil, source, "default"},
		{"an agent that is set beats OTLP", []string{"JAEGER_AGENT_HOST=h", "OTEL_EXPORTER_OTLP_ENDPOINT=http://h"}, nil, notes, ""},
		{"but not JAEGER_ENDPOINT", []string{"JAEGER_AGENT_HOST=h", "JAEGER_ENDPOINT=http://h"}, nil, notes, "[variables [JAEGER_ENDPOINT] agent h:6831]"},
		{"user and password", []string{"JAEGER_ENDPOINT=http://h", "JAEGER_USER=u", "JAEGER_PASSWORD=p"}, nil, notes, "JAEGER_ENDPOINT"},
		{"unused ones are named together", []string{"JAEGER_SAMPLER_HOST=h", "JAEGER_SENDER_FACTORY=x"}, nil, notes, "[JAEGER_SAMPLER_HOST JAEGER_SENDER_FACTORY]"},
		{"unknown ones too", []string{"JAEGER_TYPO=1", "JAEGER_AGENT_HOTS=1", "JAEGER_EMPTY=", "JAEGERX=1"}, nil, notes, "WARN spur: nobody knows these variables [variables [JAEGER_AGENT_HOTS JAEGER_TYPO]]"},
		{
			"but not what Kubernetes sets", []string{"JAEGER_AGENT_SERVICE_HOST=10.0.0.1", "JAEGER_AGENT_SERVICE_PORT_UDP=6831", "JAEGER_PORT=udp://10.0.0.1:6831", "JAEGER_PORT_6831_UDP_ADDR=10.0.0.1"},
			nil, notes, "",
		},
		{"over an earlier option", []string{"JAEGER_TRACEID_128BIT=true"}, []Option{WithTraceID128(false)}, traceID128, true},
		{"which stays when nothing is set", nil, []Option{WithTraceID128(false)}, traceID128, false},
		{"over an earlier tag", []string{"JAEGER_TAGS=a=1"}, []Option{WithTags(opentracing.Tag{Key: "a", Value: 2})}, processTag("a"), "1"},
		{
			"of limits the others stay", []string{"OTEL_SPAN_LINK_COUNT_LIMIT=5"}, []Option{WithLimits(Limits{TagsPerSpan: 7})},
			func(c *config) any { return [2]int{c.limits.TagsPerSpan, c.limits.RefsPerSpan} }, [2]int{7, 5},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := readEnv(tc.vars, tc.opts...)
			if err := c.validate(); err != nil {
				t.Fatal(err)
			}
			got := tc.get(c)
			if text, ok := got.(string); ok && tc.want != "" && strings.Contains(text, fmt.Sprint(tc.want)) {
				return
			}
			if got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestFromEnvSampler(t *testing.T) {
	always := WithSampler(sampler.NewConst(true))
	for _, tc := range []struct {
		name, vars string
		opts       []Option
		want       string
		log        string
	}{
		{name: "default", want: "parentbased(probabilistic(0.001))", log: "INFO spur: remote sampling is not part"},
		{name: "earlier option", opts: []Option{always}, want: "const(true)"},
		{name: "const", vars: "JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1", want: "parentbased(const(true))"},
		{name: "case", vars: "JAEGER_SAMPLER_TYPE=Const JAEGER_SAMPLER_PARAM=0", want: "parentbased(const(false))"},
		{name: "const alone", vars: "JAEGER_SAMPLER_TYPE=const", want: "parentbased(const(false))", log: "WARN spur: nothing is sampled: JAEGER_SAMPLER_PARAM is not set"},
		{name: "probabilistic", vars: "JAEGER_SAMPLER_TYPE=probabilistic JAEGER_SAMPLER_PARAM=.5", want: "parentbased(probabilistic(0.5))"},
		{name: "probabilistic alone", vars: "JAEGER_SAMPLER_TYPE=probabilistic", want: "parentbased(probabilistic(0.001))"},
		{name: "ratelimiting", vars: "JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=2.5", want: "parentbased(ratelimiting(2.5))"},
		{name: "ratelimiting alone", vars: "JAEGER_SAMPLER_TYPE=ratelimiting", want: "parentbased(ratelimiting(0))", log: "nothing is sampled"},
		{name: "remote", vars: "JAEGER_SAMPLER_TYPE=remote JAEGER_SAMPLER_PARAM=1", want: "parentbased(probabilistic(1))", log: "INFO spur: remote sampling is not part of this version; sampling with a fixed probability [probability 1]"},
		{name: "remote over an earlier option", vars: "JAEGER_SAMPLER_TYPE=remote", opts: []Option{always}, want: "parentbased(probabilistic(0.001))", log: "remote sampling"},
		{name: "parameter alone", vars: "JAEGER_SAMPLER_PARAM=0.25", want: "parentbased(probabilistic(0.25))", log: "remote sampling"},
		{name: "always_on", vars: "OTEL_TRACES_SAMPLER=always_on", want: "const(true)"},
		{name: "parentbased_always_off", vars: "OTEL_TRACES_SAMPLER=parentbased_always_off", want: "parentbased(const(false))"},
		{name: "traceidratio", vars: "OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=0.1", want: "probabilistic(0.1)"},
		{name: "parentbased_traceidratio alone", vars: "OTEL_TRACES_SAMPLER=ParentBased_TraceIDRatio", want: "parentbased(probabilistic(1))"},
		{name: "NaN does not sample everything", vars: "OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=NaN", want: "parentbased(probabilistic(0.001))", log: "WARN spur: wrong setting ignored [variable OTEL_TRACES_SAMPLER_ARG value NaN"},
		{name: "nor does 100", vars: "OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=100", want: "parentbased(probabilistic(0.001))", log: "WARN spur: wrong setting ignored [variable OTEL_TRACES_SAMPLER_ARG value 100"},
		{name: "JAEGER_* wins", vars: "OTEL_TRACES_SAMPLER=always_on JAEGER_SAMPLER_PARAM=0.5", want: "parentbased(probabilistic(0.5))", log: "remote sampling"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := readEnv(strings.Fields(tc.vars), tc.opts...)
			if err := c.validate(); err != nil {
				t.Fatal(err)
			}
			if got := samplerOf(t, c); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if log := notesOf(c); !strings.Contains(log, tc.log) || tc.log == "" && log != "" {
				t.Errorf("logged %q, want %q", log, tc.log)
			}
		})
	}
	for _, tc := range []struct{ vars, reason string }{
		{"JAEGER_SAMPLER_TYPE=probabilistic JAEGER_SAMPLER_PARAM=-1", "probability -1 is not between 0 and 1"},
		{"JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=-1", "traces per second -1 is not between"},
		{"JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=1e300", "traces per second 1e+300 is not between"},
		{"JAEGER_SAMPLER_TYPE=remote JAEGER_SAMPLER_PARAM=1.5", "probability 1.5 is not between 0 and 1"},
		{"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=nan", "not a number"},
	} {
		checkConfigError(t, readEnv(strings.Fields(tc.vars)).validate(), "JAEGER_SAMPLER_PARAM", tc.reason)
	}
}

func TestFromEnvErrorsJoined(t *testing.T) {
	err := readEnv([]string{
		"JAEGER_DISABLED=maybe", "JAEGER_SAMPLER_TYPE=all", "JAEGER_SAMPLER_PARAM=7", "JAEGER_AGENT_PORT=-1",
		"JAEGER_ENDPOINT=http://h", "JAEGER_PASSWORD=secret",
	}).validate()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got %v", err)
	}
	var names []string
	for _, err := range joined.Unwrap() {
		var ce *ConfigError
		if errors.As(err, &ce) {
			names = append(names, ce.Name)
		}
	}
	// Without a type, nobody knows what is wrong with the parameter.
	want := []string{"JAEGER_DISABLED", "JAEGER_SAMPLER_TYPE", "JAEGER_AGENT_PORT", "JAEGER_PASSWORD"}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("errors of %v, want %v", names, want)
	}
	checkConfigError(t, readEnv([]string{"JAEGER_ENDPOINT=http://h", "JAEGER_USER=u"}).validate(), "JAEGER_USER", "JAEGER_PASSWORD must be set")
}

// clearEnv empties the real environment of everything FromEnv looks at.
func clearEnv(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "JAEGER_") || strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, "")
		}
	}
}

func TestFromEnvServiceName(t *testing.T) {
	for _, tc := range []struct{ name, argument, jaeger, otel, attributes, want string }{
		{"argument", "a", "j", "o", "service.name=r", "a"},
		{"JAEGER_SERVICE_NAME", "", "j", "o", "service.name=r", "j"},
		{"OTEL_SERVICE_NAME", "", "", "o", "service.name=r", "o"},
		{"service.name", "", "", "", "a=b,service.name=r%20s", "r s"},
		{"none", "", "", " ", "service.name=", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clearEnv(t)
			t.Setenv("JAEGER_SERVICE_NAME", tc.jaeger)
			t.Setenv("OTEL_SERVICE_NAME", tc.otel)
			t.Setenv("OTEL_RESOURCE_ATTRIBUTES", tc.attributes)
			tracer, err := New(tc.argument, FromEnv(), WithReporter(reporter.Null{}), WithLogger(nil))
			if tc.want == "" {
				if !errors.Is(err, errNoService) {
					t.Fatalf("got %v, want %v", err, errNoService)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := tracer.process.Service; got != tc.want {
				t.Errorf("the service is %q, want %q", got, tc.want)
			}
			if err := tracer.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFromEnvOptionsAfterItWin(t *testing.T) {
	clearEnv(t)
	t.Setenv("JAEGER_SAMPLER_TYPE", "const")
	t.Setenv("JAEGER_TAGS", "a=env,b=env")
	t.Setenv("JAEGER_AGENT_HOST", "agent.invalid")
	tracer, err := New("orders", WithTags(opentracing.Tag{Key: "b", Value: "before"}), FromEnv(),
		WithTags(opentracing.Tag{Key: "a", Value: "after"}), WithSampler(sampler.NewConst(true)), WithReporter(reporter.Null{}), WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer tracer.Close()
	tags := map[string]model.Value{}
	for _, tag := range tracer.process.Tags {
		tags[tag.Key] = tag.Value
	}
	if tags["a"] != model.String("after") || tags["b"] != model.String("env") {
		t.Errorf("the tags are %v", tags)
	}
	s := tracer.Stats()
	if s.Sampling.Description != "const(true)" || s.Source != "WithReporter" {
		t.Errorf("sampler %q, source %q", s.Sampling.Description, s.Source)
	}
}

func TestFromEnvAnnounces(t *testing.T) {
	for _, tc := range []struct{ name, variable, value, want string }{
		{"default", "JAEGER_DISABLED", "", `disabled=false sampler=parentbased(probabilistic(0.001)) destinations="[agent localhost:6831]" source=default`},
		{"agent", "JAEGER_AGENT_HOST", "192.0.2.1", `destinations="[agent 192.0.2.1:6831]" source=JAEGER_AGENT_HOST`},
		{"none", "OTEL_TRACES_EXPORTER", "none", `destinations=[] source=OTEL_TRACES_EXPORTER`},
		{"disabled", "JAEGER_DISABLED", "true", `disabled=true`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clearEnv(t)
			t.Setenv(tc.variable, tc.value)
			var log bytes.Buffer
			tracer, err := New("orders", FromEnv(), WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			if err != nil {
				t.Fatal(err)
			}
			if err := tracer.Close(); err != nil {
				t.Error(err)
			}
			lines := 0
			for _, line := range strings.Split(log.String(), "\n") {
				if strings.Contains(line, `msg="spur: tracer started" service=orders `) {
					lines++
					if !strings.Contains(line, tc.want) {
						t.Errorf("logged %q, want %q", line, tc.want)
					}
				}
			}
			if lines != 1 {
				t.Errorf("%d lines announce the tracer:\n%s", lines, log.String())
			}
		})
	}
}

// With nothing to report to, decisions are still made and travel.
func TestFromEnvExporterNone(t *testing.T) {
	clearEnv(t)
	t.Setenv("OTEL_TRACES_EXPORTER", "none")
	t.Setenv("JAEGER_SAMPLER_TYPE", "const")
	t.Setenv("JAEGER_SAMPLER_PARAM", "1")
	tracer, err := New("orders", FromEnv(), WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	span := tracer.StartSpan("op")
	headers := opentracing.TextMapCarrier{}
	if err := tracer.Inject(span.Context(), opentracing.TextMap, headers); err != nil {
		t.Fatal(err)
	}
	span.Finish()
	if err := tracer.Close(); err != nil {
		t.Error(err)
	}
	if id := headers["uber-trace-id"]; !strings.HasSuffix(id, ":1") && !strings.HasSuffix(id, ":01") {
		t.Errorf("injected %q, want a sampled context", id)
	}
	if s := tracer.Stats(); len(s.Destinations) != 0 || s.Spans.FinishedSampled != 1 {
		t.Errorf("the books are %+v", s)
	}
}

func TestFromEnvHidesSecrets(t *testing.T) {
	const canary = "canary"
	secrets := []string{
		"JAEGER_PASSWORD=canary", "JAEGER_AUTH_TOKEN=canary\x01canary",
		"JAEGER_ENDPOINT=http://u:canary@h:0/", "JAEGER_SAMPLING_ENDPOINT=ftp://u:canary@h/", "JAEGER_SAMPLER_HOST=u:canary@h",
		"JAEGER_SAMPLER_MANAGER_HOST_PORT=u:canary@h", "JAEGER_AGENT_HOST=canary@h",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://u:canary@h", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://u:canary@h",
	}
	good := []string{
		"JAEGER_PASSWORD=canary", "JAEGER_USER=u", "JAEGER_AUTH_TOKEN=canary", "JAEGER_ENDPOINT=https://u:canary@h/?t=canary",
		"JAEGER_SAMPLING_ENDPOINT=http://u:canary@h/", "OTEL_EXPORTER_OTLP_ENDPOINT=http://u:canary@h", "OTEL_TRACES_EXPORTER=otlp",
		"JAEGER_UNKNOWN=canary",
	}
	for _, vars := range [][]string{secrets, good, {"JAEGER_ENDPOINT=http://h/", "JAEGER_PASSWORD=canary"}, {"JAEGER_ENDPOINT=h/?token=canary"}} {
		c := readEnv(vars)
		text := notesOf(c) + fmt.Sprintf("%+v", c.errs)
		if err := c.validate(); err != nil {
			text += err.Error()
		}
		for _, err := range c.errs {
			text += fmt.Sprintf("%#v", err)
		}
		if strings.Contains(text, canary) {
			t.Errorf("a secret of %q shows in %s", vars, text)
		}
		if text == "[]" {
			t.Errorf("nothing at all is said about %q", vars)
		}
	}
	if n := len(readEnv(secrets).errs); n != 7 {
		t.Errorf("%d errors, want 7: the test tests less than it seems to", n)
	}
}

func TestHideCredentials(t *testing.T) {
	for value, want := range map[string]string{
		"":                         "",
		"host:1":                   "host:1",
		"http://h/p":               "http://h/p",
		"HTTPS://u:p@h/":           "HTTPS://***@h/",
		"http://u:p@ss/w?rd@h/":    "http://***",
		"u:p@x://h":                "***@x://h",
		"http://h/p?token=t":       "http://h/p?***",
		"http://h/?a=b@c":          "http://***",
		"http://u:p/w@h":           "http://***@h",
		"httpx://u:p@h":            "***@h",
		"http://u:p@a@b@host:1234": "http://***@host:1234",
	} {
		if got := hideCredentials(value); got != want {
			t.Errorf("%q becomes %q, want %q", value, got, want)
		}
	}
}

// The README's table is this one.
func TestEnvTableInReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil || !bytes.Contains(text, []byte("| JAEGER_")) && !bytes.Contains(text, []byte("| `JAEGER_")) {
		t.Skip("skipped: there is no README.md with a table of variables")
	}
	for _, row := range envRows() {
		if !bytes.Contains(text, []byte(row)) {
			t.Errorf("README.md lacks the row\n%s", row)
		}
	}
}

// envRows is the table in Markdown, what means the same side by side, Jaeger's
// names first.
func envRows() []string {
	var jaeger, otel []string
	for _, v := range envTable() {
		row := fmt.Sprintf("| `%s` | %s | %s |", v.name, v.meaning, v.unset)
		if strings.HasPrefix(v.name, "OTEL_") {
			otel = append(otel, row)
		} else {
			jaeger = append(jaeger, row)
		}
	}
	return append(jaeger, otel...)
}
