// SPDX-License-Identifier: Apache-2.0

package config

import (
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/transport"
	"github.com/uber/jaeger-client-go/utils"
)

// NewReporter makes the reporter, which must be closed. It fails when LocalAgentHostPort
// cannot be used. metrics and logger may be nil.
func (rc *ReporterConfig) NewReporter(serviceName string, metrics *jaeger.Metrics, logger jaeger.Logger) (jaeger.Reporter, error) {
	sender, err := rc.newTransport(logger)
	if err != nil {
		return nil, err
	}
	reporter := jaeger.NewRemoteReporter(
		sender,
		jaeger.ReporterOptions.QueueSize(rc.QueueSize),
		jaeger.ReporterOptions.BufferFlushInterval(rc.BufferFlushInterval),
		jaeger.ReporterOptions.Logger(logger),
		jaeger.ReporterOptions.Metrics(metrics),
	)
	if rc.LogSpans && logger != nil {
		logger.Infof("Initializing logging reporter")
		reporter = jaeger.NewCompositeReporter(jaeger.NewLoggingReporter(logger), reporter)
	}
	return reporter, nil
}

func (rc *ReporterConfig) newTransport(logger jaeger.Logger) (jaeger.Transport, error) {
	if rc.CollectorEndpoint != "" {
		options := []transport.HTTPOption{transport.HTTPHeaders(rc.HTTPHeaders)}
		if rc.User != "" && rc.Password != "" {
			options = append(options, transport.HTTPBasicAuth(rc.User, rc.Password))
		}
		return transport.NewHTTPTransport(rc.CollectorEndpoint, options...), nil
	}
	return jaeger.NewUDPTransportWithParams(jaeger.UDPTransportParams{
		AgentClientUDPParams: utils.AgentClientUDPParams{
			HostPort:                   rc.LocalAgentHostPort,
			Logger:                     logger,
			DisableAttemptReconnecting: rc.DisableAttemptReconnecting,
			AttemptReconnectInterval:   rc.AttemptReconnectInterval,
		},
	})
}
