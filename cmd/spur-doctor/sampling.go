// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/sampler"
)

// askSampling asks the sampling server once, for the service that the environment
// names.
func (e *environment) askSampling(ctx context.Context, most time.Duration) connection {
	s := &e.read
	c := connection{Name: "sampling", Address: address.Hide(cmp.Or(s.SamplingEndpoint, defaultSampling)), Source: e.samplingServer().Source, Used: true}
	asked := cmp.Or(s.Service, service)
	server, err := poll.NewServer(poll.ServerOptions{
		Service: asked, Endpoint: s.SamplingEndpoint, Path: "/sampling", Client: poll.NewClient(nil, http.ProxyFromEnvironment),
	})
	if err != nil {
		c.Status, c.Text = fail, format.Line("cannot be asked: "+err.Error(), maxText)
		return c
	}
	c.Address = server.String()
	strategy, err := poll.Fetch(ctx, server, "", sampler.MaxStrategyBytes, sampler.ParseStrategy)
	switch {
	case err == nil:
		c.Strategy = format.Line(strategy.String(), maxText)
		c.Text = format.Line("answered for the service "+asked+": "+c.Strategy, maxText)
		return c
	case errors.Is(err, context.DeadlineExceeded):
		c.Text = "no answer within " + most.String()
	default:
		c.Text = format.Line("no strategy: "+strings.TrimPrefix(err.Error(), "poll: "), maxText)
	}
	c.Status, c.Hint = warn, hintOfSampling(err)
	if c.Source != byDefault || e.read.Sampler == "remote" {
		c.Status = fail // somebody wants it
	}
	return c
}

// hintOfSampling says what is probably wrong.
func hintOfSampling(err error) string {
	const until = "until it answers, new traces are sampled as the setting sampler says; JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1 records all"
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "is the host's name right? " + until
	case errors.Is(err, poll.ErrStatus), errors.Is(err, sampler.ErrStrategy):
		return "is it Jaeger's sampling server, usually /sampling at port 5778? " + until
	}
	return until
}
