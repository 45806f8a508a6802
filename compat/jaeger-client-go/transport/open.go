// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"net/http"

	"github.com/go-spur/spur/transport"
)

// open makes the transport of spur's that sends to the same collector: OTLP to one that takes
// no Thrift.
func (c *HTTPTransport) open() (transport.Transport, error) {
	if c.client.Transport != nil {
		return newRoundTrips(c)
	}
	o := transport.HTTPOptions{ // the path decides between Thrift and OTLP
		Header:  http.Header{},
		Timeout: max(c.client.Timeout, 0),
		Proxy:   http.ProxyFromEnvironment,
	}
	for k, v := range c.headers {
		o.Header.Set(k, v)
	}
	if a := c.credentials; a != nil {
		o.Username, o.Password = a.username, a.password
		o.Header.Del("Authorization")
	}
	return transport.NewHTTP(c.url, o)
}
