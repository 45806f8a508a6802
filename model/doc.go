// SPDX-License-Identifier: Apache-2.0

// Package model holds the plain data that the other packages of spur hand to
// each other: ids, span contexts, baggage, values, and the finished span.
//
// Nothing here starts a goroutine, takes a lock, reads a clock or knows a wire
// format. The shapes follow Jaeger's IDL (jaeger.thrift), which is frozen, so
// they are frozen too. The package imports the standard library alone.
//
// Applications meet it in three places: a custom sampler reads [Tag]s, a custom
// reporter reads [Span]s, and a custom propagator reads and makes [Context]s.
package model
