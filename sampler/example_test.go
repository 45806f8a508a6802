// SPDX-License-Identifier: Apache-2.0

package sampler_test

import (
	"fmt"
	"strings"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

func ExampleNewConst() {
	d := sampler.NewConst(true).Sample(sampler.Params{})
	fmt.Println(d.Sample, d.Tags)
	// Output: true [{sampler.type const} {sampler.param true}]
}

func ExampleNewProbabilistic() {
	s, err := sampler.NewProbabilistic(0.5)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, id := range []string{"1000000000000000", "4000000000000000", "4000000000000001"} {
		traceID, _ := model.ParseTraceID(id)
		fmt.Println(id, s.Sample(sampler.Params{TraceID: traceID}).Sample)
	}
	_, err = sampler.NewProbabilistic(50)
	fmt.Println(err)
	// Output:
	// 1000000000000000 true
	// 4000000000000000 true
	// 4000000000000001 false
	// sampler: invalid rate: probability 50 is not between 0 and 1
}

func ExampleNewRateLimiting() {
	s, err := sampler.NewRateLimiting(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		fmt.Println(s.Sample(sampler.Params{}).Sample)
	}
	// Output:
	// true
	// true
	// false
}

func ExampleNewParentBased() {
	s := sampler.NewParentBased(sampler.NewConst(true))
	fmt.Println(s)
	fmt.Println("new trace:", s.Sample(sampler.Params{}).Sample)
	fmt.Println("caller did not sample:", s.Sample(sampler.Params{Parent: sampler.ParentRemote}).Sample)
	// Output:
	// parentbased(const(true))
	// new trace: true
	// caller did not sample: false
}

func ExampleNewOverruling() {
	s := sampler.NewOverruling(sampler.NewConst(true))
	fmt.Println(s)
	fmt.Println("caller did not sample:", s.Sample(sampler.Params{Parent: sampler.ParentRemote}).Sample)
	// Output:
	// overruling(const(true))
	// caller did not sample: true
}

// notHealth leaves health checks out and asks another sampler for the rest.
type notHealth struct{ next sampler.Sampler }

func (n notHealth) Sample(p sampler.Params) sampler.Decision {
	if strings.HasPrefix(p.Operation, "GET /health") {
		return sampler.Decision{}
	}
	return n.next.Sample(p)
}

func Example_custom() {
	s := sampler.NewParentBased(notHealth{next: sampler.NewConst(true)})
	fmt.Println(s.Sample(sampler.Params{Operation: "GET /health"}).Sample)
	fmt.Println(s.Sample(sampler.Params{Operation: "GET /orders"}).Sample)
	// Output:
	// false
	// true
}
