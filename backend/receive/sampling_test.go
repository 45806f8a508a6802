// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/sampling"
)

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// openStrategies opens the file that real Jaegers were asked about.
func openStrategies(t *testing.T) *sampling.File {
	t.Helper()
	f, err := sampling.OpenFile(t.Context(), sampling.FileConfig{Location: "../sampling/testdata/strategies.json"}, nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// TestSamplingAnswers: the answers are Jaeger 1.62's, byte for byte.
func TestSamplingAnswers(t *testing.T) {
	strategies := openStrategies(t)
	agent := NewSampling(listen(t), strategies, nil, quiet)
	serve(t, agent)
	collector := NewHTTP(listen(t), strategies, newSink(), nil, quiet)
	serve(t, collector)
	for prefix, url := range map[string]string{
		"agent-1.62-sampling-": agent.Addr().String() + "/sampling",
		"agent-1.62-root-":     agent.Addr().String() + "/",
		"collector-1.62-":      collector.Addr().String() + "/api/sampling",
	} {
		for _, service := range []string{"limited", "operations"} {
			want, err := os.ReadFile("../../sampler/testdata/answers/" + prefix + service + ".json")
			if err != nil {
				t.Fatal(err)
			}
			status, got := get(t, "http://"+url+"?service="+service)
			if status != 200 || got != strings.TrimSpace(string(want)) {
				t.Errorf("%s %s: %d %s, want %s", url, service, status, got, want)
			}
		}
	}
}

func TestSampling(t *testing.T) {
	reg := prometheus.NewRegistry()
	s := NewSampling(listen(t), sampling.SampleAll(), reg, quiet)
	serve(t, s)
	const missing = "'service' parameter must be provided once\n"
	for _, c := range []struct {
		path   string
		status int
		body   string
	}{
		{"/sampling?service=x", 200, `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1}}`},
		{"/sampling?service=", 200, `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1}}`},
		{"/?service=x", 200, `{"strategyType":0,"probabilisticSampling":{"samplingRate":1}}`},
		{"/baggageRestrictions?service=x", 200, "[]"},
		{"/sampling", 400, missing},
		{"/sampling?service=a&service=b", 400, missing},
		{"/", 400, missing},
		{"/baggageRestrictions", 400, missing},
		{"/other?service=x", 404, "404 page not found\n"},
	} {
		if status, body := get(t, "http://"+s.Addr().String()+c.path); status != c.status || body != c.body {
			t.Errorf("%s: %d %q", c.path, status, body)
		}
	}
	if got := metric(t, reg, "jaeger_agent_http_server_errors_total"); got != 4 {
		t.Errorf("%v bad requests", got)
	}
	if got := metric(t, reg, "jaeger_agent_http_server_requests_total"); got != 4 {
		t.Errorf("%v good requests", got)
	}
}
