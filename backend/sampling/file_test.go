// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFile: what a file can say, as Jaeger 1.62 understands it, and what it
// cannot.
func TestFile(t *testing.T) {
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
		s, err := parse([]byte(c.file))
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		of, err := s.Strategy(t.Context(), "s")
		if got := string(of.JSON()); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.file, got, err, c.want)
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
		if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
	if _, err := ReadFile("/no/such/file"); err == nil {
		t.Error("no error without a file")
	}
}

func FuzzFile(f *testing.F) {
	recorded, err := os.ReadFile("testdata/strategies.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{string(recorded), "", "null", "[]", `{"service_strategies":[null]}`, `{"default_strategy":null}`, `{"service_strategies":[{"operation_strategies":[null]}]}`, `{"default_strategy":{"type":"ratelimiting","param":1e300}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parse([]byte(text))
		if err != nil {
			return
		}
		of, err := s.Strategy(t.Context(), "x")
		if got := string(of.JSON()); err != nil || !strings.HasPrefix(got, `{"strategyType":"`) {
			t.Fatal(got, err)
		}
	})
}
