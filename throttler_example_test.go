// SPDX-License-Identifier: Apache-2.0

package spur_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurtest"
)

// onlyReports honours debug requests for one operation.
type onlyReports struct{}

func (onlyReports) Allow(operation string) bool { return operation == "report" }

func ExampleWithDebugThrottler() {
	tracer, _ := spurtest.New(nil, spur.WithDebugThrottler(onlyReports{}))
	defer tracer.Close()

	header := opentracing.HTTPHeadersCarrier{"Jaeger-Debug-Id": {"ticket-42"}}
	for _, operation := range []string{"report", "order"} {
		caller, err := tracer.Extract(opentracing.HTTPHeaders, header)
		if err != nil {
			fmt.Println(err)
		}
		s := tracer.StartSpan(operation, opentracing.ChildOf(caller)).(*spur.Span)
		fmt.Println(operation, "sampled:", s.SpanContext().IsSampled(), "debug:", s.SpanContext().IsDebug())
		s.Finish()
	}
	fmt.Println(tracer.Stats().Cut.DebugCapped, "refused")
	// Output:
	// report sampled: true debug: true
	// order sampled: true debug: false
	// 1 refused
}

func ExampleNewRemoteDebugThrottler() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"balances": [{"operation": %q, "balance": 1}]}`, r.URL.Query().Get("operations"))
	}))
	defer server.Close()

	throttler, err := spur.NewRemoteDebugThrottler("orders", spur.RemoteThrottlerOptions{
		Endpoint: server.URL + "/credits", RefreshInterval: time.Second,
	})
	if err != nil {
		fmt.Println(err)
	}
	defer throttler.Close() // a tracer it is given to does that

	fmt.Println("at first:", throttler.Allow("GET /orders"))
	for throttler.Status().Fetched == 0 {
		<-time.After(time.Millisecond)
	}
	fmt.Println("with credits:", throttler.Allow("GET /orders"))
	// Output:
	// at first: false
	// with credits: true
}
