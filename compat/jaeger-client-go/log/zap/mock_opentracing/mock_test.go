// SPDX-License-Identifier: Apache-2.0

package mock_opentracing

import "github.com/opentracing/opentracing-go"

// The mocks are what they mock.
var (
	_ opentracing.Span            = (*MockSpan)(nil)
	_ opentracing.SpanContext     = (*MockSpanContext)(nil)
	_ opentracing.Tracer          = (*MockTracer)(nil)
	_ opentracing.StartSpanOption = (*MockStartSpanOption)(nil)
)
