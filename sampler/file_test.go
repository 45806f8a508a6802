// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const strategiesFile = `{
  "service_strategies": [
    {"service": "orders", "type": "probabilistic", "param": 0.8, "operation_strategies": [
      {"operation": "GET /health", "type": "probabilistic", "param": 0.0},
      {"operation": "/metrics", "type": "probabilistic", "param": 1},
      {"operation": "limited", "type": "ratelimiting", "param": 5}]},
    {"service": "limited", "type": "ratelimiting", "param": 2.5, "operation_strategies": [
      {"operation": "GET /health", "type": "probabilistic", "param": 0.0}]},
    {"service": "plain", "type": "probabilistic", "param": 0.5},
    {"service": "silent", "type": "probabilistic"},
    {"service": "broken", "type": "adaptive", "param": "x", "operation_strategies": [7]}
  ],
  "default_strategy": {"type": "probabilistic", "param": 0.25, "operation_strategies": [
    {"operation": "/metrics", "type": "probabilistic", "param": 0}]}
}`

// TestParseStrategies: what Jaeger makes of its file (the operations of the
// default strategy, say), but that a limit stays one.
func TestParseStrategies(t *testing.T) {
	perOperation := func(p float64, ops ...OperationStrategy) Strategy {
		return Strategy{Type: StrategyPerOperation, Probability: p, Operations: ops}
	}
	metrics := OperationStrategy{"/metrics", 0}
	for _, tt := range []struct {
		name, file, service string
		want                Strategy
	}{
		{"own operations first", strategiesFile, "orders", perOperation(0.8, metrics, OperationStrategy{"GET /health", 0}, OperationStrategy{"/metrics", 1})},
		{"limit", strategiesFile, "limited", Strategy{Type: StrategyRateLimiting, TracesPerSecond: 2.5}},
		{"operations of the default", strategiesFile, "plain", perOperation(0.5, metrics)},
		{"no parameter", strategiesFile, "silent", perOperation(0, metrics)},
		{"not listed", strategiesFile, "unknown", perOperation(0.25, metrics)},
		{"empty file", `{}`, "a", Strategy{Probability: 0.001}},
		{"nulls", `{"service_strategies":null,"default_strategy":null}`, "a", Strategy{Probability: 0.001}},
		{"default limit", `{"default_strategy":{"type":"ratelimiting","param":3,"operation_strategies":[{"operation":"x","type":"probabilistic","param":1}]},
			"service_strategies":[{"service":"b","type":"probabilistic","param":1}]}`, "a", Strategy{Type: StrategyRateLimiting, TracesPerSecond: 3}},
		{"operations of a default limit", `{"default_strategy":{"type":"ratelimiting","param":3,"operation_strategies":[{"operation":"x","type":"probabilistic","param":1}]},
			"service_strategies":[{"service":"b","type":"probabilistic","param":1}]}`, "b", perOperation(1, OperationStrategy{"x", 1})},
		{"limit beyond MaxTracesPerSecond", `{"default_strategy":{"type":"ratelimiting","param":2147483647}}`, "a", Strategy{Type: StrategyRateLimiting, TracesPerSecond: 1e6}},
		{"any case, the last key", `{"Default_Strategy":{"TYPE":"ratelimiting","type":"probabilistic","Param":1,"param":0.5}}`, "a", Strategy{Probability: 0.5}},
		{"the last entry counts", `{"service_strategies":[{"service":"a","type":"probabilistic","param":1},{"service":"a","type":"probabilistic","param":0.5}]}`, "a", Strategy{Probability: 0.5}},
	} {
		got, err := ParseStrategies([]byte(tt.file), tt.service)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v; want %+v", tt.name, got, err, tt.want)
		}
	}
}

// TestParseStrategiesOfOthers: whatever stands in entries of other services, or of
// none, the file is good for this one.
func TestParseStrategiesOfOthers(t *testing.T) {
	for _, other := range []string{
		`{"service":"other","type":5,"param":1}`,
		`{"service":"other","type":"weird","param":"x","operation_strategies":7}`,
		`{"service":"other","type":"probabilistic","param":2,"operation":{}}`,
		`{"service":"other","type":"probabilistic","operation_strategies":[null,7]}`,
		`{"service":5,"type":"probabilistic","param":1}`,
		`{"service":null,"type":"probabilistic","param":1}`,
		`{"type":"probabilistic","param":1}`,
		`{}`,
		`null`,
	} {
		for _, list := range []string{other + `,{"service":"me","type":"ratelimiting","param":3}`, `{"service":"me","type":"ratelimiting","param":3},` + other} {
			file := []byte(`{"service_strategies":[` + list + `],"default_strategy":{"type":"probabilistic","param":0.5}}`)
			if s, err := ParseStrategies(file, "me"); err != nil || s.String() != "ratelimiting(3)" {
				t.Errorf("%s: %v, %v", list, s, err)
			}
			if s, err := ParseStrategies(file, "you"); err != nil || s.String() != "probabilistic(0.5)" {
				t.Errorf("%s: for a service without an entry %v, %v", list, s, err)
			}
		}
	}
}

func TestParseStrategiesRejects(t *testing.T) {
	entry := func(s string) string { return `{"service_strategies":[{"service":"x"},{"service":"a",` + s + `}]}` }
	for _, tt := range []struct{ name, file, want string }{
		{"empty", "", "unexpected end"},
		{"null", "null", "the file is null"},
		{"list", "[]", "array is not an object"},
		{"no list", `{"service_strategies":{}}`, "service_strategies: is not a list"},
		{"number", `{"service_strategies":[7]}`, "service_strategies[0]: number is not an object"},
		{"kind of type", entry(`"type":5`), "service_strategies[1].type: number is not a string"},
		{"number as operation", entry(`"type":"probabilistic","operation_strategies":[7]`), "operation_strategies[0]: number is not an object"},
		{"kind of operation", entry(`"type":"probabilistic","operation_strategies":[{"operation":7}]`), "operation_strategies[0].operation: number is not a string"},
		{"too long", strings.Repeat(" ", maxFileBytes) + "{}", "too long: 4194306 bytes"},
		{"no type", entry(`"param":1`), "service_strategies[1].type: is missing"},
		{"type", entry(`"type":"remote","param":1`), `service_strategies[1].type: "remote" is neither`},
		{"probability", entry(`"type":"probabilistic","param":1.5`), "service_strategies[1].param: 1.5 is not between"},
		{"no number", entry(`"type":"probabilistic","param":"NaN"`), `service_strategies[1].param: "NaN" is not a number`},
		{"limit", entry(`"type":"ratelimiting","param":-1`), "service_strategies[1].param: -1 is not between"},
		{"null operation", entry(`"type":"probabilistic","operation_strategies":[null]`), "operation_strategies[0].operation: is missing"},
		{"operation without type", entry(`"type":"probabilistic","operation_strategies":[{"operation":"x"}]`), "operation_strategies[0].type: is missing"},
		{"operation of 2", entry(`"type":"probabilistic","operation_strategies":[{"operation":"x","type":"probabilistic","param":2}]`), "operation_strategies[0].param: 2 is not"},
		{"default", `{"default_strategy":{"type":"probabilistic","param":2}}`, "default_strategy.param: 2 is not"},
		{"operations", entry(`"type":"probabilistic","operation_strategies":[` + strings.Repeat(`{"operation":"x","type":"probabilistic"},`, 2000) +
			`{"operation":"x","type":"probabilistic"}]`), "too many operations, at most 2000"},
	} {
		s, err := ParseStrategies([]byte(tt.file), "a")
		if !errors.Is(err, ErrStrategy) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %+v, %v; want %q", tt.name, s, err, tt.want)
		}
	}
}

func TestNewFileRejects(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good", "{}")
	for _, tt := range []struct {
		name, service, path string
		o                   FileOptions
		want                error
		text                string
	}{
		{"no service", "", good, FileOptions{}, ErrInvalidOption, "no service"},
		{"interval", "a", good, FileOptions{ReloadInterval: -1}, ErrInvalidOption, "ReloadInterval"},
		{"operations", "a", good, FileOptions{MaxOperations: -1}, ErrInvalidOption, "MaxOperations"},
		{"missing", "a", filepath.Join(dir, "none"), FileOptions{}, fs.ErrNotExist, "none"},
		{"directory", "a", dir, FileOptions{}, errNotRegular, dir},
		{"bad", "a", write("bad", `{"default_strategy":{}}`), FileOptions{}, ErrStrategy, "default_strategy.type: is missing, in " + filepath.Join(dir, "bad")},
		{"large", "a", write("large", strings.Repeat(" ", maxFileBytes+1)), FileOptions{}, errFileTooLarge, "large"},
	} {
		f, err := NewFile(tt.service, tt.path, tt.o)
		if f != nil || !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, %v; want %v with %q", tt.name, f, err, tt.want, tt.text)
		}
	}
}

func FuzzParseStrategies(f *testing.F) {
	f.Add([]byte(strategiesFile), "orders")
	f.Add([]byte(strategiesFile), "limited")
	f.Add([]byte(`{"service_strategies":[null],"default_strategy":{"type":"ratelimiting","param":"1e999"}}`), "a")
	f.Fuzz(func(t *testing.T, file []byte, service string) {
		var s Strategy
		var err error
		checkAllocated(t, len(file), func() { s, err = ParseStrategies(file, service) })
		if err != nil {
			if !errors.Is(err, ErrStrategy) {
				t.Fatal(err)
			}
			return
		}
		if err := s.Validate(); err != nil || len(s.Operations) > MaxOperations {
			t.Fatalf("%+v, %v", s, err)
		}
		if _, err := s.Sampler(nil, 0); err != nil {
			t.Fatal(err)
		}
	})
}
