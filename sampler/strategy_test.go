// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

// answers are what sampling servers said, in testdata/answers. Those of v2.16 and
// the last are written after their sources; the others were recorded from the real
// thing, which had one strategies file: a probabilistic service, a rate-limited one
// and one with operations, and in the recordings that show it a default strategy
// with an operation.
func answers() map[string]Strategy {
	probabilistic := Strategy{Probability: 0.5}
	limited := Strategy{Type: StrategyRateLimiting, TracesPerSecond: 5}
	operations := Strategy{Type: StrategyPerOperation, Probability: 0.5, Operations: []OperationStrategy{
		{"GET /health", 0}, {"POST /orders", 1}, {"/metrics", 0},
	}}
	adaptive := Strategy{Type: StrategyPerOperation, Probability: 0.1, LowerBound: 1.0 / 60}
	all := map[string]Strategy{
		"v2.13-adaptive": adaptive, "v2.16-adaptive": adaptive,
		"thrift-0.9.2-nulls": {Type: StrategyRateLimiting, TracesPerSecond: 42},
	}
	for _, server := range []string{
		"agent-1.62-root", "agent-1.62-sampling", "collector-1.62", "collector-1.76", "v2.13", "v2.16",
	} {
		all[server+"-probabilistic"] = probabilistic
		all[server+"-limited"] = limited
		all[server+"-operations"] = operations
	}
	return all
}

func readAnswer(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "answers", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestParseStrategyAnswers(t *testing.T) {
	want := answers()
	files, err := os.ReadDir(filepath.Join("testdata", "answers"))
	if err != nil || len(files) != len(want) {
		t.Errorf("%d files for %d answers, %v", len(files), len(want), err)
	}
	for name, want := range want {
		got, err := ParseStrategy(readAnswer(t, name))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
}

func TestParseStrategySpellings(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"number", `{"strategyType":0,"probabilisticSampling":{"samplingRate":0.25}}`, "probabilistic(0.25)"},
		{"string", `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.25}}`, "probabilistic(0.25)"},
		{"no type", `{"probabilisticSampling":{"samplingRate":0.25}}`, "probabilistic(0.25)"},
		{"null type", `{"strategyType":null,"rateLimitingSampling":{"maxTracesPerSecond":7}}`, "ratelimiting(7)"},
		{"lower case", `{"strategyType":"rate_limiting","rateLimitingSampling":{"maxTracesPerSecond":7}}`, "ratelimiting(7)"},
		{"zero", `{"strategyType":0,"probabilisticSampling":{"samplingRate":0}}`, "probabilistic(0)"},
		{"minus zero", `{"strategyType":0,"probabilisticSampling":{"samplingRate":-0.0}}`, "probabilistic(-0)"},
		{"exponent", `{"probabilisticSampling":{"samplingRate":1E-3}}`, "probabilistic(0.001)"},
		{"quoted", `{"probabilisticSampling":{"samplingRate":"0.5"}}`, "probabilistic(0.5)"},
		{"limit 0", `{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":0}}`, "ratelimiting(0)"},
		{"fractional limit", `{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":0.5}}`, "ratelimiting(0.5)"},     // jaeger-client-go rejects it
		{"limit over int16", `{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":40000}}`, "ratelimiting(40000)"}, // and this
		{"no limit", `{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":2147483647}}`, "ratelimiting(1e+06)"},
		{"limit just too high", `{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":1000001}}`, "ratelimiting(1e+06)"},
		{"bound too high", `{"operationSampling":{"defaultSamplingProbability":0,"defaultLowerBoundTracesPerSecond":1e7}}`, "peroperation(0, 0 operations, each at least 1e+06/s)"},
		{"any case", `{"STRATEGYTYPE":1,"ratelimitingsampling":{"MaxTracesPerSecond":7}}`, "ratelimiting(7)"},
		{"the last one counts", `{"probabilisticSampling":{"samplingRate":1,"samplingRate":0.25}}`, "probabilistic(0.25)"},
		{"the last one adds to an object", `{"probabilisticSampling":{"samplingRate":0.25},"ProbabilisticSampling":{}}`, "probabilistic(0.25)"},
		{"the last one takes an object away", `{"probabilisticSampling":{"samplingRate":0.25},"probabilisticSampling":null,"rateLimitingSampling":{"maxTracesPerSecond":7}}`, "ratelimiting(7)"},
		{"escapes", `{"probabilistic\u0053ampling":{"samplingRate":0.25}}`, "probabilistic(0.25)"},
		{"type of another part", `{"strategyType":0,"rateLimitingSampling":{"maxTracesPerSecond":7}}`, "ratelimiting(7)"},
		{"type of a missing part", `{"strategyType":1,"rateLimitingSampling":null,"probabilisticSampling":{"samplingRate":1}}`, "probabilistic(1)"},
		{"no type, all parts", `{"probabilisticSampling":{"samplingRate":1},"rateLimitingSampling":{"maxTracesPerSecond":7}}`, "probabilistic(1)"},
		{"no type, limit and operations", `{"rateLimitingSampling":{"maxTracesPerSecond":7},"operationSampling":{"defaultSamplingProbability":1}}`, "ratelimiting(7)"},
		{"no lower bound, no list", `{"operationSampling":{"defaultSamplingProbability":0.5}}`, "peroperation(0.5, 0 operations)"},
		{"null list", `{"operationSampling":{"defaultSamplingProbability":0.5,"perOperationStrategies":null}}`, "peroperation(0.5, 0 operations)"},
		{
			"operations", `{"operationSampling":{"defaultSamplingProbability":0.5,"defaultLowerBoundTracesPerSecond":2e-1,"perOperationStrategies":[
				{"operation":"a","probabilisticSampling":{"samplingRate":"1"}}, {"operation":"","probabilisticSampling":{"samplingRate":0}}]}}`,
			"peroperation(0.5, 2 operations, each at least 0.2/s)",
		},
		{"unknown fields", `{"new":{"deep":[1,{"x":null}]},"probabilisticSampling":{"samplingRate":1,"salt":"x"}}`, "probabilistic(1)"},
	} {
		s, err := ParseStrategy([]byte(tt.body))
		if err != nil || s.String() != tt.want {
			t.Errorf("%s: %v, %v; want %s", tt.name, s, err, tt.want)
			continue
		}
		sampler, err := s.Sampler(nil, 0)
		if err != nil || strings.ReplaceAll(tt.want, "-0", "0") != fmt.Sprint(sampler) {
			t.Errorf("%s: the sampler is %v, %v", tt.name, sampler, err)
		}
	}
}

