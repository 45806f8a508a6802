// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
)

// A sampling server says how a service samples.
func ExampleNewRemotelyControlledSampler() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("asked for", r.FormValue("service"))
		fmt.Fprint(w, `{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":5}}`)
	}))
	defer server.Close()

	sampler := jaeger.NewRemotelyControlledSampler("orders", jaeger.SamplerOptions.SamplingServerURL(server.URL))
	defer sampler.Close()
	fmt.Println(sampler.Sampler())
	sampler.UpdateSampler() // it is also asked again and again, without a call
	fmt.Println(sampler.Sampler())

	// Output:
	// ProbabilisticSampler(samplingRate=0.001)
	// asked for orders
	// RateLimitingSampler(maxTracesPerSecond=5)
}

// All checkouts are sampled, and of everything else one trace in a while.
func ExampleNewPerOperationSampler() {
	tracer, closer := jaeger.NewTracer("shop", jaeger.NewPerOperationSampler(jaeger.PerOperationSamplerParams{
		Strategies: &sampling.PerOperationSamplingStrategies{
			DefaultLowerBoundTracesPerSecond: 0.01,
			PerOperationStrategies: []*sampling.OperationSamplingStrategy{{
				Operation:             "checkout",
				ProbabilisticSampling: &sampling.ProbabilisticSamplingStrategy{SamplingRate: 1},
			}},
		},
	}), jaeger.NewNullReporter())
	defer closer.Close()

	for _, name := range []string{"checkout", "checkout", "browse", "browse"} {
		span := tracer.StartSpan(name).(*jaeger.Span)
		fmt.Println(name, span.SpanContext().IsSampled(), span.Tags()["sampler.type"])
		span.Finish()
	}

	// Output:
	// checkout true probabilistic
	// checkout true probabilistic
	// browse true lowerbound
	// browse false <nil>
}
