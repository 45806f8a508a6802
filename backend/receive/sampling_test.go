// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
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

// recorded is the file that the recorded answers of Jaeger 1.62 were made with.
const recorded = `{
	"service_strategies": [
		{"service": "probabilistic", "type": "probabilistic", "param": 0.5},
		{"service": "limited", "type": "ratelimiting", "param": 5},
		{"service": "operations", "type": "probabilistic", "param": 0.5, "operation_strategies": [
			{"operation": "GET /health", "type": "probabilistic", "param": 0},
			{"operation": "POST /orders", "type": "probabilistic", "param": 1}
		]}
	],
	"default_strategy": {"type": "probabilistic", "param": 0.25, "operation_strategies": [
		{"operation": "/metrics", "type": "probabilistic", "param": 0}
	]}
}`

// TestSamplingAnswers: the answers are Jaeger 1.62's, byte for byte.
func TestSamplingAnswers(t *testing.T) {
	strategies, err := parseStrategies([]byte(recorded))
	if err != nil {
		t.Fatal(err)
	}
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
	s := NewSampling(listen(t), SampleAll(), reg, quiet)
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

// TestStrategies: what a file can say, as Jaeger 1.62 understands it, and what it
// cannot.
func TestStrategies(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{`{}`, `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.001}}`},
		{`null`, `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.001}}`},
		{`{"service_strategies":[{"service":"s","type":"ratelimiting","param":2.9}]}`, `{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":2}}`},
		{
			`{"service_strategies":[{"service":"s","operation_strategies":[{"operation":"<o>","type":"probabilistic","param":1}]}]}`,
			`{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.001},"operationSampling":{"defaultSamplingProbability":0.001,"defaultLowerBoundTracesPerSecond":0,"perOperationStrategies":[{"operation":"\u003co\u003e","probabilisticSampling":{"samplingRate":1}}],"defaultUpperBoundTracesPerSecond":0}}`,
		},
		{
			`{"service_strategies":[{"service":"s","type":"probabilistic","param":1}],"default_strategy":{"type":"probabilistic","param":0.5,"operation_strategies":[{"operation":"o","type":"probabilistic","param":0}]}}`,
			`{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1},"operationSampling":{"defaultSamplingProbability":1,"defaultLowerBoundTracesPerSecond":0,"perOperationStrategies":[{"operation":"o","probabilisticSampling":{"samplingRate":0}}],"defaultUpperBoundTracesPerSecond":0}}`,
		},
	} {
		s, err := parseStrategies([]byte(c.file))
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		if got := string(s.text("s")); got != c.want {
			t.Errorf("%s: %s, want %s", c.file, got, c.want)
		}
	}
	for file, want := range map[string]string{
		`{`:                               "unexpected end of JSON input",
		`{"default_strategy":{"type":1}}`: "cannot unmarshal number",
		`{"default_strategy":{"type":"probabilistic","param":1.5}}`:                                                                                  "default_strategy: param 1.5 is not a probability from 0 to 1",
		`{"service_strategies":[{"service":"s","type":"adaptive"}]}`:                                                                                 `strategy of service "s": type "adaptive" is neither probabilistic nor ratelimiting`,
		`{"service_strategies":[{"service":"s","type":"ratelimiting","param":-1}]}`:                                                                  `strategy of service "s": param -1 is not a number of traces a second`,
		`{"service_strategies":[{"service":"s","type":"probabilistic","operation_strategies":[{"operation":"o","type":"ratelimiting","param":1}]}]}`: `strategy of service "s": operation "o": only services can be of type ratelimiting`,
	} {
		path := filepath.Join(t.TempDir(), "strategies.json")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadStrategies(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
	if _, err := ReadStrategies("/no/such/file"); err == nil {
		t.Error("no error without a file")
	}
}