// operationsAnswer lists n operations.
func operationsAnswer(n int, entry func(i int) string) string {
	var b strings.Builder
	b.WriteString(`{"operationSampling":{"defaultSamplingProbability":0.5,"perOperationStrategies":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(entry(i))
	}
	b.WriteString("]}}")
	return b.String()
}

func goodEntry(i int) string {
	return fmt.Sprintf(`{"operation":"op%d","probabilisticSampling":{"samplingRate":0.%d}}`, i, i)
}

func TestParseStrategyRejects(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"empty", "", "unexpected end"},
		{"null", "null", "none of"},
		{"html", "<html>", "invalid character"},
		{"list", "[]", "array is not an object"},
		{"nothing", `{"strategyType":0}`, "none of probabilisticSampling, rateLimitingSampling, operationSampling"},
		{"all null", `{"probabilisticSampling":null,"rateLimitingSampling":null,"operationSampling":null}`, "none of"},
		{"unknown type", `{"strategyType":"ADAPTIVE","probabilisticSampling":{"samplingRate":1}}`, `strategyType: "ADAPTIVE" is none`},
		{"unknown number", `{"strategyType":2,"probabilisticSampling":{"samplingRate":1}}`, "strategyType: 2 is none"},
		{"object type", `{"strategyType":{},"probabilisticSampling":{"samplingRate":1}}`, "strategyType: {} is none"},
		{"no rate", `{"probabilisticSampling":{}}`, "probabilisticSampling.samplingRate: is missing"},
		{"null rate", `{"probabilisticSampling":{"samplingRate":null}}`, "probabilisticSampling.samplingRate: is missing"},
		{"rate of -1", `{"probabilisticSampling":{"samplingRate":-1}}`, "probabilisticSampling.samplingRate: -1 is not between 0 and 1"},
		{"rate of 2", `{"probabilisticSampling":{"samplingRate":2}}`, "probabilisticSampling.samplingRate: 2 is not between 0 and 1"},
		{"rate of NaN", `{"probabilisticSampling":{"samplingRate":NaN}}`, "invalid character 'N'"},
		{"rate of \"NaN\"", `{"probabilisticSampling":{"samplingRate":"NaN"}}`, `samplingRate: "NaN" is not a number`},
		{"rate of \"Infinity\"", `{"probabilisticSampling":{"samplingRate":"Infinity"}}`, `samplingRate: "Infinity" is not a number`},
		{"hexadecimal rate", `{"probabilisticSampling":{"samplingRate":"0x1p-2"}}`, `samplingRate: "0x1p-2" is not a number`},
		{"rate of 1e999", `{"probabilisticSampling":{"samplingRate":1e999}}`, "samplingRate: 1e999 is not a number"},
		{"empty rate", `{"probabilisticSampling":{"samplingRate":""}}`, `samplingRate: "" is not a number`},
		{"true rate", `{"probabilisticSampling":{"samplingRate":true}}`, "samplingRate: true is not a number"},
		{"endless rate", `{"probabilisticSampling":{"samplingRate":0.` + strings.Repeat("0", 5000) + `}}`, "…"},
		{"number for a part", `{"probabilisticSampling":5}`, "probabilisticSampling"},
		{"negative limit", `{"rateLimitingSampling":{"maxTracesPerSecond":-5}}`, "rateLimitingSampling.maxTracesPerSecond: -5 is not between 0 and 1e+06"},
		{"limit over int32", `{"rateLimitingSampling":{"maxTracesPerSecond":4294967296}}`, "rateLimitingSampling.maxTracesPerSecond: 4.294967296e+09 is not"},
		{"no limit", `{"strategyType":1,"rateLimitingSampling":{}}`, "rateLimitingSampling.maxTracesPerSecond: is missing"},
		{"no default", `{"operationSampling":{}}`, "operationSampling.defaultSamplingProbability: is missing"},
		{"negative bound", `{"operationSampling":{"defaultSamplingProbability":1,"defaultLowerBoundTracesPerSecond":-1}}`, "operationSampling.defaultLowerBoundTracesPerSecond: -1 is not"},
		{"list as an operation's name", operationsAnswer(1, func(int) string { return `{"operation":[]}` }), "perOperationStrategies[0].operation: array is not a string"},
		{"no list", `{"operationSampling":{"defaultSamplingProbability":1,"perOperationStrategies":{}}}`, "perOperationStrategies: is not a list"},
		{"null entry", operationsAnswer(1, func(int) string { return "null" }), "perOperationStrategies[0].operation: is missing"}, // jaeger-client-go panics here
		{"number entry", operationsAnswer(2, func(i int) string { return []string{goodEntry(0), "5"}[i] }), "perOperationStrategies[1]: "},
		{"entry without strategy", operationsAnswer(1, func(int) string { return `{"operation":"x"}` }), "perOperationStrategies[0].probabilisticSampling: is missing"}, // and here
		{"entry without rate", operationsAnswer(1, func(int) string { return `{"operation":"x","probabilisticSampling":{}}` }), "perOperationStrategies[0].probabilisticSampling.samplingRate: is missing"},
		{"entry of 2", operationsAnswer(1, func(int) string { return `{"operation":"x","probabilisticSampling":{"samplingRate":2}}` }), "perOperationStrategies[0].probabilisticSampling.samplingRate: 2 is not"},
		{"2,001 operations", operationsAnswer(2001, goodEntry), "perOperationStrategies: too many operations, at most 2000"},
		{"too long", `{"probabilisticSampling":{"samplingRate":1}}` + strings.Repeat(" ", MaxStrategyBytes), "bytes"},
		{"two documents", `{"probabilisticSampling":{"samplingRate":1}}{}`, "invalid character"},
		{"deep", strings.Repeat(`{"operationSampling":`, 40_000), "exceeded max depth"},
	} {
		s, err := ParseStrategy([]byte(tt.body))
		if !errors.Is(err, ErrStrategy) || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 300 || !reflect.DeepEqual(s, Strategy{}) {
			t.Errorf("%s: %+v, %v; want an ErrStrategy with %q", tt.name, s, err, tt.want)
		}
	}
	if s, err := ParseStrategy([]byte(operationsAnswer(2000, goodEntry))); err != nil || len(s.Operations) != 2000 {
		t.Errorf("2000 operations: %d, %v", len(s.Operations), err)
	}
}

func TestStrategyValidate(t *testing.T) {
	for _, tt := range []struct {
		s    Strategy
		want string
	}{
		{Strategy{}, ""},
		{Strategy{Probability: 1, TracesPerSecond: -1, LowerBound: math.NaN()}, ""}, // not used
		{Strategy{Probability: math.NaN()}, "Probability: NaN is not"},
		{Strategy{Type: StrategyRateLimiting, TracesPerSecond: math.Inf(1)}, "TracesPerSecond: +Inf is not"},
		{Strategy{Type: StrategyRateLimiting, TracesPerSecond: MaxTracesPerSecond}, ""},
		{Strategy{Type: StrategyPerOperation, Probability: -1}, "Probability: -1 is not"},
		{Strategy{Type: StrategyPerOperation, LowerBound: math.NaN()}, "LowerBound: NaN is not"},
		{Strategy{Type: StrategyPerOperation, Operations: []OperationStrategy{{"a", 1}, {"b", 1.5}}}, "Operations[1].Probability: 1.5 is not"},
		{Strategy{Type: 3}, "Type: unknown 3 is none"},
	} {
		err := tt.s.Validate()
		if tt.want == "" {
			if err != nil {
				t.Errorf("%v: %v", tt.s, err)
			}
			continue
		}
		if !errors.Is(err, ErrStrategy) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v, want %q", tt.s, err, tt.want)
		}
		if s, err := tt.s.Sampler(NewConst(true), 0); err == nil || s != nil {
			t.Errorf("%v makes %v", tt.s, s)
		}
	}
}

// TestStrategySampler: what can stay stays.
func TestStrategySampler(t *testing.T) {
	perOperation := func(limit int) Sampler {
		p, err := NewPerOperation(Strategy{Type: StrategyPerOperation}, limit)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, tt := range []struct {
		name    string
		current Sampler
		s       Strategy
		same    bool
	}{
		{"nothing", nil, Strategy{Probability: 0.5}, false},
		{"same probability", mustProbabilistic(t, 0.5), Strategy{Probability: 0.5}, true},
		{"another probability", mustProbabilistic(t, 0.25), Strategy{Probability: 0.5}, false},
		{"same limit", mustRateLimiting(t, 3), Strategy{Type: StrategyRateLimiting, TracesPerSecond: 3}, true},
		{"another limit", mustRateLimiting(t, 3), Strategy{Type: StrategyRateLimiting, TracesPerSecond: 4}, false},
		{"another type", mustRateLimiting(t, 0.5), Strategy{Probability: 0.5}, false},
		{"per operation", perOperation(0), Strategy{Type: StrategyPerOperation, Probability: 0.5}, true},
		{"another maximum", perOperation(7), Strategy{Type: StrategyPerOperation, Probability: 0.5}, false},
	} {
		got, err := tt.s.Sampler(tt.current, 0)
		if err != nil || (got == tt.current) != tt.same || fmt.Sprint(got) != tt.s.String() {
			t.Errorf("%s: %v, %v, same: %v", tt.name, got, err, got == tt.current)
		}
	}
	if _, err := (Strategy{Type: StrategyPerOperation}).Sampler(nil, -1); !errors.Is(err, ErrInvalidOption) {
		t.Errorf("maximum -1: %v", err)
	}
}

// checkAllocated: what a document costs is a small multiple of its length.
func checkAllocated(t *testing.T, length int, parse func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	parse()
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > uint64(1<<20+32*length) && !race.Enabled {
		t.Errorf("%d bytes for %d", got, length)
	}
}

// TestParsingIsBounded for the most that is read.
func TestParsingIsBounded(t *testing.T) {
	list := func(n int, entry string) string {
		return `{"operationSampling":{"defaultSamplingProbability":1,"perOperationStrategies":[` + strings.Repeat(entry+",", n) + entry + "]}}"
	}
	for name, body := range map[string]string{
		"empty entries": list(340_000, "{}"), "nulls": list(200_000, "null"), "numbers": list(500_000, "1"),
		"lists": list(250_000, "[]"), "deep": list(0, strings.Repeat("[", 9000)+strings.Repeat("]", 9000)),
		"a long name":  list(0, `{"operation":"`+strings.Repeat("é", 500_000)+`"}`),
		"many strings": `{"strategyType":[` + strings.Repeat(`"",`, 340_000) + `""]}`,
		"many keys":    "{" + strings.Repeat(`"strategyType":1,`, 60_000) + `"x":1}`,
		"many parts":   "{" + strings.Repeat(`"operationSampling":{},`, 45_000) + `"x":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			checkAllocated(t, len(body), func() { _, _ = ParseStrategy([]byte(body)) })
		})
	}
}

func FuzzParseStrategy(f *testing.F) {
	for name := range answers() {
		f.Add(readAnswer(f, name))
	}
	f.Add([]byte(operationsAnswer(1, func(int) string { return "null" })))             // jaeger-client-go panics: null entry
	f.Add([]byte(operationsAnswer(1, func(int) string { return `{"operation":""}` }))) // and without a strategy
	f.Add([]byte(`{"probabilisticSampling":{"samplingRate":"NaN"}}`))
	f.Add([]byte(`{"strategyType":-1,"rateLimitingSampling":{"maxTracesPerSecond":1e-300}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var s Strategy
		var err error
		checkAllocated(t, len(body), func() { s, err = ParseStrategy(body) })
		if err != nil {
			if !errors.Is(err, ErrStrategy) || !reflect.DeepEqual(s, Strategy{}) {
				t.Fatalf("%+v, %v", s, err)
			}
			return
		}
		if !json.Valid(body) || len(s.Operations) > MaxOperations {
			t.Fatalf("accepted: %+v", s)
		}
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		if again, err := ParseStrategy(bytes.Clone(body)); err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("%+v, then %+v, %v", s, again, err)
		}
		sampler, err := s.Sampler(nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		d := sampler.Sample(Params{TraceID: model.TraceID{Low: 1}, Operation: "op"})
		if d.Undecided || d.Sample != (len(d.Tags) == 2) {
			t.Fatalf("%v decides %+v", sampler, d)
		}
	})
}
