// SPDX-License-Identifier: Apache-2.0

package env

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/format"
)

// mistakes are values that cannot be used, of each kind of variable.
var mistakes = map[kind][]string{
	kindBool:         {"yes", "2", "on", "truefalse", "-1", huge},
	kindTrueFalse:    {"1", "0", "yes", huge},
	kindCount:        {"0", "-1", "1.5", "1e3", "many", "1_000", "10000000000", "0x10", huge},
	kindMilliseconds: {"0", "-5", "1s", "0.5", "86400001", "inf", huge},
	kindDuration:     {"1000", "0s", "-1s", "1 s", "1d", "soon", huge},
	kindNumber:       {"half", "NaN", "Inf", "-inf", "1e999", "0,5", "50%", huge},
	kindChoice:       {"const,remote", "always", "1", "true", "gzipped", huge},
	kindHost:         {"http://h", "a b", "h:1", "bad..host", "[::1", "u:canary@h", "10.0.0.256", huge},
	kindPort:         {"0", "-1", "65536", "x", ":6831", "6831/udp", "h:1", huge},
	kindHeaderText:   {"canary\ncanary", "canary\x00", "canäry"},
	kindTags:         {"a", "=v", "a=1,b", "a:1", "password=canary,canary", huge},
	kindResource:     {"a", "=v", "a=%zz", "a=1,b", "password=canary,canary", huge},
	kindFormats:      {",", "jaeger,b4", "jaeger w3c", "tracecontext;b3", huge},
	kindPropagators:  {",", "xray", "jaeger;b3", "none,b3", huge},
	kindPath:         {"http://h/", "//h", "/%zz", "http://u:canary@h/"},
	kindSampling:     {"h", "ftp://h", "h:x", "http://", "http://u:canary@h:0", ":5778", "u:canary@h", huge},
	kindExporters:    {",", "zipkin", "otlp;console", "OTLP/grpc", huge},
	kindCollector:    {"h:14268", "/api/traces", "udp://h:6831", "http://", "http://h:99999", "http://u:canary@bad..host", "grpc://h:14250", "http//h", huge},
	kindOTLPBase:     {"h:4318", "grpc://h:4317", "http://", "http://h:0", "https:/h", "http://u:canary@bad..host", huge},
	kindOTLPWhole:    {"h:4318", "grpc://h:4317", "http://", "http://h:0", "https:/h", "http://u:canary@bad..host", huge},
}

// otlp makes the settings of OTLP endpoints count.
const otlp = "OTEL_TRACES_EXPORTER=otlp"

// mistakesTogether are wrong next to other variables, of those that take any text.
var mistakesTogether = map[string][][]string{
	"OTEL_SERVICE_NAME":       {{"a", "JAEGER_SERVICE_NAME=b"}},
	"JAEGER_SERVICE_NAME":     nil, // any is good, and it wins
	"OTEL_TRACES_SAMPLER_ARG": {{"1"}, {"half", "OTEL_TRACES_SAMPLER=traceidratio"}, {"2", "OTEL_TRACES_SAMPLER=parentbased_traceidratio"}, {"h:1", "OTEL_TRACES_SAMPLER=jaeger_remote"}, {"endpoint=canary", "OTEL_TRACES_SAMPLER=jaeger_remote"}, {"1", "OTEL_TRACES_SAMPLER=always_on"}},
	"JAEGER_SENDER_FACTORY":   {{"http"}},
	"JAEGER_USER":             {{"canary"}, {"canary", "JAEGER_ENDPOINT=http://h"}, {"a:canary", "JAEGER_PASSWORD=p", "JAEGER_ENDPOINT=http://h"}},
	"JAEGER_PASSWORD":         {{"canary"}, {"canary", "JAEGER_ENDPOINT=http://h"}},

	"OTEL_EXPORTER_OTLP_HEADERS":                   {{"canary", otlp}, {"canary=1,=2", otlp}, {"a=%zz", otlp}, {"host=canary", otlp}, {huge, otlp}},
	"OTEL_EXPORTER_OTLP_TRACES_HEADERS":            {{"canary", otlp}, {"a b=canary", otlp}, {"a=canary%0a", otlp}},
	"OTEL_EXPORTER_OTLP_CERTIFICATE":               {{"/nowhere", otlp}, {"-----BEGIN CERTIFICATE-----\ncanary", otlp}},
	"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE":        {{"/nowhere", otlp}, {"/dev/null", otlp}},
	"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE":        {{"/nowhere", otlp}, {"/nowhere", "OTEL_EXPORTER_OTLP_CLIENT_KEY=/nowhere", otlp}},
	"OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE": {{"/nowhere", otlp}},
	"OTEL_EXPORTER_OTLP_CLIENT_KEY":                {{"/nowhere", otlp}, {"-----BEGIN PRIVATE KEY-----\ncanary", otlp}},
	"OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY":         {{"/nowhere", otlp}},
}

