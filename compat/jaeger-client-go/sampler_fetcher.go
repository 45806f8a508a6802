// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/go-spur/spur/sampler"
)

// httpFetcher asks a sampling server.
type httpFetcher struct {
	serverURL string
	client    http.Client
}

func newHTTPFetcher(serverURL string) *httpFetcher {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	//nolint:forbidigo // a copy of what the program has set, as in jaeger-client-go, unless it is instrumented
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = t.Clone()
	}
	transport.DisableKeepAlives = true // a minute is too long to hold on to an idle connection
	return &httpFetcher{serverURL, http.Client{Transport: transport, Timeout: fetchTimeout}}
}

// Fetch implements SamplingStrategyFetcher.
func (f *httpFetcher) Fetch(service string) ([]byte, error) {
	return f.fetch(context.Background(), service)
}

// sourceOf names what is asked, without credentials and query.
func sourceOf(f SamplingStrategyFetcher) string {
	if own, ok := f.(*httpFetcher); ok {
		if u, err := url.Parse(own.serverURL); err == nil {
			return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
		}
	}
	return fmt.Sprintf("%T", f)
}

func (f *httpFetcher) fetch(ctx context.Context, service string) ([]byte, error) {
	uri := f.serverURL + "?" + url.Values{"service": {service}}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, err
	}
	response, err := f.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, sampler.MaxStrategyBytes+1))
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, fmt.Errorf("StatusCode: %d, Body: %.*s", response.StatusCode, shownBytes, body)
	}
	if len(body) > sampler.MaxStrategyBytes {
		return nil, fmt.Errorf("the answer has more than %d bytes", sampler.MaxStrategyBytes)
	}
	return body, nil
}
