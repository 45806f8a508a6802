// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

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
		{"host and port", []string{"JAEGER_AGENT_HOST=::1", "JAEGER_AGENT_PORT=5775"}, nil, target, "agent jaeger-compact [::1]:5775"},
		{"the host is the source", []string{"JAEGER_AGENT_HOST=h", "JAEGER_AGENT_PORT=5775"}, nil, source, "JAEGER_AGENT_HOST"},
		{"nothing is the source", nil, nil, source, "default"},
		{"an earlier endpoint is replaced", []string{"JAEGER_AGENT_HOST=h"}, []Option{WithEndpoint("udp://a"), WithEndpoint("udp://b")}, target, "agent jaeger-compact h:6831"},
		{"or stays when nothing is set", nil, []Option{WithEndpoint("udp://a")}, target, "agent jaeger-compact a:6831"},
		{"general limits", []string{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=2", "OTEL_ATTRIBUTE_COUNT_LIMIT=1"}, nil, func(c *config) any { return c.limits.TagsPerSpan }, 2},
		{
			"general lengths",
			[]string{"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=2", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=1"},
			nil, func(c *config) any { return [2]int{c.limits.TagValueLength, c.limits.LogValueLength} },
			[2]int{2, 1},
		},
		{"unused ones are named together", []string{"JAEGER_AGENT_SOCKET_TYPE=udp4", "JAEGER_SENDER_FACTORY=x"}, nil, notes, "[JAEGER_AGENT_SOCKET_TYPE JAEGER_SENDER_FACTORY]"},
		{"unknown ones too", []string{"JAEGER_TYPO=1", "JAEGER_AGENT_HOTS=1", "JAEGER_EMPTY=", "JAEGERX=1"}, nil, notes, "WARN spur: unknown JAEGER_* variables [variables [JAEGER_AGENT_HOTS JAEGER_TYPO]]"},
		{
			"but not what Kubernetes sets",
			[]string{"JAEGER_AGENT_SERVICE_HOST=10.0.0.1", "JAEGER_AGENT_SERVICE_PORT_UDP=6831", "JAEGER_PORT=udp://10.0.0.1:6831", "JAEGER_PORT_6831_UDP_ADDR=10.0.0.1"},
			nil, notes, "",
		},
		{"over an earlier option", []string{"JAEGER_TRACEID_128BIT=true"}, []Option{WithTraceID128(false)}, traceID128, true},
		{"which stays when nothing is set", nil, []Option{WithTraceID128(false)}, traceID128, false},
		{"over an earlier tag", []string{"JAEGER_TAGS=a=1"}, []Option{WithTags(opentracing.Tag{Key: "a", Value: 2})}, processTag("a"), "1"},
		{
			"of limits the others stay",
			[]string{"OTEL_SPAN_LINK_COUNT_LIMIT=5"},
			[]Option{WithLimits(Limits{TagsPerSpan: 7})},
			func(c *config) any { return [2]int{c.limits.TagsPerSpan, c.limits.RefsPerSpan} },
			[2]int{7, 5},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := readEnv(tc.vars, tc.opts...)
			if err := c.validate(); err != nil {
				t.Fatal(err)
			}
			checkGot(t, tc.get(c), tc.want)
		})
	}
}

