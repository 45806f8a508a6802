// SPDX-License-Identifier: Apache-2.0

package throttler_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurtest"
	"github.com/go-spur/spur/throttler"
)

// onlyReports honours debug requests for one operation.
type onlyReports struct{}

func (onlyReports) Allow(operation string) bool { return operation == "report" }

func ExampleThrottler() {
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

func ExampleNewLocal() {
	local := throttler.NewLocal(2)
	for range 3 {
		fmt.Println(local.Allow("GET /orders"))
	}
	// Output:
	// true
	// true
	// false
}

func ExampleNewRemote() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"balances": [{"operation": %q, "balance": 1}]}`, r.URL.Query().Get("operations"))
	}))
	defer server.Close()

	remote, err := throttler.NewRemote("orders", throttler.RemoteOptions{
		Endpoint: server.URL + "/credits", RefreshInterval: time.Second,
	})
	if err != nil {
		fmt.Println(err)
	}
	defer remote.Close() // a tracer it is given to does that

	fmt.Println("at first:", remote.Allow("GET /orders"))
	for remote.Status().Fetched == 0 {
		<-time.After(time.Millisecond)
	}
	fmt.Println("with credits:", remote.Allow("GET /orders"))
	// Output:
	// at first: false
	// with credits: true
}
