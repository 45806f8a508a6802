// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/go-spur/spur/model"
)

// ErrInvalidMatcher is what NewTagMatching and the JSON of TagMatchingOptions
// return, wrapped with what is wrong.
var ErrInvalidMatcher = errors.New("sampler: invalid tag matcher")

// maxMatchers is how many values NewTagMatching accepts.
const maxMatchers = 10_000

// TagMatching samples a trace when a tag with a certain key gets one of certain
// values: as a start tag or by SetTag, on any span of the local trace. Until then
// it is undecided, so that all traces are recorded until they finish, and the
// decision comes too late for calls to other services made before it: they were
// told that the trace is not sampled. Use it in First, before a sampler for the
// rest.
//
// Numbers are compared by value, whatever their type: 42 is 42.0. Integers above
// the signed 64 bits are text by the time a sampler sees them.
//
// Sampled roots are tagged as Jaeger's Go client does, with
// sampler.type=TagMatchingSampler and sampler.param=key=value. Being asked allocates
// nothing.
type TagMatching struct {
	key      string
	decide   bool
	decision map[model.Value]Decision // by normalized value
	text     string
}

// TagMatchingOptions say what NewTagMatching looks for. UnmarshalJSON reads them.
type TagMatchingOptions struct {
	Key      string       // of the tag; not empty
	Matchers []TagMatcher // at least one, at most 10,000; of two for one value the later one counts

	// DecideAtRootEnd makes the end of the local root the last chance: without a
	// match by then the trace is not sampled. By default descendants that finish
	// after the root can still bring the decision.
	DecideAtRootEnd bool
}

// TagMatcher is one value to look for.
type TagMatcher struct {
	Value    model.Value
	Firehose bool        // set Jaeger's firehose flag as well
	Tags     []model.Tag // for the root, instead of sampler.type and sampler.param; not kept
}

// NewTagMatching returns a sampler for a tag. The error is an ErrInvalidMatcher
// when there is no key, no value or too many of them, or a value is NaN, which
// equals nothing.
func NewTagMatching(o TagMatchingOptions) (*TagMatching, error) {
	switch {
	case o.Key == "":
		return nil, fmt.Errorf("%w: no key", ErrInvalidMatcher)
	case len(o.Matchers) == 0:
		return nil, fmt.Errorf("%w: no value for %q", ErrInvalidMatcher, shorten(o.Key))
	case len(o.Matchers) > maxMatchers:
		return nil, fmt.Errorf("%w: %d values for %q, at most %d", ErrInvalidMatcher, len(o.Matchers), shorten(o.Key), maxMatchers)
	}
	t := &TagMatching{key: o.Key, decide: o.DecideAtRootEnd, decision: make(map[model.Value]Decision, len(o.Matchers))}
	for _, m := range o.Matchers {
		if f := m.Value.Float64(); math.IsNaN(f) {
			return nil, fmt.Errorf("%w: NaN for %q equals nothing", ErrInvalidMatcher, shorten(o.Key))
		}
		d := Decision{Sample: true, Firehose: m.Firehose, Tags: append(make([]model.Tag, 0, len(m.Tags)), m.Tags...)}
		if m.Tags == nil {
			d.Tags = reason("TagMatchingSampler", model.String(o.Key+"="+m.Value.String()))
		}
		t.decision[normalized(m.Value)] = d
	}
	t.text = t.describe(o.Matchers)
	return t, nil
}

// Sample implements Sampler.
func (t *TagMatching) Sample(p Params) Decision { return t.any(p.Tags) }

// Reconsider implements Late.
func (t *TagMatching) Reconsider(e Event) Decision {
	switch e.Kind {
	case EventStart:
		return t.any(e.Tags)
	case EventTag:
		return t.match(e.Key, e.Value)
	case EventFinish:
		return Decision{Undecided: !t.decide || !e.LocalRoot}
	}
	return Decision{Undecided: true}
}

func (t *TagMatching) any(tags []model.Tag) Decision {
	for i := range tags {
		if d := t.match(tags[i].Key, tags[i].Value); d.Sample {
			return d
		}
	}
	return Decision{Undecided: true}
}

func (t *TagMatching) match(key string, v model.Value) Decision {
	if key == t.key {
		if d, ok := t.decision[normalized(v)]; ok {
			return d
		}
	}
	return Decision{Undecided: true}
}

// normalized makes an integer of a float that is one, so that == compares numbers
// by value.
func normalized(v model.Value) model.Value {
	if v.Kind() != model.KindFloat64 {
		return v
	}
	f := v.Float64()
	if f >= -(1<<63) && f < 1<<63 && f == math.Trunc(f) {
		return model.Int64(int64(f))
	}
	return v
}

// describedValues is how many values String spells out.
const describedValues = 3

func (t *TagMatching) describe(matchers []TagMatcher) string {
	var values []string
	for _, m := range matchers[:min(len(matchers), describedValues)] {
		values = append(values, shorten(m.Value.String()))
	}
	text := "tagmatching(" + shorten(t.key) + "=" + strings.Join(values, "|")
	if more := len(matchers) - len(values); more > 0 {
		text += fmt.Sprintf(" or %d more", more)
	}
	return text + ")"
}

// Status implements Statuser. Type is what the tag sampler.type says; Param is 0.
func (t *TagMatching) Status() Status {
	return Status{Type: "TagMatchingSampler", Description: t.text}
}

// String returns a description such as "tagmatching(device=phone|tablet)".
func (t *TagMatching) String() string { return t.text }