func TestFromEnvSampler(t *testing.T) {
	remote := func(initial string) string {
		return "parentbased(remote(probabilistic(" + initial + ") until http://127.0.0.1:5778/sampling answers))"
	}
	always := WithSampler(sampler.NewConst(true))
	for _, tc := range []struct {
		name, vars string
		opts       []Option
		want       string
		log        string
	}{
		{name: "default", want: remote("0.001")},
		{name: "earlier option", opts: []Option{always}, want: "const(true)"},
		{name: "const", vars: "JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1", want: "parentbased(const(true))"},
		{name: "case", vars: "JAEGER_SAMPLER_TYPE=Const JAEGER_SAMPLER_PARAM=0", want: "parentbased(const(false))"},
		{name: "const alone", vars: "JAEGER_SAMPLER_TYPE=const", want: "parentbased(const(false))", log: "WARN spur: nothing is sampled: JAEGER_SAMPLER_PARAM is not set"},
		{name: "probabilistic", vars: "JAEGER_SAMPLER_TYPE=probabilistic JAEGER_SAMPLER_PARAM=.5", want: "parentbased(probabilistic(0.5))"},
		{name: "probabilistic alone", vars: "JAEGER_SAMPLER_TYPE=probabilistic", want: "parentbased(probabilistic(0.001))"},
		{name: "ratelimiting", vars: "JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=2.5", want: "parentbased(ratelimiting(2.5))"},
		{name: "ratelimiting alone", vars: "JAEGER_SAMPLER_TYPE=ratelimiting", want: "parentbased(ratelimiting(0))", log: "nothing is sampled"},
		{name: "remote", vars: "JAEGER_SAMPLER_TYPE=remote JAEGER_SAMPLER_PARAM=1", want: remote("1")},
		{name: "remote over an earlier option", vars: "JAEGER_SAMPLER_TYPE=remote", opts: []Option{always}, want: remote("0.001")},
		{name: "parameter alone", vars: "JAEGER_SAMPLER_PARAM=0.25", want: remote("0.25")},
		{name: "always_on", vars: "OTEL_TRACES_SAMPLER=always_on", want: "const(true)"},
		{name: "parentbased_always_off", vars: "OTEL_TRACES_SAMPLER=parentbased_always_off", want: "parentbased(const(false))"},
		{name: "traceidratio", vars: "OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=0.1", want: "probabilistic(0.1)"},
		{name: "parentbased_traceidratio alone", vars: "OTEL_TRACES_SAMPLER=ParentBased_TraceIDRatio", want: "parentbased(probabilistic(1))"},
		{name: "NaN does not sample everything", vars: "OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=NaN", want: remote("0.001"), log: "WARN spur: wrong setting ignored [variable OTEL_TRACES_SAMPLER_ARG value NaN"},
		{name: "nor does 100", vars: "OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=100", want: remote("0.001"), log: "WARN spur: wrong setting ignored [variable OTEL_TRACES_SAMPLER_ARG value 100"},
		{name: "JAEGER_* wins", vars: "OTEL_TRACES_SAMPLER=always_on JAEGER_SAMPLER_PARAM=0.5", want: remote("0.5")},
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

func TestFromEnvSamplingServer(t *testing.T) {
	for _, tc := range []struct{ name, vars, want string }{
		{"default", "", "http://127.0.0.1:5778/sampling"},
		{"agent", "JAEGER_AGENT_HOST=agent JAEGER_AGENT_PORT=1", "http://agent:5778/sampling"},
		{"agent, IPv6", "JAEGER_AGENT_HOST=fe80::1%eth0", "http://[fe80::1%25eth0]:5778/sampling"},
		{"agent port only", "JAEGER_AGENT_PORT=1", "http://127.0.0.1:5778/sampling"},
		{"Node.js", "JAEGER_SAMPLER_HOST=s JAEGER_SAMPLER_PORT=1 JAEGER_SAMPLER_SAMPLING_PATH=x/y JAEGER_AGENT_HOST=agent", "http://s:1/x/y"},
		{"Node.js port", "JAEGER_SAMPLER_PORT=1 JAEGER_AGENT_HOST=agent", "http://agent:1/sampling"},
		{"Node.js path", "JAEGER_SAMPLER_SAMPLING_PATH=/", "http://127.0.0.1:5778/"},
		{"older name", "JAEGER_SAMPLER_MANAGER_HOST_PORT=old:1 JAEGER_AGENT_HOST=agent JAEGER_SAMPLER_HOST=s", "http://old:1/sampling"},
		{"endpoint", "JAEGER_SAMPLING_ENDPOINT=https://u:p@new/?t=x JAEGER_SAMPLER_MANAGER_HOST_PORT=old:1 JAEGER_AGENT_HOST=agent", "https://new/"},
	} {
		c := readEnv(strings.Fields(tc.vars))
		if err := c.validate(); err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if got, want := samplerOf(t, c), "parentbased(remote(probabilistic(0.001) until "+tc.want+" answers))"; got != want {
			t.Errorf("%s: %s, want %s", tc.name, got, want)
		}
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
		{"default", "JAEGER_DISABLED", "", `disabled=false sampler="parentbased(remote(probabilistic(0.001) until http://127.0.0.1:5778/sampling answers))" destinations="[agent localhost:6831]" source=default`},
		{"agent", "JAEGER_AGENT_HOST", "192.0.2.1", `destinations="[agent 192.0.2.1:6831]" source=JAEGER_AGENT_HOST`},
		{"collector", "JAEGER_ENDPOINT", "http://u:p@192.0.2.1:14268/api/traces?x=y", `destinations="[collector http://192.0.2.1:14268/api/traces]" source=JAEGER_ENDPOINT`},
		{"OTLP", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://192.0.2.1:4318", `destinations="[otlp http://192.0.2.1:4318/v1/traces]" source=OTEL_EXPORTER_OTLP_ENDPOINT`},
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
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://u:canary@h:x", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=h/?canary",
		"OTEL_EXPORTER_OTLP_HEADERS=canary", "OTEL_EXPORTER_OTLP_TRACES_HEADERS=canary=%zzcanary",
	}
	otlp := []string{
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://u:canary@h/?canary", "OTEL_EXPORTER_OTLP_HEADERS=authorization=canary",
		"OTEL_EXPORTER_OTLP_CERTIFICATE=/nowhere",
	}
	good := []string{
		"JAEGER_PASSWORD=canary", "JAEGER_USER=u", "JAEGER_ENDPOINT=https://u:canary@h/?t=canary",
		"JAEGER_SAMPLING_ENDPOINT=http://u:canary@h/", "OTEL_EXPORTER_OTLP_ENDPOINT=http://u:canary@h", "OTEL_TRACES_EXPORTER=otlp",
		"OTEL_EXPORTER_OTLP_HEADERS=authorization=canary",
		"JAEGER_UNKNOWN=canary",
	}
	for _, vars := range [][]string{secrets, good, otlp, {"JAEGER_ENDPOINT=http://h/", "JAEGER_PASSWORD=canary"}, {"JAEGER_ENDPOINT=h/?token=canary"}} {
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
		"udp://u:p@h:1?x":          "udp://***",
		"http://u:p@ss/w?rd@h/":    "http://***",
		"u:p@x://h":                "***@x://h",
		"http://h/p?token=t":       "http://h/p?***",
		"http://h/?a=b@c":          "http://***",
		"http://h/#token":          "http://h/#***",
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
