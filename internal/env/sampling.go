// SPDX-License-Identifier: Apache-2.0

package env

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/sampler"
)

var (
	errPath        = errors.New("not the path of a URL")
	errSampling    = errors.New("neither a URL nor host:port")
	errProbability = errors.New("not a probability from 0 to 1")
	errRate        = fmt.Errorf("not a number of traces a second from 0 to %d", int(sampler.MaxTracesPerSecond))
)

func (r *reader) parseSamplingPath(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "" || u.Host != "" {
		return errPath
	}
	r.samplerPath = "/" + strings.TrimPrefix(value, "/")
	return nil
}

func (r *reader) parseSamplingEndpoint(value string) error {
	if strings.Contains(value, "://") {
		if _, _, err := address.URL(value); err != nil {
			return err
		}
	} else if _, _, _, err := address.HostPort(value); err != nil {
		return fmt.Errorf("%w: %w", errSampling, err)
	}
	r.SamplingEndpoint = value
	return nil
}

// setSamplingEndpoint combines what says where the sampling server is. By default that
// is the agent.
func (r *reader) setSamplingEndpoint() {
	if r.SamplingEndpoint == "" && (r.agentHost != "" || r.samplerHost != "" || r.samplerPort != "" || r.samplerPath != "") {
		u := url.URL{Scheme: "http", Host: address.Join(cmp.Or(r.samplerHost, r.agentHost, "127.0.0.1"), cmp.Or(r.samplerPort, "5778"))}
		r.SamplingEndpoint = u.String() + cmp.Or(r.samplerPath, "/sampling")
	}
}

// setSampler combines type and parameter.
func (r *reader) setSampler() {
	hasType, hasParam := r.isSet("JAEGER_SAMPLER_TYPE"), r.isSet("JAEGER_SAMPLER_PARAM")
	switch {
	case !hasType && !hasParam:
		r.setOtelSampler()
		return
	case hasType && r.samplerType == "", hasParam && r.samplerParam == nil:
		return // wrong, and reported
	}
	r.Sampler = cmp.Or(r.samplerType, "remote")
	switch {
	case hasParam:
		r.SamplerParam = *r.samplerParam
	case r.Sampler == "remote" || r.Sampler == "probabilistic":
		r.SamplerParam = sampler.DefaultProbability
	default:
		r.warn("spur: nothing is sampled: JAEGER_SAMPLER_PARAM is not set", "JAEGER_SAMPLER_TYPE", r.Sampler)
	}
	var err error
	switch r.Sampler {
	case "remote", "probabilistic":
		err = checkProbability(r.SamplerParam)
	case "ratelimiting":
		if r.SamplerParam < 0 || r.SamplerParam > sampler.MaxTracesPerSecond {
			err = errRate
		}
	}
	if err != nil {
		r.wrong("JAEGER_SAMPLER_PARAM", err)
		r.Sampler, r.SamplerParam = "", 0
	}
}

func checkProbability(p float64) error {
	if p < 0 || p > 1 {
		return errProbability
	}
	return nil
}

// setOtelSampler does the same for the variables of OpenTelemetry. An argument that
// is not set means 1 there; one that is wrong makes the whole setting wrong, so that a
// typing error does not record everything.
func (r *reader) setOtelSampler() {
	const arg = "OTEL_TRACES_SAMPLER_ARG"
	kind := strings.ToLower(r.values["OTEL_TRACES_SAMPLER"])
	kind, parentBased := strings.CutPrefix(kind, "parentbased_")
	probability := 1.0
	switch kind {
	case "":
		return
	case "always_on":
		r.Sampler = "const"
	case "always_off":
		r.Sampler, probability = "const", 0
	case "traceidratio":
		if r.isSet(arg) {
			p, err := number(r.values[arg])
			if err == nil {
				err = checkProbability(*p)
			}
			if err != nil {
				r.wrong(arg, err)
				return
			}
			probability = *p
		}
		r.Sampler = "probabilistic"
	}
	r.SamplerParam, r.IgnoreParent = probability, !parentBased
}
