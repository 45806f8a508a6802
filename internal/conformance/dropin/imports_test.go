// SPDX-License-Identifier: Apache-2.0

package dropin

// What the two module files must be able to build.
import (
	_ "github.com/uber/jaeger-client-go"
	_ "github.com/uber/jaeger-client-go/config"
	_ "github.com/uber/jaeger-client-go/log/zap"
	_ "github.com/uber/jaeger-client-go/log/zap/mock_opentracing"
	_ "github.com/uber/jaeger-client-go/rpcmetrics"
	_ "github.com/uber/jaeger-client-go/testutils"
	_ "github.com/uber/jaeger-client-go/transport/zipkin"
	_ "github.com/uber/jaeger-client-go/x"
	_ "github.com/uber/jaeger-client-go/zipkin"
	_ "github.com/uber/jaeger-lib/metrics/expvar"
	_ "github.com/uber/jaeger-lib/metrics/metricstest"
	_ "github.com/uber/jaeger-lib/metrics/prometheus"
	_ "gopkg.in/yaml.v2"
)
