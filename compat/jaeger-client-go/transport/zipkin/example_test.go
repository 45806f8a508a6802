// SPDX-License-Identifier: Apache-2.0

package zipkin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/transport/zipkin"
)

func ExampleNewHTTPTransport() {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path, r.Header.Get("Content-Type"))
	}))
	defer server.Close()

	transport, err := zipkin.NewHTTPTransport(server.URL + "/api/v1/spans")
	if err != nil {
		panic(err)
	}
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(transport))
	tracer.StartSpan("checkout").Finish()
	_ = closer.Close()
	// Output: POST /api/v1/spans application/x-thrift
}
