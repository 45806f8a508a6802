// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"time"

	"github.com/uber/jaeger-client-go/log"
)

// SamplerOption is an option of NewRemotelyControlledSampler.
type SamplerOption func(options *samplerOptions)

// SamplerOptions makes SamplerOption values.
var SamplerOptions SamplerOptionsFactory

// SamplerOptionsFactory has a method for each SamplerOption.
type SamplerOptionsFactory struct{}

type samplerOptions struct {
	metrics                 *Metrics
	sampler                 SamplerV2 // the initial one
	logger                  log.DebugLogger
	samplingServerURL       string
	samplingRefreshInterval time.Duration
	samplingFetcher         SamplingStrategyFetcher
	samplingParser          SamplingStrategyParser
	updaters                []SamplerUpdater
	posParams               PerOperationSamplerParams
}

// Metrics sets what fetches and updates are counted with. By default they are not counted.
func (SamplerOptionsFactory) Metrics(m *Metrics) SamplerOption {
	return func(o *samplerOptions) { o.metrics = m }
}

// MaxOperations sets how many operations are known by name. The default is 2000.
func (SamplerOptionsFactory) MaxOperations(maxOperations int) SamplerOption {
	return func(o *samplerOptions) { o.posParams.MaxOperations = maxOperations }
}

// OperationNameLateBinding has traces decided about at the first SetOperationName, where
// the server has a strategy for each operation: see PerOperationSamplerParams.
func (SamplerOptionsFactory) OperationNameLateBinding(enable bool) SamplerOption {
	return func(o *samplerOptions) { o.posParams.OperationNameLateBinding = enable }
}

// InitialSampler sets what samples until the server has answered. The default samples one
// trace in a thousand.
func (SamplerOptionsFactory) InitialSampler(sampler Sampler) SamplerOption {
	return func(o *samplerOptions) {
		o.sampler = nil
		if sampler != nil {
			o.sampler = samplerV1toV2(sampler)
		}
	}
}

// Logger sets where failures are logged. The default is nowhere.
func (SamplerOptionsFactory) Logger(logger Logger) SamplerOption {
	return func(o *samplerOptions) { o.logger = newSafeLogger(logger) }
}

// SamplingServerURL sets the URL that is asked, to which ?service=NAME is added. The default
// is DefaultSamplingServerURL.
func (SamplerOptionsFactory) SamplingServerURL(samplingServerURL string) SamplerOption {
	return func(o *samplerOptions) { o.samplingServerURL = samplingServerURL }
}

// SamplingRefreshInterval sets the time between two fetches. The default is a minute.
// A server is asked ten times a second at most.
func (SamplerOptionsFactory) SamplingRefreshInterval(samplingRefreshInterval time.Duration) SamplerOption {
	return func(o *samplerOptions) { o.samplingRefreshInterval = samplingRefreshInterval }
}

// SamplingStrategyFetcher replaces the HTTP request.
func (SamplerOptionsFactory) SamplingStrategyFetcher(fetcher SamplingStrategyFetcher) SamplerOption {
	return func(o *samplerOptions) { o.samplingFetcher = fetcher }
}

// SamplingStrategyParser replaces the parser of answers. The default makes a
// *sampling.SamplingStrategyResponse of Jaeger's JSON.
func (SamplerOptionsFactory) SamplingStrategyParser(parser SamplingStrategyParser) SamplerOption {
	return func(o *samplerOptions) { o.samplingParser = parser }
}

// Updaters replaces what makes a sampler of a parsed answer. By default these are an
// AdaptiveSamplerUpdater, a ProbabilisticSamplerUpdater and a RateLimitingSamplerUpdater.
func (SamplerOptionsFactory) Updaters(updaters ...SamplerUpdater) SamplerOption {
	return func(o *samplerOptions) { o.updaters = updaters }
}

// newSamplerOptions applies options and fills in the defaults.
func newSamplerOptions(opts []SamplerOption) (o samplerOptions) {
	for _, option := range opts {
		if option != nil {
			option(&o)
		}
	}
	o.metrics = o.metrics.complete()
	if o.sampler == nil {
		o.sampler = newProbabilisticSampler(0.001)
	}
	if o.logger == nil {
		o.logger = log.NullLogger
	}
	if o.samplingServerURL == "" {
		o.samplingServerURL = DefaultSamplingServerURL
	}
	if o.samplingRefreshInterval <= 0 {
		o.samplingRefreshInterval = time.Minute
	}
	if o.samplingFetcher == nil {
		o.samplingFetcher = newHTTPFetcher(o.samplingServerURL)
		o.samplingRefreshInterval = max(o.samplingRefreshInterval, shortestInterval)
	}
	if o.samplingParser == nil {
		o.samplingParser = strategyParser{}
	}
	if o.updaters == nil {
		o.updaters = []SamplerUpdater{
			&AdaptiveSamplerUpdater{o.posParams.MaxOperations, o.posParams.OperationNameLateBinding},
			&ProbabilisticSamplerUpdater{},
			&RateLimitingSamplerUpdater{},
		}
	}
	return o
}
