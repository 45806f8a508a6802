// SPDX-License-Identifier: Apache-2.0

package zipkin

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/internal/post"
	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/zipkincore"
)

const defaultBatchSize = 100

// HTTPTransport sends spans to Zipkin, as Thrift over HTTP, for a remote reporter. Its
// methods may be called from any goroutine. Redirects are not followed.
type HTTPTransport struct {
	logger          jaeger.Logger
	url             string
	client          *http.Client
	batchSize       int
	httpCredentials *HTTPBasicAuthCredentials

	mu    sync.Mutex
	spans []*zipkincore.Span
}

var _ jaeger.Transport = (*HTTPTransport)(nil)

// NewHTTPTransport makes a transport to a URL of Zipkin's, such as
// http://zipkin:9411/api/v1/spans. The error is always nil: a URL that cannot be used is an
// error of Append and Flush.
func NewHTTPTransport(url string, options ...HTTPOption) (*HTTPTransport, error) {
	c := &HTTPTransport{logger: jaeger.NullLogger, url: url, client: post.NewClient(), batchSize: defaultBatchSize}
	for _, o := range options {
		if o != nil {
			o(c)
		}
	}
	return c, nil
}

// Append implements jaeger.Transport.
func (c *HTTPTransport) Append(span *jaeger.Span) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans = append(c.spans, jaeger.BuildZipkinThrift(span))
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
	err := c.send()
	clear(c.spans)
	c.spans = c.spans[:0]
	return n, err
}

func (c *HTTPTransport) send() error {
	batch, err := encode(c.spans)
	if err != nil {
		return err
	}
	r := post.Request{URL: c.url}
	if a := c.httpCredentials; a != nil {
		r.Username, r.Password, r.Auth = a.username, a.password, true
	}
	status, answer, err := r.Send(c.client, batch)
	if err == nil && status >= http.StatusMultipleChoices {
		err = fmt.Errorf("error from collector: code=%d body=%.500q", status, answer)
	}
	return err
}

// encode writes a list of spans in Thrift's binary protocol.
func encode(spans []*zipkincore.Span) ([]byte, error) {
	ctx, buffer := context.Background(), thrift.NewTMemoryBuffer()
	p := thrift.NewTBinaryProtocolTransport(buffer)
	if err := p.WriteListBegin(ctx, thrift.STRUCT, len(spans)); err != nil {
		return nil, err
	}
	for _, s := range spans {
		if err := s.Write(ctx, p); err != nil {
			return nil, err
		}
	}
	return buffer.Bytes(), p.WriteListEnd(ctx)
}
