// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"strings"
	"testing"
)

// FuzzTags: JAEGER_TAGS is right exactly when every pair that is not blank has
// an equals sign, and then a text for each key.
func FuzzTags(f *testing.F) {
	f.Add("a")           // jaeger-client-go: index out of range
	f.Add("a=b,")        // the same
	f.Add("a=${HOME}")   // the same: no colon
	f.Add("a=${HOME:}x") // not a variable as a whole
	f.Add("a=${A:b:c}")
	f.Add("=,==,${}=${},\x00=\xff")
	f.Add(strings.Repeat("k=v,", 1001))
	f.Fuzz(func(t *testing.T, list string) {
		c := readEnv([]string{"JAEGER_TAGS=" + list})
		pairs, right := 0, true
		for _, pair := range strings.Split(list, ",") {
			if strings.TrimSpace(pair) != "" {
				pairs++
				right = right && strings.Contains(pair, "=")
			}
		}
		if err := c.validate(); (err == nil) != (right && pairs <= 1000) {
			t.Fatalf("error %v for %d pairs, all of them right: %v", err, pairs, right)
		} else if err != nil && (!strings.Contains(err.Error(), "JAEGER_TAGS") || len(err.Error()) > 1500) {
			t.Errorf("the error is %.2000q", err)
		}
		if len(c.processTags) > pairs {
			t.Errorf("%d tags of %d pairs", len(c.processTags), pairs)
		}
		for _, tag := range c.processTags {
			if text, ok := tag.Value.(string); !ok || len(text) > len(list) {
				t.Errorf("tag %q is %v", tag.Key, tag.Value)
			}
		}
	})
}

// FuzzEnv sets two variables to anything: an error names one of them, only
// JAEGER_* variables are errors, and what passed can be built from.
func FuzzEnv(f *testing.F) {
	table := envTable()
	index := func(name string) uint8 {
		for i, v := range table {
			if v.name == name {
				return uint8(i)
			}
		}
		f.Fatalf("no variable %s", name)
		return 0
	}
	add := func(name, value, name2, value2 string) { f.Add(index(name), value, index(name2), value2) }
	add("JAEGER_TAGS", "a", "JAEGER_DISABLED", "yes")                                               // jaeger-client-go panics
	add("OTEL_BSP_MAX_QUEUE_SIZE", "-5", "OTEL_BSP_SCHEDULE_DELAY", "0")                            // OpenTelemetry's SDK panics
	add("OTEL_BSP_MAX_QUEUE_SIZE", "99999999999", "JAEGER_AGENT_PORT", "0x1")                       // and allocates until it dies
	add("OTEL_TRACES_SAMPLER", "traceidratio", "OTEL_TRACES_SAMPLER_ARG", "NaN")                    // and samples everything
	add("JAEGER_AGENT_HOST", "::1", "JAEGER_AGENT_PORT", "6831")                                    // too many colons
	add("JAEGER_SAMPLER_TYPE", "ratelimiting", "JAEGER_SAMPLER_PARAM", "1e-320")                    // ten milliards of years
	add("JAEGER_SAMPLER_TYPE", "Const", "JAEGER_SAMPLER_PARAM", "-0")                               //
	add("JAEGER_ENDPOINT", "http://[::1%25x]:1/", "JAEGER_PASSWORD", "\xff")                        //
	add("JAEGER_REPORTER_FLUSH_INTERVAL", "1ns", "JAEGER_PROPAGATION", ",")                         //
	add("JAEGER_ENDPOINT", "https://u:%zz@h/v1/traces", "OTEL_EXPORTER_OTLP_HEADERS", "a=b")        //
	add("OTEL_EXPORTER_OTLP_ENDPOINT", "http://h/%2f?q#f", "OTEL_EXPORTER_OTLP_HEADERS", "a=%0a,b") //
	add("OTEL_TRACES_EXPORTER", "otlp", "OTEL_EXPORTER_OTLP_HEADERS", "host=x,content-length=-1")   //
	add("OTEL_TRACES_EXPORTER", "otlp", "OTEL_EXPORTER_OTLP_CERTIFICATE", "/dev/null")              //
	add("OTEL_TRACES_EXPORTER", "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")                      //
	add("OTEL_RESOURCE_ATTRIBUTES", "service.name=%ff,%", "JAEGER_TAGS", "${A:=")                   //
	f.Fuzz(func(t *testing.T, i uint8, value string, j uint8, value2 string) {
		one, two := table[int(i)%len(table)].name, table[int(j)%len(table)].name
		c := readEnv([]string{one + "=" + value, two + "=" + value2})
		for _, err := range c.errs {
			var ce *ConfigError
			if !errors.As(err, &ce) || ce.Name != one && ce.Name != two || !strings.HasPrefix(ce.Name, "JAEGER_") {
				t.Fatalf("%s and %s: error %v", one, two, err)
			}
			if !strings.HasPrefix(err.Error(), "spur: "+ce.Name+"=") || len(ce.Value) > 128 || len(err.Error()) > 1500 {
				t.Errorf("the error is %.2000q", err)
			}
		}
		if len(notesOf(c)) > 4000 {
			t.Errorf("the log is %.5000q", notesOf(c))
		}
		if c.validate() != nil {
			return
		}
		if _, err := c.buildSampler(); err != nil {
			t.Errorf("sampler: %v", err)
		}
		for _, e := range c.chooseEndpoints() {
			if _, err := e.transport(&c.sending); err != nil {
				t.Errorf("%s: %v", e.setBy, err)
			}
			if strings.HasPrefix(e.setBy, "JAEGER_") && (e.http.Header != nil || e.http.CertFile != "" || e.http.CAFile != "") {
				t.Errorf("%s: what is meant for another host would go to %+v", e.setBy, e)
			}
		}
		if c.sending.queueSpans < 0 || c.sending.queueSpans > maxEnvCount || c.sending.flushInterval < 0 || c.sending.retryBudget < 0 || c.sending.timeout < 0 {
			t.Errorf("sending is %+v", c.sending)
		}
	})
}
