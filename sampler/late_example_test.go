// SPDX-License-Identifier: Apache-2.0

package sampler_test

import (
	"encoding/json"
	"fmt"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

func ExampleNewTagMatching() {
	// The JSON is that of Jaeger's Go client; a struct does as well.
	var o sampler.TagMatchingOptions
	err := json.Unmarshal([]byte(`{"key": "http.status_code", "matchers": [{"value": 500}, {"value": 503}]}`), &o)
	if err != nil {
		fmt.Println(err)
	}
	s, err := sampler.NewTagMatching(o)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println("start:", s.Sample(sampler.Params{Operation: "GET /orders"}).Undecided)
	// The tracer tells of each tag while the trace is undecided.
	d := s.Reconsider(sampler.Event{Kind: sampler.EventTag, Key: "http.status_code", Value: model.Int64(503)})
	fmt.Println("503:", d.Sample, d.Tags)
	// Output:
	// start: true
	// 503: true [{sampler.type TagMatchingSampler} {sampler.param http.status_code=503}]
}

func ExampleNewFirst() {
	errors, _ := sampler.NewTagMatching(sampler.TagMatchingOptions{
		Key: "error", Matchers: []sampler.TagMatcher{{Value: model.Bool(true)}}, DecideAtRootEnd: true,
	})
	some, _ := sampler.NewProbabilistic(0.001)
	s := sampler.NewParentBased(sampler.NewFirst(errors, some))
	fmt.Println(s)
	d := s.Sample(sampler.Params{TraceID: model.TraceID{Low: 1}})
	fmt.Println("picked by id:", d.Sample, d.Tags[0].Value)
	d = s.Sample(sampler.Params{TraceID: model.TraceID{Low: 1 << 62}})
	fmt.Println("not picked:", d.Sample, d.Undecided)
	// Output:
	// parentbased(first(tagmatching(error=true), probabilistic(0.001)))
	// picked by id: true probabilistic
	// not picked: false true
}

func ExampleNewAny() {
	// One trace in two, but never fewer than ten a second.
	half, _ := sampler.NewProbabilistic(0.5)
	ten, _ := sampler.NewRateLimiting(10)
	s := sampler.NewAny(half, ten)
	fmt.Println(s)
	d := s.Sample(sampler.Params{TraceID: model.TraceID{Low: 1<<63 - 1}})
	fmt.Println(d.Sample, d.Tags[0].Value)
	// Output:
	// any(probabilistic(0.5), ratelimiting(10))
	// true ratelimiting
}

func ExampleNewOverrides() {
	never := sampler.NewConst(false)
	s := sampler.NewParentBased(sampler.NewOverrides(sampler.NewConst(true), map[string]sampler.Sampler{
		"GET /health*": never,
		"metrics":      never,
	}))
	for _, operation := range []string{"GET /healthz", "metrics", "GET /orders"} {
		fmt.Println(operation, s.Sample(sampler.Params{Operation: operation}).Sample)
	}
	// Output:
	// GET /healthz false
	// metrics false
	// GET /orders true
}

func ExampleWithRemoteParentSampled() {
	// A service at the edge that believes its callers only up to a point.
	two, _ := sampler.NewRateLimiting(2)
	s := sampler.NewParentBased(sampler.NewConst(true), sampler.WithRemoteParentSampled(two))
	for range 3 {
		fmt.Println(s.Sample(sampler.Params{Parent: sampler.ParentRemote, ParentFlags: model.FlagSampled}).Sample)
	}
	// Output:
	// true
	// true
	// false
}