// TestMistakes: whatever is wrong with a variable, an error or a warning names it and
// shows its value, unless that may be a secret. The cases go by the table of the code.
func TestMistakes(t *testing.T) {
	checked := 0
	for i := range table {
		v := &table[i]
		cases, special := mistakesTogether[v.name]
		for _, value := range mistakes[v.kind] {
			cases = append(cases, []string{value})
		}
		if !special && len(cases) == 0 {
			t.Errorf("%s: no mistakes are known", v.name)
		}
		for _, c := range cases {
			checked++
			checkMistake(t, v, c[0], c[1:])
		}
	}
	if checked < 5*len(table) {
		t.Errorf("only %d mistakes", checked)
	}
	for name := range mistakesTogether {
		if index(name) < 0 {
			t.Errorf("%s is not in the table", name)
		}
	}
}

func checkMistake(t *testing.T, v *variable, value string, others []string) {
	t.Helper()
	s := read(append([]string{v.name + "=" + value}, others...)...)
	shown := format.Short(v.shown(strings.TrimSpace(value)), 128)
	var said []string
	for _, e := range s.Errors {
		said = append(said, fmt.Sprintf("%s=%s: %v", e.Name, e.Value, e.Err))
	}
	for _, w := range s.Warnings {
		said = append(said, fmt.Sprint(w.Text, w.Args))
	}
	all := fmt.Sprintf("%.2000q", said)
	if !slices.ContainsFunc(said, func(text string) bool {
		return strings.Contains(text, v.name) && (strings.Contains(text, shown) || strings.Contains(text, "not used") || strings.Contains(text, "no use"))
	}) {
		t.Errorf("%s=%.40q with %q is said to be %s, not that it is %q", v.name, value, others, all, shown)
	}
	if strings.Contains(all, "canary") || len(all) > 1500 {
		t.Errorf("%s=%.40q: %s", v.name, value, all)
	}
}

// TestDidYouMean names what may be meant, and leaves alone what others read.
func TestDidYouMean(t *testing.T) {
	for name, want := range map[string]string{
		"JAEGER_AGENT_HOSTS":                          "JAEGER_AGENT_HOST",
		"JAEGER_SERVICENAME":                          "JAEGER_SERVICE_NAME",
		"JAEGER_SAMPLER_TPYE":                         "JAEGER_SAMPLER_TYPE",
		"JAEGER_REPORTER_TIMEUOT":                     "JAEGER_REPORTER_TIMEOUT",
		"OTEL_TRACE_EXPORTER":                         "OTEL_TRACES_EXPORTER",
		"OTEL_EXPORTER_OTLP_ENDPIONT":                 "OTEL_EXPORTER_OTLP_ENDPOINT",
		"OTEL_PROPAGATOR":                             "OTEL_PROPAGATORS",
		"JAEGER_SOMETHING_ELSE":                       "", // named, but nothing is near
		"OTEL_METRICS_EXPORTER":                       "-",
		"OTEL_LOGS_EXPORTER":                          "-",
		"OTEL_BLRP_SCHEDULE_DELAY":                    "-",
		"OTEL_BLRP_MAX_QUEUE_SIZE":                    "-",
		"OTEL_METRIC_EXPORT_INTERVAL":                 "-",
		"OTEL_LOG_LEVEL":                              "-",
		"OTEL_EXPORTER_ZIPKIN_ENDPOINT":               "-",
		"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT":         "-",
		"OTEL_EXPORTER_OTLP_LOGS_HEADERS":             "-",
		"OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT":        "-",
		"OTEL_" + strings.Repeat("EXPORTER", 100_000): "-",
	} {
		got := dump(read(name + "=canary"))
		said := "Warnings=[{spur: unknown variables [variables [" + name
		if want != "" {
			said += ", did you mean " + want + "?"
		}
		if said += "]]}]"; want == "-" {
			said = ""
		}
		if got != said {
			t.Errorf("%.50s: %.300s, want %.300s", name, got, said)
		}
	}
}
