// SPDX-License-Identifier: Apache-2.0

package env

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/endpoint"
)

// read reads an environment given as NAME=value.
func read(vars ...string) Settings {
	return Read(func(name string) (string, bool) {
		for _, v := range vars {
			if n, value, _ := strings.Cut(v, "="); n == name {
				return value, true
			}
		}
		return "", false
	}, vars)
}

// dump is all that is set, as Field=value.
func dump(s Settings) string {
	var fields []string
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		f := v.Field(i)
		if f.IsZero() {
			continue
		}
		value := fmt.Sprint(reflect.Indirect(f))
		if e, ok := f.Interface().(*endpoint.Endpoint); ok {
			value = dumpEndpoint(e)
		}
		fields = append(fields, v.Type().Field(i).Name+"="+value)
	}
	return strings.Join(fields, " ")
}

func dumpEndpoint(e *endpoint.Endpoint) string {
	text := e.Format.String() + " " + e.Address
	o := &e.HTTP
	if o.Gzip {
		text += " gzip"
	}
	if o.Timeout > 0 {
		text += " " + o.Timeout.String()
	}
	if o.Username != "" || o.BearerToken != "" {
		text += fmt.Sprintf(" %s:%s %s", o.Username, o.Password, o.BearerToken)
	}
	for _, k := range slices.Sorted(maps.Keys(o.Header)) {
		text += fmt.Sprintf(" %s=%s", k, o.Header.Get(k))
	}
	return text + o.CAFile + o.CertFile + o.KeyFile
}

