// SPDX-License-Identifier: Apache-2.0

// Package spur is an OpenTracing tracer that speaks Jaeger.
//
//	tracer, err := spur.New("orders", spur.FromEnv())
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer tracer.Close()
//	opentracing.SetGlobalTracer(tracer)
//
// A [Tracer] makes [Span]s. The application names them, tags them and finishes
// them; a sampler has decided at the first span of a trace whether the trace is
// recorded; a finished span of a recorded trace is encoded on the spot and sent
// in batches by one background goroutine. Names, ids and baggage travel to other
// processes in headers, through [Tracer.Inject] and [Tracer.Extract].
//
// Three promises hold for everything in this package. Nothing that comes from a
// header, an environment variable, a server or a tag value panics, blocks or
// grows without bound. Every finished sampled span is counted once, as sent, as
// dropped for a named reason, or as waiting: see [Stats]. A span of a trace that
// is not recorded costs one allocation of 112 bytes and no lock.
//
// The packages below this one are for those who extend it: sampler, propagation,
// reporter and transport hold the interfaces and what stands behind the options;
// model holds the data they exchange; wire knows the formats.
package spur
