// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
)

func mustMatch(t testing.TB, key string, values ...model.Value) *TagMatching {
	t.Helper()
	o := TagMatchingOptions{Key: key}
	for _, v := range values {
		o.Matchers = append(o.Matchers, TagMatcher{Value: v})
	}
	s, err := NewTagMatching(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTagMatchingValues(t *testing.T) {
	big := int64(1)<<53 + 1 // no float has this value
	for _, tt := range []struct {
		name       string
		want, have model.Value
		match      bool
	}{
		{"text", model.String("a"), model.String("a"), true},
		{"other text", model.String("a"), model.String("b"), false},
		{"case", model.String("a"), model.String("A"), false},
		{"empty text", model.String(""), model.String(""), true},
		{"text and number", model.String("42"), model.Int64(42), false},
		{"number and text", model.Int64(42), model.String("42"), false},
		{"integers", model.Int64(42), model.Int64(42), true},
		{"integer and float", model.Int64(42), model.Float64(42), true}, // jaeger-client-go: no
		{"float and integer", model.Float64(42), model.Int64(42), true},
		{"floats", model.Float64(0.1), model.Float64(0.1), true},
		{"other floats", model.Float64(0.1), model.Float64(0.2), false},
		{"zeros", model.Float64(math.Copysign(0, -1)), model.Int64(0), true},
		{"beyond a float's digits", model.Int64(big), model.Float64(float64(big)), false},
		{"beyond a float's digits, both integers", model.Int64(big), model.Int64(big), true},
		{"lowest integer", model.Int64(math.MinInt64), model.Float64(-(1 << 63)), true},
		{"above the highest integer", model.Float64(1 << 63), model.Int64(math.MaxInt64), false},
		{"above the highest integer, wrapped", model.Float64(1 << 63), model.Int64(math.MinInt64), false},
		{"above the highest integer, both floats", model.Float64(1 << 63), model.Float64(1 << 63), true},
		{"infinity", model.Float64(math.Inf(1)), model.Float64(math.Inf(1)), true},
		{"infinities", model.Float64(math.Inf(1)), model.Float64(math.Inf(-1)), false},
		{"NaN", model.Float64(1), model.Float64(math.NaN()), false},
		{"true", model.Bool(true), model.Bool(true), true},
		{"true and false", model.Bool(true), model.Bool(false), false},
		{"true and 1", model.Bool(true), model.Int64(1), false},
		{"bytes", model.Bytes([]byte{1}), model.Bytes([]byte{1}), true}, // jaeger-client-go panics
		{"bytes and text", model.Bytes([]byte("a")), model.String("a"), false},
	} {
		s := mustMatch(t, "k", model.String("something else"), tt.want)
		tags := []model.Tag{{Key: "a", Value: tt.have}, {Key: "k", Value: tt.have}, {Key: "z", Value: tt.have}}
		want := Decision{Undecided: true}
		if tt.match {
			want = Decision{Sample: true, Tags: reason("TagMatchingSampler", model.String("k="+tt.want.String()))}
		}
		for when, got := range map[string]Decision{
			"at the start":        s.Sample(Params{Tags: tags}),
			"a descendant starts": s.Reconsider(Event{Kind: EventStart, Params: Params{Tags: tags}}),
			"SetTag":              s.Reconsider(Event{Kind: EventTag, Key: "k", Value: tt.have}),
		} {
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s: %+v, want %+v", tt.name, when, got, want)
			}
		}
		if d := s.Reconsider(Event{Kind: EventTag, Key: "K", Value: tt.want}); !d.Undecided {
			t.Errorf("%s: another key decided %+v", tt.name, d)
		}
	}
}

func TestTagMatchingEvents(t *testing.T) {
	matchers := []TagMatcher{{Value: model.Bool(true)}}
	for _, tt := range []struct {
		name   string
		atEnd  bool
		event  Event
		stands bool // undecided
	}{
		{"name", true, Event{Kind: EventOperationName, LocalRoot: true}, true},
		{"the root's end", false, Event{Kind: EventFinish, LocalRoot: true}, true},
		{"the root's end decides", true, Event{Kind: EventFinish, LocalRoot: true}, false},
		{"a descendant's end", true, Event{Kind: EventFinish}, true},
		{"an event of the future", true, Event{Kind: EventFinish + 1, LocalRoot: true}, true},
	} {
		s, err := NewTagMatching(TagMatchingOptions{Key: "k", Matchers: matchers, DecideAtRootEnd: tt.atEnd})
		if err != nil {
			t.Fatal(err)
		}
		if d := s.Reconsider(tt.event); d.Undecided != tt.stands || d.Sample {
			t.Errorf("%s: %+v, want undecided %v", tt.name, d, tt.stands)
		}
	}
}

func TestTagMatchers(t *testing.T) {
	own := []model.Tag{{Key: "kept", Value: model.String("because")}}
	s, err := NewTagMatching(TagMatchingOptions{Key: "k", Matchers: []TagMatcher{
		{Value: model.Int64(1)},
		{Value: model.Float64(1), Firehose: true, Tags: own}, // of two for one value the later one counts
		{Value: model.Int64(2), Tags: []model.Tag{}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	own[0].Key = "changed"
	d := s.Reconsider(Event{Kind: EventTag, Key: "k", Value: model.Int64(1)})
	if want := (Decision{Sample: true, Firehose: true, Tags: []model.Tag{{Key: "kept", Value: model.String("because")}}}); !reflect.DeepEqual(d, want) {
		t.Errorf("%+v, want %+v", d, want)
	}
	if d := s.Reconsider(Event{Kind: EventTag, Key: "k", Value: model.Int64(2)}); !d.Sample || d.Firehose || len(d.Tags) != 0 {
		t.Errorf("%+v, want no tags", d)
	}
}

func TestNewTagMatchingErrors(t *testing.T) {
	one := []TagMatcher{{Value: model.Bool(true)}}
	for _, tt := range []struct {
		name, want string
		o          TagMatchingOptions
	}{
		{"no key", "no key", TagMatchingOptions{Matchers: one}},
		{"no values", `no value for "k"`, TagMatchingOptions{Key: "k"}},
		{"NaN", "NaN", TagMatchingOptions{Key: "k", Matchers: append(one, TagMatcher{Value: model.Float64(math.NaN())})}},
		{"too many", "10001 values", TagMatchingOptions{Key: "k", Matchers: make([]TagMatcher, 10_001)}},
		{"a long key", strings.Repeat("x", 32) + "…", TagMatchingOptions{Key: strings.Repeat("x", 1000)}},
	} {
		if s, err := NewTagMatching(tt.o); !errors.Is(err, ErrInvalidMatcher) || !strings.Contains(err.Error(), tt.want) || s != nil || len(err.Error()) > 200 {
			t.Errorf("%s: %v, %v", tt.name, s, err)
		}
	}
}
