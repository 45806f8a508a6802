// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/uber/jaeger-client-go/config"
)

// setenv sets variables, given as NAME=value, for the time of the test.
func setenv(t testing.TB, variables ...string) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "JAEGER_") {
			t.Setenv(name, "")
		}
	}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
}

// agent is the reporter when nothing says otherwise.
func agent() *config.ReporterConfig {
	return &config.ReporterConfig{LocalAgentHostPort: "localhost:6831"}
}

func TestFromEnv(t *testing.T) {
	for _, tt := range []struct {
		name      string
		variables []string
		want      config.Configuration
	}{
		{"nothing", nil, config.Configuration{}},
		{"all of the tracer", []string{
			"JAEGER_SERVICE_NAME=orders", "JAEGER_DISABLED=T", "JAEGER_RPC_METRICS=1", "JAEGER_TRACEID_128BIT=true", "JAEGER_TAGS=a=b",
		}, config.Configuration{ServiceName: "orders", Disabled: true, RPCMetrics: true, Gen128Bit: true, Tags: []opentracing.Tag{{Key: "a", Value: "b"}}}},
		{"all of the sampler", []string{
			"JAEGER_SAMPLER_TYPE=const", "JAEGER_SAMPLER_PARAM=0.5", "JAEGER_SAMPLING_ENDPOINT=http://h:1/s",
			"JAEGER_SAMPLER_MANAGER_HOST_PORT=loses", "JAEGER_SAMPLER_MAX_OPERATIONS=10", "JAEGER_SAMPLER_REFRESH_INTERVAL=1m1s",
		}, config.Configuration{Sampler: &config.SamplerConfig{
			Type: "const", Param: 0.5, SamplingServerURL: "http://h:1/s", MaxOperations: 10, SamplingRefreshInterval: 61 * time.Second,
		}}},
		{"older name", []string{"JAEGER_SAMPLER_MANAGER_HOST_PORT=http://h", "JAEGER_AGENT_HOST=a"}, config.Configuration{
			Sampler:  &config.SamplerConfig{SamplingServerURL: "http://h"},
			Reporter: &config.ReporterConfig{LocalAgentHostPort: "a:6831"},
		}},
		{"agent", []string{
			"JAEGER_AGENT_HOST=a", "JAEGER_AGENT_PORT=1", "JAEGER_REPORTER_MAX_QUEUE_SIZE=5", "JAEGER_REPORTER_FLUSH_INTERVAL=2s",
			"JAEGER_REPORTER_LOG_SPANS=true", "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=40s", "JAEGER_USER=unused",
		}, config.Configuration{
			Sampler: &config.SamplerConfig{SamplingServerURL: "http://a:5778/sampling"},
			Reporter: &config.ReporterConfig{
				LocalAgentHostPort: "a:1", QueueSize: 5, BufferFlushInterval: 2 * time.Second, LogSpans: true, AttemptReconnectInterval: 40 * time.Second,
			},
		}},
		{"agent with an IPv6 address", []string{"JAEGER_AGENT_HOST=::1"}, config.Configuration{
			Sampler:  &config.SamplerConfig{SamplingServerURL: "http://[::1]:5778/sampling"},
			Reporter: &config.ReporterConfig{LocalAgentHostPort: "[::1]:6831"},
		}},
		{"no reconnecting", []string{
			"JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED=true", "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=not looked at",
		}, config.Configuration{Reporter: &config.ReporterConfig{LocalAgentHostPort: "localhost:6831", DisableAttemptReconnecting: true}}},
		{"collector", []string{
			"JAEGER_ENDPOINT=http://h:14268/api/traces", "JAEGER_USER=u", "JAEGER_PASSWORD=p", "JAEGER_AGENT_PORT=not looked at",
		}, config.Configuration{Reporter: &config.ReporterConfig{CollectorEndpoint: "http://h:14268/api/traces", User: "u", Password: "p"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			setenv(t, tt.variables...)
			if tt.want.Sampler == nil {
				tt.want.Sampler = &config.SamplerConfig{}
			}
			if tt.want.Reporter == nil {
				tt.want.Reporter = agent()
			}
			got, err := config.FromEnv()
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, &tt.want) {
				t.Errorf("%+v %+v %+v\nwant %+v %+v %+v", got, got.Sampler, got.Reporter, tt.want, tt.want.Sampler, tt.want.Reporter)
			}
		})
	}
}

