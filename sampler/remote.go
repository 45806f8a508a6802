// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-spur/spur/internal/poll"
)

const (
	samplingPath  = "/sampling"     // where Jaeger's agents and v2 answer
	firstRetry    = time.Second     // how soon a server that has not answered yet is asked again
	startPatience = 5 * time.Second // how long it may fail at the start before people hear of it
)

var errNoSampler = errors.New("sampler: the parser returned no sampler")

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
// /sampling?service=NAME, as Jaeger's clients do, within a second and then again and
// again. An answer that cannot be used in full is counted, and the last good strategy
// stays in force: redirects, statuses other than 2xx, more than 1 MiB after
// decompression, and what ParseStrategy refuses.
//
// Sample costs one atomic load more than the sampler in force: a *Probabilistic,
// *RateLimiting or *PerOperation, whose tags sampled roots have. What these
// remember survives a refresh.
//
// It samples new traces; give it to NewParentBased.
type Remote struct{ follower }

// NewRemote starts following the strategy of a service, on one goroutine that
// ends with Close, or with the tracer it is given to. A server that cannot be
// reached is no error; an ErrInvalidOption names the option.
func NewRemote(service string, o RemoteOptions) (*Remote, error) {
	s, err := o.follow(service)
	if err != nil {
		return nil, err
	}
	r := &Remote{}
	r.follow("remote", s)
	return r, nil
}

// follow says what is followed.
func (o *RemoteOptions) follow(service string) (s poll.Source[Sampler], err error) {
	if o.MaxOperations < 0 {
		return s, fmt.Errorf("%w: MaxOperations %d is negative", ErrInvalidOption, o.MaxOperations)
	}
	asked := poll.ServerOptions{
		Service: service, Endpoint: o.Endpoint, Path: samplingPath, Client: o.Client,
		RefreshInterval: o.RefreshInterval, Timeout: o.Timeout,
	}
	if o.Fetcher != nil {
		asked.Endpoint, asked.Client = "", nil // not used
	}
	server, err := poll.NewServer(asked)
	if err != nil {
		return s, fmt.Errorf("%w: %w", ErrInvalidOption, err)
	}
	initial := o.Initial
	if initial == nil {
		initial, _ = NewProbabilistic(DefaultProbability) // in range
	}
	parse := o.parse()
	s = poll.Source[Sampler]{
		Options: poll.Options{Interval: o.RefreshInterval, Retry: firstRetry, Timeout: o.Timeout},
		Name:    server.String(), Initial: initial, Logger: o.Logger, Patience: startPatience,
		Update: func(ctx context.Context, current Sampler) (Sampler, error) {
			return poll.Fetch(ctx, server, "", MaxStrategyBytes, func(body []byte) (Sampler, error) { return parse(body, current) })
		},
	}
	if o.Fetcher != nil {
		s.Name = nameOf(o.Fetcher)
		s.Update = func(ctx context.Context, current Sampler) (Sampler, error) {
			body, err := o.Fetcher.Fetch(ctx, service)
			if err != nil {
				return nil, err
			}
			return parse(body, current)
		}
	}
	return s, nil
}

// parse returns how answers are parsed.
func (o *RemoteOptions) parse() func(body []byte, current Sampler) (Sampler, error) {
	if o.Parser == nil {
		return func(body []byte, current Sampler) (Sampler, error) {
			s, err := parseStrategy(body, max(o.MaxOperations, MaxOperations))
			if err != nil {
				return nil, err
			}
			return s.Sampler(current, o.MaxOperations)
		}
	}
	return func(body []byte, current Sampler) (Sampler, error) {
		next, err := o.Parser.Parse(body, current)
		if err != nil {
			return nil, poll.Foreign(err)
		}
		if next == nil {
			return nil, errNoSampler
		}
		return next, nil
	}
}
