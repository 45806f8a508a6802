// SPDX-License-Identifier: Apache-2.0

package transport_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/transport"
)

func ExampleNewHTTPTransport() {
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path, r.Header.Get("X-Tenant"))
	}))
	defer collector.Close()

	sender := transport.NewHTTPTransport(collector.URL+"/api/traces", transport.HTTPHeaders(map[string]string{"X-Tenant": "acme"}))
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(sender))
	tracer.StartSpan("checkout").Finish()
	_ = closer.Close()
	// Output: POST /api/traces acme
}
