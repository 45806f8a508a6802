// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestParse: what a file can say, as Jaeger 1.62 understands it, and what it
// cannot.
func TestParse(t *testing.T) {
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
		s, err := parse([]byte(c.file), false)
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
		if _, err := OpenFile(t.Context(), FileConfig{Location: path}, nil, quiet); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
}

// TestParseInherited: a short file cannot make long answers for very many services.
func TestParseInherited(t *testing.T) {
	operations := strings.Repeat(`{"operation":"o"},`, 999) + `{"operation":"o"}`
	services := strings.Repeat(`{"service":"s","operation_strategies":[{"operation":"own"}]},`, 999) + `{"service":"s"}`
	file := `{"default_strategy":{"operation_strategies":[` + operations + `]},"service_strategies":[` + services + `]}`
	if _, err := parse([]byte(file), false); err == nil || !strings.Contains(err.Error(), "more than 200000") {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	recorded, err := os.ReadFile("testdata/strategies.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{string(recorded), "", "null", "[]", `{"service_strategies":[null]}`, `{"default_strategy":null}`, `{"service_strategies":[{"operation_strategies":[null]}]}`, `{"default_strategy":{"type":"ratelimiting","param":1e300}}`} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, text string, limitedToo bool) {
		s, err := parse([]byte(text), limitedToo)
		if err != nil {
			return
		}
		of, err := s.Strategy(t.Context(), "x")
		if got := string(of.JSON()); err != nil || !strings.HasPrefix(got, `{"strategyType":"`) {
			t.Fatal(got, err)
		}
	})
}
