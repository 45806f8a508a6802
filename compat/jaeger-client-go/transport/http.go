// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/internal/native"
	"github.com/uber/jaeger-client-go/internal/post"
	"github.com/uber/jaeger-client-go/thrift"
	j "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

const defaultBatchSize = 100

type sender = native.Sender

// HTTPTransport sends spans to a collector, as Thrift over HTTP. A remote reporter has spur
// do it; its methods are for programs that call it by themselves, from any goroutine.
// Redirects are not followed.
type HTTPTransport struct {
	*sender

	url         string
	client      *http.Client
	batchSize   int
	credentials *HTTPBasicAuthCredentials
	headers     map[string]string

	mu      sync.Mutex
	process *j.Process
	spans   []*j.Span
}

var _ jaeger.Transport = (*HTTPTransport)(nil)

// NewHTTPTransport makes a transport to a collector's URL, such as
// http://collector:14268/api/traces. With a path that ends in /v1/traces spur sends OTLP, unless
// there is a round tripper of the program's own. A URL that cannot be used is an error of Append and
// Flush.
func NewHTTPTransport(url string, options ...HTTPOption) *HTTPTransport {
	c := &HTTPTransport{url: url, client: post.NewClient()}
	for _, o := range options {
		if o != nil {
			o(c)
		}
	}
	c.sender = native.NewSender(c, c.batchSize, c.open)
	if c.batchSize == 0 {
		c.batchSize = defaultBatchSize
	}
	return c
}

// Append implements jaeger.Transport.
func (c *HTTPTransport) Append(span *jaeger.Span) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.process == nil {
		c.process = jaeger.BuildJaegerProcessThrift(span)
	}
	c.spans = append(c.spans, jaeger.BuildJaegerThrift(span))
	if len(c.spans) >= c.batchSize {
		return c.flush()
	}
	return 0, nil
}

// Flush implements jaeger.Transport.
func (c *HTTPTransport) Flush() (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flush()
}

// Close implements jaeger.Transport. It does nothing.
func (c *HTTPTransport) Close() error { return nil }

func (c *HTTPTransport) flush() (int, error) {
	n := len(c.spans)
	if n == 0 {
		return 0, nil
	}
	err := c.send(&j.Batch{Process: c.process, Spans: c.spans})
	clear(c.spans)
	c.spans = c.spans[:0]
	return n, err
}

func (c *HTTPTransport) send(batch *j.Batch) error {
	buffer := thrift.NewTMemoryBuffer()
	if err := batch.Write(context.Background(), thrift.NewTBinaryProtocolTransport(buffer)); err != nil {
		return err
	}
	status, _, err := c.request().Send(c.client, buffer.Bytes())
	if err == nil && status >= http.StatusMultipleChoices {
		err = fmt.Errorf("error from collector: %d", status)
	}
	return err
}

func (c *HTTPTransport) request() *post.Request {
	r := &post.Request{URL: c.url, Header: c.headers}
	if a := c.credentials; a != nil {
		r.Username, r.Password, r.Auth = a.username, a.password, true
	}
	return r
}
