// SPDX-License-Identifier: Apache-2.0

// Package zipkin carries contexts in Zipkin's B3 headers, x-b3-traceid and the like. Give
// its [Propagator] to a tracer for the formats that are to use them:
//
//	b3 := zipkin.NewZipkinB3HTTPHeaderPropagator()
//	tracer, closer := jaeger.NewTracer(service, sampler, reporter,
//		jaeger.TracerOptions.Injector(opentracing.HTTPHeaders, b3),
//		jaeger.TracerOptions.Extractor(opentracing.HTTPHeaders, b3))
package zipkin
