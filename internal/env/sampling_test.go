// SPDX-License-Identifier: Apache-2.0

package env

import (
	"strings"
	"testing"
)

func TestSampler(t *testing.T) {
	const (
		unset = " Warnings=[{spur: nothing is sampled: JAEGER_SAMPLER_PARAM is not set [JAEGER_SAMPLER_TYPE "
		wrong = "Warnings=[{spur: wrong setting ignored [variable OTEL_TRACES_SAMPLER_ARG value "
	)
	for _, tc := range []struct{ vars, want string }{
		{"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1", "Sampler=const SamplerParam=1"},
		{"JAEGER_SAMPLER_TYPE=Const JAEGER_SAMPLER_PARAM=0", "Sampler=const"},
		{"JAEGER_SAMPLER_TYPE=const", "Sampler=const" + unset + "const]}]"},
		{"JAEGER_SAMPLER_TYPE=probabilistic JAEGER_SAMPLER_PARAM=.5", "Sampler=probabilistic SamplerParam=0.5"},
		{"JAEGER_SAMPLER_TYPE=probabilistic", "Sampler=probabilistic SamplerParam=0.001"},
		{"JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=2.5", "Sampler=ratelimiting SamplerParam=2.5"},
		{"JAEGER_SAMPLER_TYPE=ratelimiting", "Sampler=ratelimiting" + unset + "ratelimiting]}]"},
		{"JAEGER_SAMPLER_TYPE=remote JAEGER_SAMPLER_PARAM=1", "Sampler=remote SamplerParam=1"},
		{"JAEGER_SAMPLER_TYPE=remote", "Sampler=remote SamplerParam=0.001"},
		{"JAEGER_SAMPLER_PARAM=0", "Sampler=remote"},
		{"JAEGER_SAMPLER_PARAM=0.25", "Sampler=remote SamplerParam=0.25"},
		{"OTEL_TRACES_SAMPLER=always_on", "Sampler=const SamplerParam=1 IgnoreParent=true"},
		{"OTEL_TRACES_SAMPLER=parentbased_always_on", "Sampler=const SamplerParam=1"},
		{"OTEL_TRACES_SAMPLER=always_off", "Sampler=const IgnoreParent=true"},
		{"OTEL_TRACES_SAMPLER=parentbased_always_off", "Sampler=const"},
		{"OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=0.1", "Sampler=probabilistic SamplerParam=0.1 IgnoreParent=true"},
		{"OTEL_TRACES_SAMPLER=ParentBased_TraceIDRatio", "Sampler=probabilistic SamplerParam=1"},
		// A typing error does not sample everything.
		{"OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=NaN", wrong + "NaN error not a number]}]"},
		{"OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=100", wrong + "100 error not a probability from 0 to 1]}]"},
		{"OTEL_TRACES_SAMPLER=always_on JAEGER_SAMPLER_PARAM=0.5", "Sampler=remote SamplerParam=0.5 Warnings=[{spur: not used, since JAEGER_SAMPLER_TYPE or JAEGER_SAMPLER_PARAM is set [variables [OTEL_TRACES_SAMPLER]]}]"},
		{"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=2", "Sampler=const SamplerParam=2 Warnings=[{spur: everything is sampled: for const only 0 means nothing [variable JAEGER_SAMPLER_PARAM value 2]}]"},
		{"OTEL_TRACES_SAMPLER=jaeger_remote", "Sampler=remote SamplerParam=0.001 IgnoreParent=true"},
		{
			"OTEL_TRACES_SAMPLER=parentbased_jaeger_remote OTEL_TRACES_SAMPLER_ARG=endpoint=http://s:5778/sampling,pollingIntervalMs=5000,initialSamplingRate=0.25",
			"Sampler=remote SamplerParam=0.25 SamplingEndpoint=http://s:5778/sampling RefreshInterval=5s",
		},
		{
			"OTEL_TRACES_SAMPLER=parentbased_jaeger_remote OTEL_TRACES_SAMPLER_ARG=endpoint=http://s:14250",
			"Sampler=remote SamplerParam=0.001 SamplingEndpoint=http://s:14250 Warnings=[{spur: port 14250 speaks gRPC; Jaeger says how to sample over HTTP at port 5778 [endpoint http://s:14250]}]",
		},
		{
			"JAEGER_SAMPLER_MANAGER_HOST_PORT=[::1]:14250",
			"SamplingEndpoint=[::1]:14250 Warnings=[{spur: port 14250 speaks gRPC; Jaeger says how to sample over HTTP at port 5778 [endpoint [::1]:14250]}]",
		},
		{"JAEGER_SAMPLING_ENDPOINT=http://u:14250@s:5778/14250", "SamplingEndpoint=http://u:14250@s:5778/14250"},
		{
			"OTEL_TRACES_SAMPLER=parentbased_jaeger_remote OTEL_TRACES_SAMPLER_ARG=endpoint=s:1,pollingIntervalMs=1 JAEGER_SAMPLING_ENDPOINT=j:1 JAEGER_SAMPLER_REFRESH_INTERVAL=1m",
			"Sampler=remote SamplerParam=0.001 SamplingEndpoint=j:1 RefreshInterval=1m0s",
		},
		// One mistake makes the whole setting wrong.
		{"OTEL_TRACES_SAMPLER=jaeger_remote OTEL_TRACES_SAMPLER_ARG=endpoint=h:1,initialSamplingRate=2", wrong + "endpoint=*** error initialSamplingRate: not a probability from 0 to 1]}]"},
		{"OTEL_TRACES_SAMPLER=jaeger_remote OTEL_TRACES_SAMPLER_ARG=endpoint=ftp://h", wrong + "endpoint=*** error endpoint: scheme is not http or https]}]"},
		{"OTEL_TRACES_SAMPLER=jaeger_remote OTEL_TRACES_SAMPLER_ARG=pollingIntervalMs=1s", wrong + "pollingIntervalMs=*** error pollingIntervalMs: not a whole number from 1 to 86400000]}]"},
		{"OTEL_TRACES_SAMPLER=jaeger_remote OTEL_TRACES_SAMPLER_ARG=endpoint=h:1,interval=5", wrong + "endpoint=*** error interval: endpoint, pollingIntervalMs and initialSamplingRate are known]}]"},
		{"OTEL_TRACES_SAMPLER=jaeger_remote OTEL_TRACES_SAMPLER_ARG=0.5", wrong + "0.5 error pair 1: no \"=\" in it]}]"},
	} {
		if got := dump(read(strings.Fields(tc.vars)...)); got != tc.want {
			t.Errorf("%s: got  %s\nwant %s", tc.vars, got, tc.want)
		}
	}
	for _, tc := range []struct{ vars, reason string }{
		{"JAEGER_SAMPLER_TYPE=probabilistic JAEGER_SAMPLER_PARAM=-1", "not a probability from 0 to 1"},
		{"JAEGER_SAMPLER_TYPE=remote JAEGER_SAMPLER_PARAM=1.5", "not a probability from 0 to 1"},
		{"JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=-1", "not a number of traces a second from 0 to 1000000"},
		{"JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=1e300", "not a number of traces a second from 0 to 1000000"},
		{"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=nan", "not a number"},
	} {
		checkWrong(t, read(strings.Fields(tc.vars)...), "JAEGER_SAMPLER_PARAM", tc.reason)
	}
}

