// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
)

func TestTagMatchingJSON(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       TagMatchingOptions
	}{
		{
			"all kinds", `{"key":"k","matchers":[{"value":"a","firehose":true},{"value":42},{"value":-1.5e3},{"value":false}],"extra":[]}`,
			TagMatchingOptions{Key: "k", Matchers: []TagMatcher{
				{Value: model.String("a"), Firehose: true}, {Value: model.Int64(42)}, {Value: model.Float64(-1500)}, {Value: model.Bool(false)},
			}},
		},
		{
			"values go before matchers", `{"key":"k","values":{"b":{"firehose":true,"value":7},"a":{}},"matchers":[{"value":"b"}]}`,
			TagMatchingOptions{Key: "k", Matchers: []TagMatcher{
				{Value: model.String("b")}, {Value: model.String("a")}, {Value: model.String("b"), Firehose: true},
			}},
		},
		{
			"all digits", `{"key":"k","matchers":[{"value":9007199254740993},{"value":9223372036854775808},{"value":-0}]}`,
			TagMatchingOptions{Key: "k", Matchers: []TagMatcher{
				{Value: model.Int64(9007199254740993)}, {Value: model.Float64(1 << 63)}, {Value: model.Int64(0)},
			}},
		},
		{
			"the end", ` {"decideAtRootEnd": true, "matchers": [ { "value" : "\u00e9" } ] } `,
			TagMatchingOptions{DecideAtRootEnd: true, Matchers: []TagMatcher{{Value: model.String("é")}}},
		},
		{"nothing", `{}`, TagMatchingOptions{}},
		{"null", `{"key":null,"matchers":null,"values":null}`, TagMatchingOptions{}},
	} {
		got := TagMatchingOptions{Key: "before", DecideAtRootEnd: true}
		if err := json.Unmarshal([]byte(tt.text), &got); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v; want %+v", tt.name, got, err, tt.want)
		}
	}
}

func TestTagMatchingJSONErrors(t *testing.T) {
	for _, text := range []string{
		`[]`, `"k"`, `1`, `{"key":1}`, `{"matchers":{}}`, `{"matchers":["a"]}`, `{"values":[]}`, `{"values":{"a":1}}`,
		`{"matchers":[{}]}`, `{"matchers":[null]}`, `{"matchers":[{"value":null}]}`, `{"matchers":[{"value":[1]}]}`,
		`{"matchers":[{"value":{"a":1}}]}`, `{"matchers":[{"value":1e999}]}`, `{"matchers":[{"value":1,"firehose":"yes"}]}`,
		`{"matchers":[{"value":` + strings.Repeat("9", 1000) + `}]}`,
	} {
		before := TagMatchingOptions{Key: "before"}
		got := before
		if err := json.Unmarshal([]byte(text), &got); !errors.Is(err, ErrInvalidMatcher) || len(err.Error()) > 300 {
			t.Errorf("%.80s: %v", text, err)
		}
		if !reflect.DeepEqual(got, before) {
			t.Errorf("%.80s: options changed to %+v", text, got)
		}
	}
}

// FuzzTagMatchingJSON: configurations never panic, and what is read works.
func FuzzTagMatchingJSON(f *testing.F) {
	f.Add(`{"key":"k","matchers":[{"value":"a","firehose":true},{"value":42},{"value":1e3},{"value":true}],"values":{"b":{}}}`)
	f.Add(`{"key":"k","matchers":[{"value":[1,2]}]}`) // jaeger-client-go panics: a slice is no map key
	f.Add(`{"key":"k","matchers":[{"value":{"a":1}}]}`)
	f.Add(`{"key":"k","matchers":[{"value":-0.0},{"value":9223372036854775807},{"value":9223372036854775808}]}`)
	f.Add(`{"key":"k","values":{"\ud800":{}}}`)
	f.Add(`{"matchers":[{"value":1e999}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var o TagMatchingOptions
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			return
		}
		s, err := NewTagMatching(o)
		if err != nil {
			if !errors.Is(err, ErrInvalidMatcher) {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, m := range o.Matchers {
			if d := s.Reconsider(Event{Kind: EventTag, Key: o.Key, Value: m.Value}); !d.Sample || len(d.Tags) != 2 {
				t.Fatalf("%v does not match itself: %+v", m, d)
			}
		}
		if len(s.String()) > 10*described {
			t.Fatalf("a description of %d bytes", len(s.String()))
		}
	})
}
