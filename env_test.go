// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/internal/env"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// readEnv applies an environment given as NAME=value to the options' config. What the
// variables mean is tested in internal/env.
func readEnv(vars []string, opts ...Option) *config {
	lookup := func(name string) (string, bool) {
		for _, v := range vars {
			if n, value, _ := strings.Cut(v, "="); n == name {
				return value, true
			}
		}
		return "", false
	}
	return newConfig("argument", append(opts, optionFunc(func(c *config) { c.applyEnv(env.Read(lookup, vars)) })))
}

// target is where spans would go, what is spoken there, and the user.
func target(c *config) string {
	var all []string
	for _, e := range c.chooseEndpoints() {
		text := e.Name() + " " + e.Format.String() + " " + e.Address
		if e.HTTP.Username != "" {
			text += fmt.Sprintf(" %s:%s", e.HTTP.Username, e.HTTP.Password)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
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

// Everything that the environment can say reaches the config.
func TestFromEnvApplies(t *testing.T) {
	before := WithLimits(Limits{TagValueLength: 100, LogValueLength: 100, KeyLength: 7})
	c := readEnv([]string{
		"JAEGER_TAGS=a=1", "JAEGER_DISABLED=1", "JAEGER_TRACEID_128BIT=0", "JAEGER_PROPAGATION=b3",
		"JAEGER_SAMPLING_ENDPOINT=h:1", "JAEGER_SAMPLER_MAX_OPERATIONS=2", "JAEGER_SAMPLER_REFRESH_INTERVAL=3s", "JAEGER_SAMPLER_PARAM=0.5",
		"JAEGER_ENDPOINT=http://u:p@h", "JAEGER_REPORTER_MAX_QUEUE_SIZE=4", "JAEGER_REPORTER_FLUSH_INTERVAL=5s", "OTEL_BSP_EXPORT_TIMEOUT=6",
		"JAEGER_REPORTER_TIMEOUT=7", "JAEGER_REPORTER_LOG_SPANS=1", "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED=1", "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=8s",
		"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=9", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=10", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=11", "OTEL_SPAN_EVENT_COUNT_LIMIT=12",
		"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT=13", "OTEL_SPAN_LINK_COUNT_LIMIT=14",
	}, before, WithSampler(sampler.NewConst(true)))
	if err := c.validate(); err != nil {
		t.Fatal(err)
	}
	limits := Limits{
		KeyLength: 7, TagValueCharacters: 10, LogValueCharacters: 9, TagsPerSpan: 11, LogsPerSpan: 12, FieldsPerLog: 13, RefsPerSpan: 14,
	}
	if c.limits != limits || c.sending.proxy == nil || c.sampler != nil {
		t.Errorf("limits %+v, want %+v; proxy %v, sampler %v", c.limits, limits, c.sending.proxy == nil, c.sampler)
	}
	c.sending.proxy = nil
	got := fmt.Sprintln(c.processTags, c.disabled, c.traceID128, c.headerFormats.extract, c.headerFormats.inject, c.probability, c.logSpans, c.source, c.fromEnv,
		c.remote.endpoint, c.remote.maxOperations, c.remote.refreshInterval)
	want := "[{a 1}] true false [b3] [b3] 0.5 true JAEGER_ENDPOINT true h:1 2 3s\n"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	sends := sending{queueSpans: 4, flushInterval: 5 * time.Second, retryBudget: 6 * time.Millisecond, timeout: 7 * time.Millisecond, reconnectInterval: 8 * time.Second, noReconnect: true}
	if !reflect.DeepEqual(c.sending, sends) {
		t.Errorf("sending %+v, want %+v", c.sending, sends)
	}
	if c.disabled = false; target(c) != "collector jaeger-batch http://h u:p" {
		t.Errorf("to %s", target(c))
	}
}

// Nothing changes what options have set but what is set in the environment.
func TestFromEnvLeavesTheRest(t *testing.T) {
	always := sampler.NewConst(true)
	opts := []Option{
		WithTags(opentracing.Tag{Key: "a", Value: 2}), WithDisabled(true), WithTraceID128(false), WithFormats(nil, nil), WithLimits(Limits{TagsPerSpan: 7}),
		WithSampler(always), WithEndpoint("udp://h"),
	}
	want, got := newConfig("argument", opts), readEnv(nil, opts...)
	got.fromEnv, got.sending.proxy = false, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for _, tc := range []struct {
		name   string
		vars   string
		before []Option
		after  Option
		want   string
	}{
		{"an earlier endpoint is replaced", "JAEGER_AGENT_HOST=h", []Option{WithEndpoint("udp://a"), WithEndpoint("udp://b")}, nil, "JAEGER_AGENT_HOST: agent jaeger-compact h:6831"},
		{"a later one replaces", "JAEGER_AGENT_HOST=h", nil, WithEndpoint("udp://b"), "WithEndpoint: agent jaeger-compact b:6831"},
		{"around", "JAEGER_AGENT_HOST=h", []Option{WithEndpoint("udp://a")}, WithEndpoint("udp://b"), "WithEndpoint: agent jaeger-compact b:6831"},
		{"around nothing", "", []Option{WithEndpoint("udp://a")}, WithEndpoint("udp://b"), "WithEndpoint: agent jaeger-compact a:6831, agent jaeger-compact b:6831"},
		{"none", "OTEL_TRACES_EXPORTER=none", []Option{WithEndpoint("udp://a")}, nil, "OTEL_TRACES_EXPORTER: "},
		{"none and a later one", "OTEL_TRACES_EXPORTER=none", nil, WithEndpoint("udp://b"), "WithEndpoint: agent jaeger-compact b:6831"},
		{"a reporter", "JAEGER_AGENT_HOST=h", nil, WithReporter(reporter.Null{}), "WithReporter: "},
		{"an OTLP endpoint that cannot be used", "OTEL_EXPORTER_OTLP_ENDPOINT=http://h OTEL_EXPORTER_OTLP_PROTOCOL=grpc", []Option{WithEndpoint("udp://a")}, nil, "WithEndpoint: agent jaeger-compact a:6831"},
	} {
		c := readEnv(strings.Fields(tc.vars), tc.before...)
		if tc.after != nil {
			tc.after.apply(c)
		}
		to := target(c)
		if got := c.source + ": " + to; got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestFromEnvSampler(t *testing.T) {
	for vars, want := range map[string]string{
		"": "parentbased(remote(probabilistic(0.001) until http://127.0.0.1:5778/sampling answers))",
		"JAEGER_SAMPLER_PARAM=0.25 JAEGER_AGENT_HOST=agent":                                                          "parentbased(remote(probabilistic(0.25) until http://agent:5778/sampling answers))",
		"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1":                                                           "parentbased(const(true))",
		"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=0":                                                           "parentbased(const(false))",
		"JAEGER_SAMPLER_TYPE=probabilistic JAEGER_SAMPLER_PARAM=.5":                                                  "parentbased(probabilistic(0.5))",
		"JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=2.5":                                                  "parentbased(ratelimiting(2.5))",
		"OTEL_TRACES_SAMPLER=always_on":                                                                              "overruling(const(true))",
		"OTEL_TRACES_SAMPLER=parentbased_always_off":                                                                 "parentbased(const(false))",
		"OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=0.1":                                               "overruling(probabilistic(0.1))",
		"OTEL_TRACES_SAMPLER=parentbased_jaeger_remote OTEL_TRACES_SAMPLER_ARG=endpoint=s:1,initialSamplingRate=0.5": "parentbased(remote(probabilistic(0.5) until http://s:1/sampling answers))",
		"OTEL_TRACES_SAMPLER=jaeger_remote":                                                                          "overruling(remote(probabilistic(0.001) until http://127.0.0.1:5778/sampling answers))",
		"JAEGER_SAMPLER_SAMPLING_PATH=/s?token=secret JAEGER_SAMPLER_PARAM=1":                                        "parentbased(remote(probabilistic(1) until http://127.0.0.1:5778/s answers))",
	} {
		s, err := readEnv(strings.Fields(vars)).buildSampler()
		if err != nil {
			t.Fatalf("%s: %v", vars, err)
		}
		if got := s.(sampler.Statuser).Status().Description; got != want {
			t.Errorf("%s: got %s, want %s", vars, got, want)
		}
		_ = sampler.CloseUnused(s, nil)
	}
}

// The sampling server is asked through the proxy that spans go through.
func TestFromEnvSamplerUsesTheProxy(t *testing.T) {
	asked := make(chan string, 10)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.RequestURI
		fmt.Fprint(w, `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1}}`)
	}))
	defer proxy.Close()
	c := readEnv([]string{"JAEGER_SAMPLING_ENDPOINT=http://sampling.invalid/s"})
	if c.sending.proxy == nil {
		t.Fatal("no proxy")
	}
	c.sending.proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }
	s, err := c.buildSampler()
	if err != nil {
		t.Fatal(err)
	}
	defer sampler.CloseUnused(s, nil)
	select {
	case got := <-asked:
		if got != "http://sampling.invalid/s?service=argument" {
			t.Errorf("the proxy was asked for %s", got)
		}
	case <-time.After(10 * time.Second):
		t.Error("the proxy was not asked")
	}
}

// OpenTelemetry's limits count characters.
func TestFromEnvCharacters(t *testing.T) {
	clearEnv(t)
	t.Setenv("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "4")
	tracer, got := newTestTracer(t, FromEnv())
	tracer.StartSpan("op", opentracing.Tag{Key: "a", Value: "äöüß"}, opentracing.Tag{Key: "b", Value: "äöüßx"}, opentracing.Tag{Key: "c", Value: "𝄞𝄞𝄞𝄞"}).Finish()
	want := map[string]string{"a": "äöüß", "b": "äöü…", "c": "𝄞𝄞𝄞𝄞"}
	for _, tag := range got.only(t).Tags {
		if w, ok := want[tag.Key]; ok && tag.Value.Str() != w {
			t.Errorf("%s is %s, want %s", tag.Key, tag.Value.Str(), w)
		}
	}
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
			if got := tracer.ServiceName(); got != tc.want {
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
	if s.Sampling.Description != "parentbased(const(true))" || s.Source != "WithReporter" {
		t.Errorf("sampler %q, source %q", s.Sampling.Description, s.Source)
	}
}

func TestFromEnvAnnounces(t *testing.T) {
	for _, tc := range []struct{ name, variable, value, want string }{
		{"default", "JAEGER_DISABLED", "", `tracer.disabled=false tracer.sampler="parentbased(remote(probabilistic(0.001) until http://127.0.0.1:5778/sampling answers))" tracer.destinations="[agent localhost:6831]" tracer.source=default`},
		{"agent", "JAEGER_AGENT_HOST", "192.0.2.1", `tracer.destinations="[agent 192.0.2.1:6831]" tracer.source=JAEGER_AGENT_HOST`},
		{"collector", "JAEGER_ENDPOINT", "http://u:p@192.0.2.1:14268/api/traces?x=y", `tracer.destinations="[collector http://192.0.2.1:14268/api/traces]" tracer.source=JAEGER_ENDPOINT`},
		{"OTLP", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://192.0.2.1:4318", `tracer.destinations="[otlp http://192.0.2.1:4318/v1/traces]" tracer.source=OTEL_EXPORTER_OTLP_ENDPOINT`},
		{"none", "OTEL_TRACES_EXPORTER", "none", `tracer.destinations=[] tracer.source=OTEL_TRACES_EXPORTER`},
		{"disabled", "JAEGER_DISABLED", "true", `tracer.disabled=true`},
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
				if strings.Contains(line, `msg="spur: tracer started" tracer.service=orders `) {
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
