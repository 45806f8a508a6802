// SPDX-License-Identifier: Apache-2.0

package endpoint

import (
	"strings"
	"testing"
)

func TestHint(t *testing.T) {
	for url, want := range map[string]string{
		"http://h:4318":                     "",
		"http://h:4318/v1/traces":           "",
		"http://h:14268":                    "",
		"https://h:14268/api/traces?x=1":    "",
		"http://h/prefix/api/traces/":       "",
		"https://h/":                        "",
		"https://h/prefix/v1/traces":        "",
		"udp://h":                           "",
		"udp://h:6832?format=binary":        "",
		"udp://[::1]:6831":                  "",
		"http://u:secret@h:4317":            "port 4317 takes OTLP over gRPC; OTLP over HTTP is taken at port 4318",
		"https://h:4317/v1/traces":          "port 4317 takes OTLP over gRPC; OTLP over HTTP is taken at port 4318",
		"http://h:16686/api/traces":         "port 16686 is that of Jaeger's user interface; spans are taken at 4318 (OTLP) or 14268 (Thrift)",
		"http://h:14250":                    "port 14250 takes spans over gRPC; over HTTP they are taken at 4318 (OTLP) or 14268 (Thrift)",
		"http://h:6831":                     "port 6831 is that of an agent: write udp:// instead of http://",
		"http://[::1]:6832/api/traces":      "port 6832 is that of an agent: write udp:// instead of http://",
		"http://h:5775":                     "port 5775 is that of an agent: write udp:// instead of http://",
		"http://h:5778":                     "port 5778 says how to sample; spans are taken at 4318 (OTLP) or 14268 (Thrift)",
		"http://h:9411/api/v2/spans":        "port 9411 takes Zipkin's spans; others are taken at 4318 (OTLP) or 14268 (Thrift)",
		"udp://h:14268":                     "port 14268 is that of a collector: write http:// instead of udp://",
		"udp://h:4318":                      "port 4318 takes OTLP over HTTP: write http:// instead of udp://",
		"udp://h:4317":                      "port 4317 takes OTLP over gRPC; agents listen at udp port 6831",
		"udp://h:16686":                     "port 16686 is that of Jaeger's user interface; agents listen at udp port 6831",
		"udp://h:14250":                     "port 14250 takes spans over gRPC; agents listen at udp port 6831",
		"udp://h:5778":                      "port 5778 says how to sample; agents listen at udp port 6831",
		"http://h/v1/trace?t=secret":        "unknown path, where Thrift is sent; /api/traces usually takes that, and OTLP is sent to paths that end in /v1/traces",
		"http://h:4318/api/traces?t=secret": "port 4318 takes OTLP, and no Thrift: leave the path out, or end it in /v1/traces",
		"https://h:14268/v1/traces/":        "port 14268 takes Thrift, at /api/traces; OTLP is taken at port 4318",
		"http://h:14268/traces":             "unknown path, where Thrift is sent; /api/traces usually takes that, and OTLP is sent to paths that end in /v1/traces",
	} {
		e, err := Parse(url)
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		if got := e.Hint(); got != want || strings.Contains(got, "secret") {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
	if hint := (&Endpoint{Address: "http://%zz"}).Hint(); hint != "" {
		t.Errorf("no URL: %s", hint)
	}
	// 4318 without a path is OTLP.
	for url, want := range map[string]string{"http://h:4318": "otlp", "http://h:4318/": "otlp", "http://h:4318/x": "collector", "http://h:14268": "collector"} {
		if e, err := Parse(url); err != nil || e.Name() != want {
			t.Errorf("%s is %s, %v; want %s", url, e.Name(), err, want)
		}
	}
}
