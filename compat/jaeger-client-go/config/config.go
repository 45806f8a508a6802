// SPDX-License-Identifier: Apache-2.0

package config

import (
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/uber/jaeger-client-go"
)

// Configuration describes a tracer. All fields but ServiceName are optional. The keys of
// YAML are in the tags; fields without one have their name in lower case.
type Configuration struct {
	// ServiceName is the name of the service.
	ServiceName string `yaml:"serviceName"`

	// Disabled makes a tracer that records nothing. It passes on what arrives in headers,
	// if the service has a name.
	Disabled bool `yaml:"disabled"`

	// RPCMetrics makes metrics of requests, with the factory of the option Metrics.
	RPCMetrics bool `yaml:"rpc_metrics"`

	// Gen128Bit makes trace ids of 128 bits, instead of 64.
	Gen128Bit bool `yaml:"traceid_128bit"`

	// Tags are added to the process.
	Tags []opentracing.Tag `yaml:"tags"`

	Sampler             *SamplerConfig             `yaml:"sampler"`              // nil: remote
	Reporter            *ReporterConfig            `yaml:"reporter"`             // nil: to the agent at localhost:6831
	Headers             *jaeger.HeadersConfig      `yaml:"headers"`              // nil: Jaeger's names
	BaggageRestrictions *BaggageRestrictionsConfig `yaml:"baggage_restrictions"` // nil: all keys are allowed
	Throttler           *ThrottlerConfig           `yaml:"throttler"`            // nil: no limit but spur's own
}

// SamplerConfig describes a sampler.
type SamplerConfig struct {
	// Type is const, probabilistic, ratelimiting or remote, in any case; remote when empty.
	Type string `yaml:"type"`

	// Param is
	//   - of const, 0 to sample nothing and anything else to sample everything,
	//   - of probabilistic, the share of traces from 0 to 1,
	//   - of ratelimiting, traces a second,
	//   - of remote, the share until the server has answered; 0.001 when 0.
	Param float64 `yaml:"param"`

	// SamplingServerURL is where remote asks; jaeger.DefaultSamplingServerURL when empty.
	SamplingServerURL string `yaml:"samplingServerURL"`

	// SamplingRefreshInterval is how often remote asks; a minute when 0.
	SamplingRefreshInterval time.Duration `yaml:"samplingRefreshInterval"`

	// MaxOperations is how many operations remote samples each at its own rate; 2000 when 0.
	MaxOperations int `yaml:"maxOperations"`

	// OperationNameLateBinding makes remote decide again when a span gets another name.
	OperationNameLateBinding bool `yaml:"operationNameLateBinding"`

	// Options are applied to the remote sampler after what the other fields say.
	Options []jaeger.SamplerOption
}

// ReporterConfig describes a reporter.
type ReporterConfig struct {
	// QueueSize is how many spans wait at most; the reporter's default when 0.
	QueueSize int `yaml:"queueSize"`

	// BufferFlushInterval is how long a span waits for others to be sent with; a second
	// when 0.
	BufferFlushInterval time.Duration

	// LogSpans writes each span to the Logger as well.
	LogSpans bool `yaml:"logSpans"`

	// LocalAgentHostPort is the agent, which takes spans in UDP datagrams; localhost:6831
	// when empty. It is not used when there is a CollectorEndpoint.
	LocalAgentHostPort string `yaml:"localAgentHostPort"`

	// DisableAttemptReconnecting stops looking up the agent's name again.
	DisableAttemptReconnecting bool `yaml:"disableAttemptReconnecting"`

	// AttemptReconnectInterval is how often the agent's name is looked up; every 30 seconds
	// when 0.
	AttemptReconnectInterval time.Duration

	// CollectorEndpoint is the URL of a collector that takes spans over HTTP.
	CollectorEndpoint string `yaml:"collectorEndpoint"`

	// User and Password are sent to the collector, if both are set.
	User     string `yaml:"user"`
	Password string `yaml:"password"`

	// HTTPHeaders are sent to the collector.
	HTTPHeaders map[string]string `yaml:"http_headers"`
}

// BaggageRestrictionsConfig describes who is asked which baggage may be set.
type BaggageRestrictionsConfig struct {
	// DenyBaggageOnInitializationFailure allows no baggage until there was an answer;
	// without it, all is allowed.
	DenyBaggageOnInitializationFailure bool `yaml:"denyBaggageOnInitializationFailure"`

	// HostPort is the agent's server; localhost:5778 when empty.
	HostPort string `yaml:"hostPort"`

	// RefreshInterval is how often it is asked; a minute when 0.
	RefreshInterval time.Duration `yaml:"refreshInterval"`
}

// ThrottlerConfig describes who is asked for credits for debug traces.
type ThrottlerConfig struct {
	// HostPort is the agent's server; localhost:5778 when empty.
	HostPort string `yaml:"hostPort"`

	// RefreshInterval is how often it is asked; every 5 seconds when 0.
	RefreshInterval time.Duration `yaml:"refreshInterval"`

	// SynchronousInitialization waits for the answer when an operation is seen for the
	// first time.
	SynchronousInitialization bool `yaml:"synchronousInitialization"`
}
