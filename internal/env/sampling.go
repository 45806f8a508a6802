// SPDX-License-Identifier: Apache-2.0

package env

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/sampler"
)

const (
	samplerType  = "JAEGER_SAMPLER_TYPE"
	samplerParam = "JAEGER_SAMPLER_PARAM"
	otelArgument = "OTEL_TRACES_SAMPLER_ARG"

	refreshInterval = "JAEGER_SAMPLER_REFRESH_INTERVAL"
	leastRefresh    = time.Second
)

var (
	errProbability = errors.New("not a probability from 0 to 1")
	errRate        = fmt.Errorf("not a number of traces a second from 0 to %d", int(sampler.MaxTracesPerSecond))
	errArgument    = errors.New("endpoint, pollingIntervalMs and initialSamplingRate are known")
)

// setSampler combines type, parameter and what says where the sampling server is.
func (r *reader) setSampler() {
	if r.isSet(samplerType) || r.isSet(samplerParam) {
		r.setJaegerSampler()
		r.warnOfUnused("spur: not used, since JAEGER_SAMPLER_TYPE or JAEGER_SAMPLER_PARAM is set", "OTEL_TRACES_SAMPLER", otelArgument)
	} else {
		r.setOtelSampler()
	}
	r.SamplingEndpoint = cmp.Or(r.first("JAEGER_SAMPLING_ENDPOINT", "JAEGER_SAMPLER_MANAGER_HOST_PORT").text, r.SamplingEndpoint, r.agentSampling())
	if strings.Contains(r.SamplingEndpoint+"/", ":14250/") { // where OpenTelemetry's own samplers ask
		r.warn("spur: port 14250 speaks gRPC; Jaeger says how to sample over HTTP at port 5778", "endpoint", address.Hide(r.SamplingEndpoint))
	}
	if r.RefreshInterval > 0 && r.RefreshInterval < leastRefresh {
		name := otelArgument
		if r.isSet(refreshInterval) {
			name = refreshInterval
		}
		r.warn("spur: the sampling server is asked once a second at most", "variable", name, "value", r.shown(name))
	}
}

// agentSampling is the sampling server in parts, as Node.js has them; by default it
// is where the agent is.
func (r *reader) agentSampling() string {
	host := cmp.Or(r.text("JAEGER_SAMPLER_HOST"), r.text("JAEGER_AGENT_HOST"))
	port, path := r.text("JAEGER_SAMPLER_PORT"), r.text("JAEGER_SAMPLER_SAMPLING_PATH")
	if host == "" && port == "" && path == "" {
		return ""
	}
	u := url.URL{Scheme: "http", Host: address.Join(cmp.Or(host, "127.0.0.1"), cmp.Or(port, "5778"))}
	return u.String() + cmp.Or(path, "/sampling")
}

func (r *reader) setJaegerSampler() {
	kind, param := r.get(samplerType), r.get(samplerParam)
	if kind.given != "" && kind.text == "" || param.given != "" && param.text == "" {
		return // wrong, and reported
	}
	r.Sampler, r.SamplerParam = cmp.Or(kind.text, "remote"), param.number
	shares := r.Sampler == "remote" || r.Sampler == "probabilistic"
	var err error
	switch p := r.SamplerParam; {
	case param.given == "" && shares:
		r.SamplerParam = sampler.DefaultProbability
	case param.given == "":
		r.warn("spur: nothing is sampled: JAEGER_SAMPLER_PARAM is not set", samplerType, r.Sampler)
	case shares:
		err = checkProbability(p)
	case r.Sampler == "ratelimiting" && (p < 0 || p > sampler.MaxTracesPerSecond):
		err = errRate
	case r.Sampler == "const" && p != 0 && p != 1:
		r.warn("spur: everything is sampled: for const only 0 means nothing", "variable", samplerParam, "value", r.shown(samplerParam))
	}
	if err != nil {
		r.wrong(samplerParam, err)
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
	kind, parentBased := strings.CutPrefix(r.text("OTEL_TRACES_SAMPLER"), "parentbased_")
	arg := r.get(otelArgument).given
	if kind != "traceidratio" && kind != "jaeger_remote" {
		r.warnOfUnused("spur: not used: OTEL_TRACES_SAMPLER names no sampler that takes an argument", otelArgument)
	}
	was := r.Settings
	var err error
	switch kind {
	case "":
		return
	case "always_on":
		r.Sampler, r.SamplerParam = "const", 1
	case "always_off":
		r.Sampler = "const"
	case "traceidratio":
		r.Sampler, r.SamplerParam = "probabilistic", 1
		if arg != "" {
			r.SamplerParam, err = probability(arg)
		}
	case "jaeger_remote":
		r.Sampler, r.SamplerParam = "remote", sampler.DefaultProbability
		err = r.parseRemote(arg)
	}
	if err != nil {
		r.Settings = was
		r.wrong(otelArgument, err)
		return
	}
	r.IgnoreParent = !parentBased
}

func probability(value string) (float64, error) {
	p, err := number(value)
	if err != nil {
		return 0, err
	}
	return p, checkProbability(p)
}

// parseRemote reads the argument of jaeger_remote.
func (r *reader) parseRemote(list string) error {
	tags, err := r.pairs(otelArgument, list, nil)
	for _, t := range tags {
		if err != nil {
			break
		}
		switch t.Key {
		case "endpoint":
			r.SamplingEndpoint, err = t.Value, samplingEndpoint(t.Value)
		case "pollingIntervalMs":
			var ms int64
			if ms, err = count(t.Value, maxDelay); r.RefreshInterval == 0 {
				r.RefreshInterval = time.Duration(ms) * time.Millisecond
			}
		case "initialSamplingRate":
			r.SamplerParam, err = probability(t.Value)
		default:
			err = errArgument
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", format.Short(t.Key, 64), err)
		}
	}
	return err
}
