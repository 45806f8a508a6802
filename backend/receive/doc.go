// SPDX-License-Identifier: Apache-2.0

// Package receive is where spans come in: listeners for the protocols that
// tracers speak, each of which turns bytes into a ptrace.Traces and answers as
// its protocol wants. It also answers clients that ask how to sample.
//
//   - [UDP]: Thrift datagrams, as sent to agents on the ports 6831 and 6832
//   - [HTTP]: Thrift bodies, as sent to collectors on port 14268
//   - [JaegerGRPC]: what Jaeger's agents send to collectors on port 14250
//   - [OTLPGRPC], [OTLPHTTP]: OTLP on the ports 4317 and 4318
//   - [Zipkin]: what clients of Zipkin send, on port 9411
//   - [Sampling], [SamplingGRPC]: strategies on the ports 5778 and 5779
//
// All of them hand what they read to a [Sink]. Spans sent as OTLP stay as they
// were sent. Those of Jaeger's model become spans as package trace describes,
// without a tag renamed or lost.
//
// Whatever arrives, memory is bounded, no input stops a listener, and what is
// not taken is counted with its reason. What one span has wrong costs that span
// alone, except in Thrift, where nothing can be read behind a mistake.
package receive
