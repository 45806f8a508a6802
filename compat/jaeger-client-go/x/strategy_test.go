// SPDX-License-Identifier: Apache-2.0

package x_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/x"
)

// decide asks the sampler of a strategy about a tag.
func decide(t *testing.T, strategy, key string, value interface{}) (sampled, firehose bool) {
	t.Helper()
	s, err := x.NewTagMatchingSamplerFromStrategyJSON([]byte(strategy))
	if err != nil {
		t.Fatal(err)
	}
	tracer, closer := jaeger.NewTracer("svc", s, jaeger.NewNullReporter())
	defer closer.Close()
	span := tracer.StartSpan("op").(*jaeger.Span)
	defer span.Finish()
	span.SetTag(key, value)
	return span.SpanContext().IsSampled(), span.SpanContext().IsFirehose()
}

func TestStrategyJSON(t *testing.T) {
	const both = `{"key": "k", "values": {"a": {"firehose": false}, "b": {"firehose": true}},
		"matchers": [{"value": "a", "firehose": true}, {"value": 42, "firehose": true}, {"value": true}, {"value": 9007199254740993}]}`
	for _, tt := range []struct {
		strategy          string
		value             interface{}
		sampled, firehose bool
	}{
		{both, "a", true, false},
		{both, "b", true, true},
		{both, "c", false, false},
		{both, 42, true, true},
		{both, 42.0, true, true},
		{both, true, true, false},
		{both, nil, false, false},
		{both, int64(9007199254740993), true, false},
		{both, int64(9007199254740992), false, false},
		{`{}`, "", false, false},
		{`null`, "", false, false},
		{`{"key":"k"}`, "", false, false},
		{`{"key":"k","matchers":[null]}`, nil, true, false},
		{`{"key":"k","matchers":[{"value":1e3}]}`, 1000, true, false},
		{`{"key":"k","values":{"a":null}}`, "a", true, false},
	} {
		if sampled, firehose := decide(t, tt.strategy, "k", tt.value); sampled != tt.sampled || firehose != tt.firehose {
			t.Errorf("%s with %v: %v, %v", tt.strategy, tt.value, sampled, firehose)
		}
	}
	if sampled, _ := decide(t, both, "other", "a"); sampled {
		t.Error("another key is sampled")
	}
}

func TestStrategyJSONErrors(t *testing.T) {
	for text, want := range map[string]string{
		``:              "unexpected end of JSON input",
		`bad json`:      "invalid character 'b' looking for beginning of value",
		`{} x`:          "invalid character 'x' after top-level value",
		`{"key":1}`:     "cannot unmarshal number into Go struct field",
		`{"values":[]}`: "cannot unmarshal array into Go struct field",
		`{"key":"k","matchers":[{"value":1e999}]}`:          "cannot unmarshal number 1e999",
		`{"key":"k","matchers":[{"value":1},{"value":[]}]}`: `value of matcher 1 of "k" is an object or an array`,
		`{"key":"k","matchers":[{"value":{"a":1}}]}`:        `value of matcher 0 of "k" is an object or an array`,
	} {
		if s, err := x.NewTagMatchingSamplerFromStrategyJSON([]byte(text)); s != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestStrategyIsNotChanged(t *testing.T) {
	matchers := make([]x.TagMatcher, 1, 2)
	x.NewTagMatchingSamplerFromStrategy(x.TagMatchingSamplingStrategy{Matchers: matchers, Values: map[string]x.TagMatcher{"a": {}}})
	if got := matchers[:2][1].TagValue; got != nil {
		t.Errorf("%v behind the caller's slice", got)
	}
}

func FuzzStrategyJSON(f *testing.F) {
	for _, seed := range []string{
		`{"key":"k","values":{"a":{"firehose":true}},"matchers":[{"value":42},{"value":9007199254740993}]}`,
		`{"matchers":[{"value":[]}]}`, `{"matchers":[null],"matchers":[{"value":1},{"value":{}}]}`, `{"MATCHERS":[{"VALUE":-0.0}]}`, `{"values":{"\ud800":null}}`,
	} {
		f.Add([]byte(seed))
	}
	tracer, closer := jaeger.NewTracer("svc", jaeger.NewConstSampler(true), jaeger.NewNullReporter())
	defer closer.Close()
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := x.NewTagMatchingSamplerFromStrategyJSON(text)
		if (s == nil) != (err != nil) || err != nil && len(err.Error()) > 2048+len(text) {
			t.Fatalf("%v, %v", s, err)
		}
		var read x.TagMatchingSamplingStrategy
		if json.Unmarshal(text, &read) != nil {
			if err == nil {
				t.Fatal("accepted")
			}
			return
		}
		if err != nil {
			return
		}
		span := tracer.StartSpan("op").(*jaeger.Span)
		defer span.Finish()
		for value := range read.Values {
			if d := s.OnSetTag(span, read.Key, value); !d.Sample || d.Retryable {
				t.Fatalf("%q: %+v", value, d)
			}
		}
	})
}
