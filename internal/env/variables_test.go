// SPDX-License-Identifier: Apache-2.0

package env

import (
	"slices"
	"testing"
)

func TestVariablesAreThoseThatReadReads(t *testing.T) {
	var asked, listed []string
	Read(func(name string) (string, bool) {
		asked = append(asked, name)
		return "", false
	}, nil)
	clients := 0
	for _, v := range Variables() {
		listed = append(listed, v.Name)
		if v.GoClient {
			clients++
		}
	}
	if !slices.Equal(listed, asked) {
		t.Errorf("listed %q\nasked  %q", listed, asked)
	}
	if clients != 21 { // the names in config_env.go of jaeger-client-go 2.30.0
		t.Errorf("%d variables of jaeger-client-go, want 21", clients)
	}
}

func TestShown(t *testing.T) {
	for _, tc := range []struct{ name, value, want string }{
		{"JAEGER_AGENT_HOST", " agent ", "agent"},
		{"JAEGER_PASSWORD", "canary", "***"},
		{"JAEGER_ENDPOINT", "http://u:canary@h/", "http://***@h/"},
		{"JAEGER_TAGS", "a=canary", "a=***"},
		{"JAEGER_PASSWRD", "canary", ""},
	} {
		if got := Shown(tc.name, tc.value); got != tc.want {
			t.Errorf("%s=%s is shown as %q, want %q", tc.name, tc.value, got, tc.want)
		}
	}
}

func TestVariablesOfWarnings(t *testing.T) {
	for _, tc := range []struct {
		vars, want []string
	}{
		{[]string{"OTEL_BSP_MAX_QUEUE_SIZE=x"}, []string{"OTEL_BSP_MAX_QUEUE_SIZE"}},
		{[]string{"JAEGER_USER=a", "JAEGER_PASSWORD=b"}, []string{"JAEGER_USER", "JAEGER_PASSWORD"}},
		{[]string{"JAEGER_SAMPLER_TYPE=const"}, []string{"JAEGER_SAMPLER_TYPE"}},
		{[]string{"JAEGER_SAMPLING_ENDPOINT=h:14250"}, nil},
	} {
		s := read(tc.vars...)
		if len(s.Warnings) != 1 {
			t.Errorf("%v: %v", tc.vars, s.Warnings)
		} else if got := s.Warnings[0].Variables(); !slices.Equal(got, tc.want) {
			t.Errorf("%v: a warning about %q, want %q", tc.vars, got, tc.want)
		}
	}
}

func TestUnknownAsData(t *testing.T) {
	got := Unknown([]string{"OTEL_METRICS_EXPORTER=x", "JAEGER_AGENT_HOTS=x", "JAEGER_TYPO=", "PATH=x", "JAEGER_AGENT_SERVICE_HOST=x", "JAEGER_AGENT_HOST=x"})
	want := []UnknownName{{"JAEGER_AGENT_HOTS", "JAEGER_AGENT_HOST"}, {"OTEL_METRICS_EXPORTER", ""}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
