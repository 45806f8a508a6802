// SPDX-License-Identifier: Apache-2.0

// Package config makes tracers from a [Configuration], which a program fills in, reads
// from YAML, or takes from the environment variables of Jaeger's clients with [FromEnv].
//
// The variables, all optional but the name of the service. One that is empty counts as
// not set.
//
//	JAEGER_SERVICE_NAME                           name of the service
//	JAEGER_DISABLED                               true: record nothing, pass on what arrives
//	JAEGER_TAGS                                   tags of the process: k1=v1, k2=${VARIABLE:default}
//	JAEGER_TRACEID_128BIT                         true: new trace ids have 128 bits
//	JAEGER_RPC_METRICS                            true: metrics of requests, with the option Metrics
//	JAEGER_SAMPLER_TYPE                           const, probabilistic, ratelimiting or remote
//	JAEGER_SAMPLER_PARAM                          a number, see SamplerConfig
//	JAEGER_SAMPLING_ENDPOINT                      URL that remote asks
//	JAEGER_SAMPLER_MANAGER_HOST_PORT              older name of JAEGER_SAMPLING_ENDPOINT
//	JAEGER_SAMPLER_MAX_OPERATIONS                 operations that are sampled each at its own rate
//	JAEGER_SAMPLER_REFRESH_INTERVAL               how often remote asks, such as 1m30s
//	JAEGER_AGENT_HOST, JAEGER_AGENT_PORT          agent that takes spans in UDP datagrams; remote asks
//	                                              it unless one of the URLs is set
//	JAEGER_ENDPOINT                               URL of a collector, instead of an agent
//	JAEGER_USER, JAEGER_PASSWORD                  sent to the collector
//	JAEGER_REPORTER_MAX_QUEUE_SIZE                spans that wait at most
//	JAEGER_REPORTER_FLUSH_INTERVAL                how long a span waits for others
//	JAEGER_REPORTER_LOG_SPANS                     true: spans are written to the option Logger as well
//	JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED true: the agent's name is looked up only once
//	JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL    how often it is looked up otherwise
package config
