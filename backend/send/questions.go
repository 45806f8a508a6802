// SPDX-License-Identifier: Apache-2.0

package send

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/sampling"
)

// Questions asks a receiver how services should sample: over JaegerGRPC, or as
// ThriftHTTP's receivers answer. Its methods may be called from any goroutine.
type Questions struct {
	ask   func(ctx context.Context, service string) (sampling.Strategy, error)
	close func() error
}

// NewQuestions returns a Questions. Of an Endpoint with dns:/// in front any address
// is asked. It reads the TLS files, but opens no connection.
func NewQuestions(c Config) (*Questions, error) {
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.Endpoint = strings.TrimPrefix(c.Endpoint, "dns:///")
	switch c.Protocol {
	case JaegerGRPC:
		s := &connection{}
		if err := s.open(c); err != nil {
			return nil, err
		}
		return &Questions{s.strategy, s.Close}, nil
	case ThriftHTTP:
		return overHTTP(c)
	}
	return nil, fmt.Errorf("%s has no question how to sample: use %s or %s", c.Protocol, JaegerGRPC, ThriftHTTP)
}

// Strategy asks for that of a service.
func (q *Questions) Strategy(ctx context.Context, service string) (sampling.Strategy, error) {
	return q.ask(ctx, service)
}

// Close closes the connections.
func (q *Questions) Close() error { return q.close() }

// strategy calls SamplingManager (jaeger-idl, proto/api_v2/sampling.proto).
func (c *connection) strategy(ctx context.Context, service string) (sampling.Strategy, error) {
	request := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), service)
	answer, e := c.call(ctx, "/jaeger.api_v2.SamplingManager/GetSamplingStrategy", request)
	if e != nil {
		return sampling.Strategy{}, e
	}
	return sampling.ParseProto(answer)
}

// overHTTP asks GET /api/sampling, beside /api/traces.
func overHTTP(c Config) (*Questions, error) {
	if _, err := HostPort(c.Protocol, c.Endpoint); err != nil {
		return nil, err
	}
	if _, err := c.TLS.Config(); err != nil {
		return nil, err
	}
	u, err := url.Parse(endpointURL(&c))
	if err != nil {
		return nil, err
	}
	u.Path = strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/api/traces") + "/api/sampling"
	dialer := &net.Dialer{}
	t := &http.Transport{
		DialContext: dialer.DialContext,
		DialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			config, err := c.TLS.Config() // each time, for files change
			if err != nil {
				return nil, err
			}
			return (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, network, addr)
		},
		MaxResponseHeaderBytes: mostAnswer,
	}
	client := &http.Client{
		Transport: t, Timeout: c.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a token is for c.Endpoint
	}
	ask := func(ctx context.Context, service string) (sampling.Strategy, error) {
		q := *u
		q.RawQuery = url.Values{"service": {service}}.Encode()
		b, err := get(ctx, client, q.String(), &c)
		if err != nil {
			return sampling.Strategy{}, err
		}
		return sampling.ParseJSON(b)
	}
	return &Questions{ask, func() error { t.CloseIdleConnections(); return nil }}, nil
}

// get returns the body of an answer.
func get(ctx context.Context, client *http.Client, url string, c *Config) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header = c.header()
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case len(b) > mostAnswer:
		return nil, fmt.Errorf("an answer of more than %d bytes", mostAnswer)
	case resp.StatusCode != http.StatusOK:
		return nil, errors.New(resp.Status + ": " + shorten(string(b)))
	}
	return b, nil
}