func TestTogether(t *testing.T) {
	const loses = "spur: not used, since variables that win say something else"
	for _, tc := range []struct {
		name string
		vars []string
		want string
	}{
		{"nothing", nil, ""},
		{"JAEGER_TAGS over resource attributes", []string{"JAEGER_TAGS=a=1", "OTEL_RESOURCE_ATTRIBUTES=a=2,b=3"}, "Tags=[{a 1} {b 3}]"},
		{"a tag from a variable", []string{"JAEGER_TAGS=a=${X:y}", "X=z"}, "Tags=[{a z}]"},
		{"an empty variable is none", []string{"JAEGER_TAGS=a=${X:y}", "X="}, "Tags=[{a y}]"},
		{"JAEGER_SERVICE_NAME first", []string{"JAEGER_SERVICE_NAME=j", "OTEL_SERVICE_NAME=o", "OTEL_RESOURCE_ATTRIBUTES=service.name=r"}, "Service=j Warnings=[{" + loses + " [variables [OTEL_SERVICE_NAME]]}]"},
		{"then OTEL_SERVICE_NAME", []string{"OTEL_SERVICE_NAME=o", "OTEL_RESOURCE_ATTRIBUTES=service.name=r"}, "Service=o"},
		{"then service.name", []string{"JAEGER_SERVICE_NAME= ", "OTEL_RESOURCE_ATTRIBUTES=service.name=r%20s"}, "Service=r s"},
		{"JAEGER_DISABLED over OTEL_SDK_DISABLED", []string{"JAEGER_DISABLED=false", "OTEL_SDK_DISABLED=true"}, "Disabled=false Warnings=[{" + loses + " [variables [OTEL_SDK_DISABLED]]}]"},
		{"the same twice", []string{"JAEGER_DISABLED=1", "OTEL_SDK_DISABLED=true", "JAEGER_REPORTER_FLUSH_INTERVAL=1s", "OTEL_BSP_SCHEDULE_DELAY=1000"}, "Disabled=true FlushInterval=1s"},
		{"empty is not set", []string{"JAEGER_DISABLED=", "OTEL_SDK_DISABLED=true"}, "Disabled=true"},
		{"blank is not set", []string{"JAEGER_REPORTER_FLUSH_INTERVAL= "}, ""},
		{"JAEGER_REPORTER_MAX_QUEUE_SIZE over OTEL_BSP", []string{"OTEL_BSP_MAX_QUEUE_SIZE=1", "JAEGER_REPORTER_MAX_QUEUE_SIZE=2"}, "QueueSpans=2 Warnings=[{" + loses + " [variables [OTEL_BSP_MAX_QUEUE_SIZE]]}]"},
		{"JAEGER_REPORTER_FLUSH_INTERVAL over OTEL_BSP", []string{"JAEGER_REPORTER_FLUSH_INTERVAL=2s", "OTEL_BSP_SCHEDULE_DELAY=5"}, "FlushInterval=2s Warnings=[{" + loses + " [variables [OTEL_BSP_SCHEDULE_DELAY]]}]"},
		{"formats of Jaeger's variable", []string{"JAEGER_PROPAGATION=b3", "OTEL_PROPAGATORS=jaeger"}, "Formats=[b3] Warnings=[{" + loses + " [variables [OTEL_PROPAGATORS]]}]"},
		{"general limits", []string{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=2", "OTEL_ATTRIBUTE_COUNT_LIMIT=1"}, "TagsPerSpan=2"},
		{"general lengths", []string{"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=2", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=1"}, "TagValueCharacters=2 LogValueCharacters=1"},
		{"a wrong variable leaves the other", []string{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=x", "OTEL_ATTRIBUTE_COUNT_LIMIT=1"}, "TagsPerSpan=1 Warnings=[{spur: wrong setting ignored [variable OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT value x error not a whole number from 1 to 1000000]}]"},
		{"unused ones are named together", []string{"JAEGER_AGENT_SOCKET_TYPE=udp4", "JAEGER_SENDER_FACTORY=x"}, "Warnings=[{spur: this version has no use for these variables [variables [JAEGER_AGENT_SOCKET_TYPE JAEGER_SENDER_FACTORY]]}]"},
		{"unknown ones too", []string{"JAEGER_TYPO=1", "JAEGER_AGENT_HOTS=1", "JAEGER_EMPTY=", "JAEGERX=1"}, "Warnings=[{spur: unknown variables [variables [JAEGER_AGENT_HOTS, did you mean JAEGER_AGENT_HOST? JAEGER_TYPO]]}]"},
		{"but not what Kubernetes sets", []string{"JAEGER_AGENT_SERVICE_HOST=10.0.0.1", "JAEGER_AGENT_SERVICE_PORT_UDP=6831", "JAEGER_PORT=udp://10.0.0.1:6831", "JAEGER_PORT_6831_UDP_ADDR=10.0.0.1"}, ""},
	} {
		if got := dump(read(tc.vars...)); got != tc.want {
			t.Errorf("%s: got  %s\nwant %s", tc.name, got, tc.want)
		}
	}
}

func TestUnknownAreBounded(t *testing.T) {
	vars := []string{"JAEGER_" + strings.Repeat("x", 1000) + "=1"}
	for i := range 20 {
		vars = append(vars, fmt.Sprintf("JAEGER_U%02d=1", i))
	}
	names := read(vars...).Warnings[0].Args[1].([]string)
	if len(names) != 11 || names[10] != "…" || names[0] != "JAEGER_U00" {
		t.Errorf("named %q", names)
	}
	if names = read(vars[0]).Warnings[0].Args[1].([]string); len(names[0]) > 128 {
		t.Errorf("named %q", names)
	}
}

func TestErrorsTogether(t *testing.T) {
	s := read("JAEGER_DISABLED=maybe", "JAEGER_SAMPLER_TYPE=all", "JAEGER_SAMPLER_PARAM=7", "JAEGER_AGENT_PORT=-1", "JAEGER_ENDPOINT=http://h", "JAEGER_PASSWORD=secret")
	var names []string
	for _, e := range s.Errors {
		names = append(names, e.Name)
	}
	// Without a type, nobody knows what is wrong with the parameter.
	if want := "JAEGER_DISABLED JAEGER_SAMPLER_TYPE JAEGER_AGENT_PORT JAEGER_PASSWORD"; strings.Join(names, " ") != want {
		t.Errorf("errors of %v, want %s", names, want)
	}
}

// What may be a secret is in no warning and in no error.
func TestSecretsAreHidden(t *testing.T) {
	const canary = "canary"
	for _, vars := range [][]string{
		{"JAEGER_ENDPOINT=http://u:canary@h:0/"},
		{"JAEGER_ENDPOINT=h/?token=canary"},
		{"JAEGER_ENDPOINT=http://h/;token=canary%zz"},
		{"JAEGER_ENDPOINT=http://h/", "JAEGER_PASSWORD=canary"},
		{"JAEGER_ENDPOINT=http://h/", "JAEGER_USER=u:canary"},
		{"JAEGER_ENDPOINT=http://h/", "JAEGER_USER=u:canary", "JAEGER_PASSWORD=canary"},
		{"JAEGER_ENDPOINT=http://h/", "JAEGER_USER=u", "JAEGER_PASSWORD=canary\x01"},
		{"JAEGER_ENDPOINT=http://h/", "JAEGER_AUTH_TOKEN=canary canary"},
		{"JAEGER_ENDPOINT=http://u:canary@h/", "JAEGER_AUTH_TOKEN=canary"},
		{"JAEGER_USER=canary", "JAEGER_PASSWORD=canary", "JAEGER_AUTH_TOKEN=canary"},
		{"JAEGER_AUTH_TOKEN=canary\x01canary"},
		{"JAEGER_AGENT_HOST=u:canary@h"},
		{"JAEGER_AGENT_HOST=http://h?token=canary"},
		{"JAEGER_AGENT_PORT=u:canary@h"},
		{"JAEGER_SAMPLER_HOST=u:canary@h"},
		{"JAEGER_SAMPLER_PORT=1?token=canary"},
		{"JAEGER_SAMPLER_SAMPLING_PATH=http://h/s?token=canary"},
		{"JAEGER_SAMPLER_SAMPLING_PATH=/s?token=canary#%zz"},
		{"JAEGER_SAMPLER_SAMPLING_PATH=/s%zz;token=canary"},
		{"JAEGER_SAMPLER_SAMPLING_PATH=//u:canary@h/"},
		{"JAEGER_SAMPLER_MANAGER_HOST_PORT=u:canary@h"},
		{"JAEGER_SAMPLER_MANAGER_HOST_PORT=h:1/s?token=canary"},
		{"JAEGER_SAMPLING_ENDPOINT=ftp://u:canary@h/"},
		{"JAEGER_SAMPLING_ENDPOINT=http://h:x/?token=canary"},
		{"JAEGER_TAGS=password=canary,oops"},
		{"JAEGER_TAGS==canary"},
		{"JAEGER_TAGS=password=a,canary"},
		{"OTEL_RESOURCE_ATTRIBUTES=password=a, canary"},
		{"JAEGER_TAGS=a=canary,a=canary"},
		{"OTEL_RESOURCE_ATTRIBUTES=password=canary%zz"},
		{"OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=endpoint=http://u:canary@h"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://u:canary@h:x"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://u:canary@h/v1/traces?token=canary"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=h/?canary"},
		{"OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_HEADERS=canary"},
		{"OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_HEADERS=authorization=canary,,=canary"},
		{"OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_TRACES_HEADERS=canary=%zzcanary"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://u:canary@h/", "OTEL_EXPORTER_OTLP_HEADERS=authorization=canary"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://u:canary@h/?canary", "OTEL_EXPORTER_OTLP_CERTIFICATE=/nowhere"},
		{"OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_CERTIFICATE=-----BEGIN PRIVATE KEY-----\ncanary"},
		{"OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_CLIENT_KEY=-----BEGIN PRIVATE KEY-----\ncanary"},
		{"OTEL_TRACES_EXPORTER=none,http://u:canary@h"},
		{"JAEGER_UNKNOWN=canary"},
	} {
		s := read(vars...)
		if text := fmt.Sprintf("%+v %#v %+v %v", s.Warnings, s.Warnings, s.Errors, s.Source); strings.Contains(text, canary) {
			t.Errorf("a secret of %q shows in %s", vars, text)
		}
		for _, e := range s.Errors {
			if text := e.Name + e.Value + e.Err.Error(); strings.Contains(text, canary) {
				t.Errorf("a secret of %q shows in %s", vars, text)
			}
		}
		if len(s.Errors)+len(s.Warnings) == 0 {
			t.Errorf("nothing at all is said about %q", vars)
		}
	}
}
