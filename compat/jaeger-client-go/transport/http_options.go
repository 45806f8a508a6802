// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"net/http"
	"time"
)

// HTTPOption changes what NewHTTPTransport makes.
type HTTPOption func(c *HTTPTransport)

// HTTPBasicAuthCredentials are the user and password of HTTPBasicAuth.
type HTTPBasicAuthCredentials struct {
	username string
	password string
}

// HTTPTimeout bounds one request, answer included; 5 seconds by default. 0 means no bound
// for a program that calls the transport by itself.
func HTTPTimeout(duration time.Duration) HTTPOption {
	return func(c *HTTPTransport) { c.client.Timeout = duration }
}

// HTTPBatchSize is how many spans are sent at once, unless a flush comes before. By default
// a remote reporter bounds requests in bytes, and the transport's own methods send 100
// spans.
func HTTPBatchSize(n int) HTTPOption {
	return func(c *HTTPTransport) { c.batchSize = max(n, 1) }
}

// HTTPBasicAuth sends a user and a password.
func HTTPBasicAuth(username string, password string) HTTPOption {
	return func(c *HTTPTransport) { c.credentials = &HTTPBasicAuthCredentials{username, password} }
}

// HTTPRoundTripper sends requests with transport.
func HTTPRoundTripper(transport http.RoundTripper) HTTPOption {
	return func(c *HTTPTransport) { c.client.Transport = transport }
}

// HTTPHeaders sends more headers.
func HTTPHeaders(headers map[string]string) HTTPOption {
	return func(c *HTTPTransport) { c.headers = headers }
}