// What is not set leaves the fields of a Configuration alone.
func TestFromEnvOver(t *testing.T) {
	c := func() *config.Configuration {
		return &config.Configuration{
			ServiceName: "mine", Disabled: true, Tags: []opentracing.Tag{{Key: "k", Value: 1}},
			Sampler:  &config.SamplerConfig{Type: "const", Param: 1, SamplingServerURL: "http://mine"},
			Reporter: &config.ReporterConfig{QueueSize: 7, LocalAgentHostPort: "mine:1", User: "u", Password: "p"},
		}
	}
	setenv(t)
	got := c()
	if again, err := got.FromEnv(); err != nil || again != got || !reflect.DeepEqual(got, c()) {
		t.Errorf("%+v, %v", got, err)
	}
	setenv(t, "JAEGER_DISABLED=false", "JAEGER_AGENT_PORT=2", "JAEGER_TAGS=a=b")
	want := c()
	want.Disabled, want.Reporter.LocalAgentHostPort, want.Tags = false, "localhost:2", []opentracing.Tag{{Key: "a", Value: "b"}}
	if got, err := c().FromEnv(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	setenv(t, "JAEGER_ENDPOINT=http://h")
	want = c()
	want.Reporter.CollectorEndpoint, want.Reporter.User, want.Reporter.Password = "http://h", "", ""
	if got, err := c().FromEnv(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFromEnvErrors(t *testing.T) {
	const sampler, reporter = "cannot obtain sampler config from env: ", "cannot obtain reporter config from env: "
	long := strings.Repeat("ä", 100_000)
	for _, tt := range []struct{ variables, want string }{
		{"JAEGER_DISABLED=yes", `cannot parse env var JAEGER_DISABLED=yes: strconv.ParseBool: parsing "yes": invalid syntax`},
		{"JAEGER_RPC_METRICS=yes", `cannot parse env var JAEGER_RPC_METRICS=yes: strconv.ParseBool: parsing "yes": invalid syntax`},
		{"JAEGER_TRACEID_128BIT=yes", `cannot parse env var JAEGER_TRACEID_128BIT=yes: strconv.ParseBool: parsing "yes": invalid syntax`},
		{"JAEGER_TAGS=foo", `cannot parse env var JAEGER_TAGS=foo: no "=" in pair 1`}, // jaeger-client-go panics
		{"JAEGER_TAGS=a=b,,foo", `cannot parse env var JAEGER_TAGS=a=b,,foo: no "=" in pair 3`},
		{"JAEGER_SAMPLER_PARAM=half", sampler + `cannot parse env var JAEGER_SAMPLER_PARAM=half: strconv.ParseFloat: parsing "half": invalid syntax`},
		{"JAEGER_SAMPLER_MAX_OPERATIONS=1.5", sampler + `cannot parse env var JAEGER_SAMPLER_MAX_OPERATIONS=1.5: strconv.ParseInt: parsing "1.5": invalid syntax`},
		{"JAEGER_SAMPLER_REFRESH_INTERVAL=60", sampler + `cannot parse env var JAEGER_SAMPLER_REFRESH_INTERVAL=60: time: missing unit in duration "60"`},
		{"JAEGER_REPORTER_MAX_QUEUE_SIZE=99999999999999999999", reporter + `cannot parse env var JAEGER_REPORTER_MAX_QUEUE_SIZE=99999999999999999999: strconv.ParseInt: parsing "99999999999999999999": value out of range`},
		{"JAEGER_REPORTER_FLUSH_INTERVAL=soon", reporter + `cannot parse env var JAEGER_REPORTER_FLUSH_INTERVAL=soon: time: invalid duration "soon"`},
		{"JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=-1s", reporter + `cannot parse env var JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=-1s: negative`}, // jaeger-client-go panics in NewTracer
		{"JAEGER_REPORTER_LOG_SPANS=2", reporter + `cannot parse env var JAEGER_REPORTER_LOG_SPANS=2: strconv.ParseBool: parsing "2": invalid syntax`},
		{"JAEGER_AGENT_PORT=tcp://10.0.0.1:6831", reporter + `cannot parse env var JAEGER_AGENT_PORT=tcp://10.0.0.1:6831: strconv.ParseInt: parsing "tcp://10.0.0.1:6831": invalid syntax`},
		{"JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED=x", reporter + `cannot parse env var JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED=x: strconv.ParseBool: parsing "x": invalid syntax`},
		{"JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=x", reporter + `cannot parse env var JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL=x: time: invalid duration "x"`},
		{"JAEGER_ENDPOINT=collector", reporter + `cannot parse env var JAEGER_ENDPOINT=collector: parse "collector": invalid URI for request`},
		{"JAEGER_ENDPOINT=http://me:pass%word@h/", reporter + `cannot parse env var JAEGER_ENDPOINT=http://***@h/`},
		{"JAEGER_ENDPOINT=http://h JAEGER_USER=u", reporter + `you must set JAEGER_USER and JAEGER_PASSWORD env vars together`},
		{"JAEGER_ENDPOINT=http://h JAEGER_PASSWORD=p", reporter + `you must set JAEGER_USER and JAEGER_PASSWORD env vars together`},
		{"JAEGER_TAGS=" + long, "cannot parse env var JAEGER_TAGS=" + long[:128] + "…"},
		{"JAEGER_SAMPLER_PARAM=x" + long, sampler + "cannot parse env var JAEGER_SAMPLER_PARAM=x" + long[:126] + "…"},
	} {
		t.Run(fmt.Sprintf("%.40s", tt.variables), func(t *testing.T) {
			setenv(t, strings.Fields(tt.variables)...)
			c, err := config.FromEnv()
			if err == nil || err.Error() != tt.want || c != nil {
				t.Errorf("%v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestTagsFromEnv(t *testing.T) {
	for list, want := range map[string]string{
		"key=value":               "[{key value}]",
		" k = v , k=w ":           "[{k v} {k w}]",
		"a=b=c,d=":                "[{a b=c} {d }]",
		"=v":                      "[{ v}]",
		"a=b,":                    "[{a b}]", // jaeger-client-go panics
		",":                       "[]",
		"k=${SPUR_SET:default}":   "[{k set}]",
		"k=${SPUR_UNSET:d:e}":     "[{k d:e}]",
		"k=${SPUR_UNSET}":         "[{k }]", // jaeger-client-go panics
		"k=${SPUR_SET}":           "[{k set}]",
		"k=${}":                   "[{k }]",
		"k=x${SPUR_SET:default}":  "[{k x${SPUR_SET:default}}]",
		"k=${SPUR_SET:default}, ": "[{k set}]",
		"k=${":                    "[{k ${}]",
	} {
		setenv(t, "JAEGER_TAGS="+list, "SPUR_SET=set")
		c, err := config.FromEnv()
		if err != nil || fmt.Sprint(c.Tags) != want {
			t.Errorf("%q: %v, %v; want %s", list, c, err, want)
		}
	}
}

// FuzzFromEnv puts a value into each variable: whatever it is, it is taken, or named in an
// error of bounded length.
func FuzzFromEnv(f *testing.F) {
	for _, value := range []string{"", "foo", "a=${HOME}", "a=${", "=", ",", "-1", "NaN", "1e999", "99999999999", "-1ns", "http://u:p@h:x/", "::1", "[", "\x00", "\xff"} {
		f.Add(value)
	}
	names := []string{
		"JAEGER_DISABLED", "JAEGER_TAGS", "JAEGER_SAMPLER_PARAM", "JAEGER_SAMPLER_MAX_OPERATIONS", "JAEGER_SAMPLER_REFRESH_INTERVAL",
		"JAEGER_REPORTER_MAX_QUEUE_SIZE", "JAEGER_AGENT_PORT", "JAEGER_AGENT_HOST", "JAEGER_ENDPOINT",
	}
	f.Fuzz(func(t *testing.T, value string) {
		if strings.ContainsRune(value, 0) {
			t.Skip("no environment has it")
		}
		for _, name := range names {
			setenv(t, name+"="+value)
			c, err := config.FromEnv()
			switch {
			case err == nil && (c == nil || c.Sampler == nil || c.Reporter == nil):
				t.Errorf("%s=%q: %+v", name, value, c)
			case err != nil && (!strings.Contains(err.Error(), name) || len(err.Error()) > 1000):
				t.Errorf("%s=%q: %d bytes: %.200s", name, value, len(err.Error()), err)
			}
			t.Setenv(name, "")
		}
	})
}
