// SPDX-License-Identifier: Apache-2.0

package zipkin

import (
	"net/http"
	"time"

	"github.com/uber/jaeger-client-go"
)

// HTTPOption changes what NewHTTPTransport makes.
type HTTPOption func(c *HTTPTransport)

// HTTPBasicAuthCredentials are the user and password of HTTPBasicAuth.
type HTTPBasicAuthCredentials struct {
	username string
	password string
}

// HTTPLogger is kept for programs that set it: errors are returned, and the reporter logs
// them.
func HTTPLogger(logger jaeger.Logger) HTTPOption {
	return func(c *HTTPTransport) { c.logger = logger }
}

// HTTPTimeout bounds one request, answer included; 5 seconds by default.
func HTTPTimeout(duration time.Duration) HTTPOption {
	return func(c *HTTPTransport) { c.client.Timeout = duration }
}

// HTTPBatchSize is how many spans are sent at once, unless Flush comes before; 100 by
// default.
func HTTPBatchSize(n int) HTTPOption {
	return func(c *HTTPTransport) { c.batchSize = n }
}

// HTTPBasicAuth sends a user and a password.
func HTTPBasicAuth(username string, password string) HTTPOption {
	return func(c *HTTPTransport) { c.httpCredentials = &HTTPBasicAuthCredentials{username, password} }
}

// HTTPRoundTripper sends requests with transport.
func HTTPRoundTripper(transport http.RoundTripper) HTTPOption {
	return func(c *HTTPTransport) { c.client.Transport = transport }
}
