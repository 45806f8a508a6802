// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

func otelSampler(_ *env, value string) error {
	kinds := []string{"always_on", "always_off", "traceidratio"}
	for _, kind := range kinds {
		kinds = append(kinds, "parentbased_"+kind)
	}
	return oneOf(kinds...)(nil, value)
}

func samplerType(e *env, value string) error {
	e.samplerType = strings.ToLower(value)
	return oneOf("const", "probabilistic", "ratelimiting", "remote")(e, value)
}

func samplerParam(e *env, value string) error {
	f, err := parseNumber(value)
	if err != nil {
		return err
	}
	e.samplerParam = &f
	return nil
}

func urlPath(_ *env, value string) error {
	if u, err := url.Parse(value); err != nil || u.Scheme != "" || u.Host != "" {
		return errors.New("not the path of a URL")
	}
	return nil
}

func samplingEndpoint(e *env, value string) error {
	e.endpoint = value
	if strings.Contains(value, "://") {
		return webURL(nil, value)
	}
	// NewUDP checks the address and opens nothing.
	if _, err := transport.NewUDP(value, transport.UDPOptions{}); err != nil {
		return errors.New("neither a URL nor host:port")
	}
	return nil
}

// setSamplingEndpoint combines what says where the sampling server is. It runs on
// the agent's host, as far as anybody knows.
func (e *env) setSamplingEndpoint() {
	switch {
	case e.endpoint != "":
		e.c.remote.Endpoint = e.endpoint
	case e.host != "" || e.samplerHost != "" || e.samplerPort != "" || e.samplerPath != "":
		host := cmp.Or(e.samplerHost, e.host, "127.0.0.1")
		path := "/" + strings.TrimPrefix(cmp.Or(e.samplerPath, "/sampling"), "/")
		u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, cmp.Or(e.samplerPort, "5778"))}
		e.c.remote.Endpoint = u.String() + path
	}
}

// setSampler combines type and parameter.
func (e *env) setSampler() {
	if !e.isSet("JAEGER_SAMPLER_TYPE", "JAEGER_SAMPLER_PARAM") {
		e.setOtelSampler()
		return
	}
	param := func(unset float64) float64 {
		if e.samplerParam != nil {
			return *e.samplerParam
		}
		if unset == 0 && !e.isSet("JAEGER_SAMPLER_PARAM") {
			e.c.warn("spur: nothing is sampled: JAEGER_SAMPLER_PARAM is not set", "JAEGER_SAMPLER_TYPE", e.samplerType)
		}
		return unset
	}
	var s sampler.Sampler
	var err error
	switch e.samplerType {
	case "", "remote":
		// buildSampler makes it.
		e.c.sampler, e.c.probability = nil, param(sampler.DefaultProbability)
		_, err = sampler.NewProbabilistic(e.c.probability)
	case "probabilistic":
		s, err = sampler.NewProbabilistic(param(sampler.DefaultProbability))
	case "ratelimiting":
		s, err = sampler.NewRateLimiting(param(0))
	case "const":
		s = sampler.NewConst(param(0) != 0)
	}
	switch {
	case err != nil:
		e.wrong("JAEGER_SAMPLER_PARAM", err)
	case s != nil:
		e.c.sampler = sampler.NewParentBased(s)
	}
}

// setOtelSampler does the same for the variables of OpenTelemetry. An argument
// that is not set means 1 there; one that is wrong makes the whole setting wrong,
// so that a slip of the pen does not record everything.
func (e *env) setOtelSampler() {
	kind := strings.ToLower(e.set["OTEL_TRACES_SAMPLER"].value)
	kind, parentBased := strings.CutPrefix(kind, "parentbased_")
	var s sampler.Sampler
	switch kind {
	case "always_on":
		s = sampler.NewConst(true)
	case "always_off":
		s = sampler.NewConst(false)
	case "traceidratio":
		rate := 1.0
		if e.isSet("OTEL_TRACES_SAMPLER_ARG") {
			var err error
			if rate, err = parseNumber(e.set["OTEL_TRACES_SAMPLER_ARG"].value); err != nil {
				e.wrong("OTEL_TRACES_SAMPLER_ARG", err)
				return
			}
		}
		p, err := sampler.NewProbabilistic(rate)
		if err != nil {
			e.wrong("OTEL_TRACES_SAMPLER_ARG", err)
			return
		}
		s = p
	default:
		return // not set, or wrong and reported
	}
	if parentBased {
		s = sampler.NewParentBased(s)
	}
	e.c.sampler = s
}