func TestSamplingServer(t *testing.T) {
	for _, tc := range []struct{ name, vars, want string }{
		{"nothing", "", ""},
		{"agent", "JAEGER_AGENT_HOST=agent JAEGER_AGENT_PORT=1", "http://agent:5778/sampling"},
		{"agent, IPv6", "JAEGER_AGENT_HOST=fe80::1%eth0", "http://[fe80::1%25eth0]:5778/sampling"},
		{"agent's port alone", "JAEGER_AGENT_PORT=1", ""},
		{"Node.js", "JAEGER_SAMPLER_HOST=s JAEGER_SAMPLER_PORT=1 JAEGER_SAMPLER_SAMPLING_PATH=x/y JAEGER_AGENT_HOST=agent", "http://s:1/x/y"},
		{"Node.js port", "JAEGER_SAMPLER_PORT=1 JAEGER_AGENT_HOST=agent", "http://agent:1/sampling"},
		{"Node.js path", "JAEGER_SAMPLER_SAMPLING_PATH=/", "http://127.0.0.1:5778/"},
		{"older name", "JAEGER_SAMPLER_MANAGER_HOST_PORT=old:1 JAEGER_AGENT_HOST=agent JAEGER_SAMPLER_HOST=s", "old:1"},
		{"endpoint", "JAEGER_SAMPLING_ENDPOINT=https://u:p@new/?t=x JAEGER_SAMPLER_MANAGER_HOST_PORT=old:1 JAEGER_AGENT_HOST=agent", "https://u:p@new/?t=x"},
	} {
		if s := read(strings.Fields(tc.vars)...); s.SamplingEndpoint != tc.want || len(s.Errors) > 0 {
			t.Errorf("%s: %s, %v; want %s", tc.name, s.SamplingEndpoint, s.Errors, tc.want)
		}
	}
}
