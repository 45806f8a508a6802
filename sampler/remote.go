// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/go-spur/spur/internal/poll"
)

var (
	_ Sampler   = (*Remote)(nil)
	_ Statuser  = (*Remote)(nil)
	_ io.Closer = (*Remote)(nil)
)

// Where Jaeger's agents and v2 answer, and how soon a server that has not answered
// yet is asked again.
const (
	defaultEndpoint = "127.0.0.1"
	samplingPort    = "5778"
	samplingPath    = "/sampling"
	firstRetry      = time.Second
)

// Fetcher gets what a sampling server answers for a service. Fetch is called from
// one goroutine at a time, must return soon after ctx ends, and should not return
// more than MaxStrategyBytes. A Fetcher that is a fmt.Stringer names itself in
// Status.Source; it must not tell secrets.
type Fetcher interface {
	Fetch(ctx context.Context, service string) ([]byte, error)
}

// Parser makes a sampler of an answer. current is the one in force; to return it
// means that nothing changes. Parse is called from one goroutine at a time. After
// an error, or a nil sampler, current stays in force. A sampler that Parse returns
// is never closed, and is not asked again if it answers Undecided.
//
// A Parser for another format of the same strategies ends with
//
//	return strategy.Sampler(current, maxOperations)
type Parser interface {
	Parse(answer []byte, current Sampler) (Sampler, error)
}

// RemoteOptions change what NewRemote does. The zero value asks an agent on the
// same host once a minute.
type RemoteOptions struct {
	// Endpoint is the sampling server: a URL, or host or host:port alone, which
	// means port 5778 without one. Without a path it has /sampling. 127.0.0.1 when
	// empty.
	Endpoint string
	// RefreshInterval is the time between two fetches, plus or minus a tenth of
	// it; a minute when 0. One below a second counts as a second. Until the first
	// answer has come fetches follow sooner: after about 1, 2, 4, … s.
	RefreshInterval time.Duration
	// Timeout is the deadline of one fetch, from connecting to the last byte; 10 s
	// when 0.
	Timeout time.Duration
	// Initial samples until the first answer; NewProbabilistic(DefaultProbability)
	// when nil. It is not closed.
	Initial Sampler
	// MaxOperations is how many operations are known by name: see NewPerOperation.
	// It is the default, MaxOperations, when 0; an answer may list as many, and
	// never fewer than the default.
	MaxOperations int
	// Client fetches, for TLS, proxies and authentication. By default, and where
	// its Transport or CheckRedirect is nil, connections are the sampler's own,
	// without a proxy, and redirects are not followed. Its Transport should not
	// be traced by the same tracer.
	Client *http.Client
	// Fetcher replaces HTTP; Endpoint and Client are not used then.
	Fetcher Fetcher
	// Parser replaces ParseStrategy and Strategy.Sampler.
	Parser Parser
	// Logger gets a line when fetches begin to fail and one when they succeed
	// again; slog.Default() when nil. In the first 5 s no line is written: servers
	// often start together with their clients.
	Logger *slog.Logger
}

// Remote samples as a server says that the service should. It asks GET
// /sampling?service=NAME, as Jaeger's clients do, at once (within a second, at a
// random moment) and then again and again. An answer that cannot be used in full,
// for whatever reason, is counted, and the last good strategy stays in force:
// redirects, statuses other than 2xx, more than 1 MiB after decompression, and
// what ParseStrategy refuses.
//
// Sample costs one atomic load more than the sampler in force: a *Probabilistic,
// *RateLimiting or *PerOperation, whose tags sampled roots have. What these
// remember survives a refresh.
//
// It samples new traces; give it to NewParentBased.
type Remote struct {
	follower follower
}

// NewRemote starts following the strategy of a service, on one goroutine that
// ends with Close, or with the tracer it is given to. A server that cannot be
// reached is no error; an ErrInvalidOption names the option.
func NewRemote(service string, o RemoteOptions) (*Remote, error) {
	if err := o.validate(service); err != nil {
		return nil, err
	}
	if o.Fetcher == nil {
		web, err := newWebFetcher(o.Endpoint, service, o.Client)
		if err != nil {
			return nil, fmt.Errorf("%w: Endpoint: %w", ErrInvalidOption, err)
		}
		o.Fetcher = web
	}
	if o.Parser == nil {
		o.Parser = strategyParser(o.MaxOperations)
	}
	if o.Initial == nil {
		o.Initial, _ = NewProbabilistic(DefaultProbability) // in range
	}
	r := &Remote{follower{
		kind: "remote", source: nameOf(o.Fetcher),
		fetch: func(ctx context.Context) ([]byte, error) { return o.Fetcher.Fetch(ctx, service) },
		parse: o.Parser.Parse,
	}}
	r.follower.start(o.Initial, time.Time{}, o.Logger, poll.Options{
		Interval: o.RefreshInterval, Retry: firstRetry, Timeout: o.Timeout,
	})
	return r, nil
}

func (o *RemoteOptions) validate(service string) error {
	switch {
	case service == "":
		return fmt.Errorf("%w: no service name", ErrInvalidOption)
	case o.RefreshInterval < 0:
		return fmt.Errorf("%w: RefreshInterval %v is negative", ErrInvalidOption, o.RefreshInterval)
	case o.Timeout < 0:
		return fmt.Errorf("%w: Timeout %v is negative", ErrInvalidOption, o.Timeout)
	case o.MaxOperations < 0:
		return fmt.Errorf("%w: MaxOperations %d is negative", ErrInvalidOption, o.MaxOperations)
	}
	return nil
}

// Sample implements Sampler.
func (r *Remote) Sample(p Params) Decision { return r.follower.current.Load().Sample(p) }

// Status implements Statuser. Type, Param and Operations are those of the sampler
// in force.
func (r *Remote) Status() Status { return r.follower.status() }

// String returns a description such as
// "remote(ratelimiting(5) from http://127.0.0.1:5778/sampling)", or
// "remote(probabilistic(0.001) until http://127.0.0.1:5778/sampling answers)".
func (r *Remote) String() string { return r.follower.status().Description }

// Close stops fetching, within 100 ms. The strategy stays in force. Further calls
// do nothing more; the error is nil.
func (r *Remote) Close() error { return r.follower.loop.Close() }

// strategyParser parses Jaeger's JSON. It is RemoteOptions.MaxOperations.
type strategyParser int

// Parse implements Parser.
func (m strategyParser) Parse(body []byte, current Sampler) (Sampler, error) {
	s, err := parseStrategy(body, max(int(m), MaxOperations))
	if err != nil {
		return nil, err
	}
	return s.Sampler(current, int(m))
}

// webFetcher is a sampling server.
type webFetcher struct {
	client *http.Client
	url    string
	source string // for people
}

func newWebFetcher(endpoint, service string, client *http.Client) (*webFetcher, error) {
	if endpoint == "" {
		endpoint = defaultEndpoint
	}
	u, err := poll.Endpoint(endpoint, samplingPort, samplingPath, service)
	if err != nil {
		return nil, err
	}
	return &webFetcher{
		client: poll.Client(client), url: u.String(),
		source: (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(),
	}, nil
}

// String implements fmt.Stringer.
func (f *webFetcher) String() string { return f.source }

// Fetch implements Fetcher.
func (f *webFetcher) Fetch(ctx context.Context, _ string) ([]byte, error) {
	return poll.Get(ctx, f.client, f.url, MaxStrategyBytes)
}
