// SPDX-License-Identifier: Apache-2.0

package send

import (
	"context"
	"net"
	"strings"
	"sync"

	"github.com/go-spur/spur/transport"
)

// requests sends requests of HTTP over as many connections as are needed at a time,
// which are kept.
type requests struct {
	endpoint string
	options  transport.HTTPOptions

	mu     sync.Mutex
	idle   []*transport.HTTP
	closed bool
	stop   context.CancelFunc
	ctx    context.Context // done when closed
}

// open checks the configuration.
func (r *requests) open(c Config, format transport.Format) error {
	if _, err := HostPort(c.Protocol, c.Endpoint); err != nil {
		return err
	}
	r.endpoint = endpointURL(&c)
	r.options = transport.HTTPOptions{
		Format: format, Header: c.header(), BearerToken: c.Token, Gzip: format == transport.OTLP, Timeout: c.Timeout, MaxBatch: longest,
		TLS: c.TLS.base(), CAFile: c.TLS.CA, CertFile: c.TLS.Cert, KeyFile: c.TLS.Key,
	}
	if address := c.Address; address != "" {
		r.options.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		}
	}
	r.ctx, r.stop = context.WithCancel(context.Background())
	first, err := transport.NewHTTP(r.endpoint, r.options)
	if err != nil {
		return err
	}
	r.idle = []*transport.HTTP{first}
	return nil
}

// endpointURL is c.Endpoint as a URL.
func endpointURL(c *Config) string {
	switch {
	case strings.Contains(c.Endpoint, "://"):
		return c.Endpoint
	case c.TLS.Enabled:
		return "https://" + c.Endpoint
	}
	return "http://" + c.Endpoint
}

// post makes one request.
func (r *requests) post(ctx context.Context, body []byte) error {
	h, err := r.take()
	if err != nil {
		return failed(transport.Permanent, err)
	}
	defer r.give(h)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.ctx, cancel)()
	return h.Send(ctx, body)
}

// take returns a connection that nobody uses.
func (r *requests) take() (*transport.HTTP, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, transport.ErrClosed
	}
	if last := len(r.idle) - 1; last >= 0 {
		h := r.idle[last]
		r.idle = r.idle[:last]
		return h, nil
	}
	return transport.NewHTTP(r.endpoint, r.options)
}

// give takes it back.
func (r *requests) give(h *transport.HTTP) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		_ = h.Close() // always nil
		return
	}
	r.idle = append(r.idle, h)
}

// Close implements Sender.
func (r *requests) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.stop()
	for _, h := range r.idle {
		_ = h.Close() // always nil
	}
	r.idle = nil
	return nil
}
