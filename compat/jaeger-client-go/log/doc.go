// SPDX-License-Identifier: Apache-2.0

// Package log has the loggers of github.com/uber/jaeger-client-go/log: what a tracer,
// a reporter, a sampler or a transport writes about itself goes to a [Logger].
//
// [StdLogger] writes to the standard library's log, [NullLogger] nowhere, and
// [BytesBufferLogger] into memory, for tests.
package log
