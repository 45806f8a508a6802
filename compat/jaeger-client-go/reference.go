// SPDX-License-Identifier: Apache-2.0

package jaeger

import "github.com/opentracing/opentracing-go"

// Reference is how a span relates to another one.
type Reference struct {
	Type    opentracing.SpanReferenceType
	Context SpanContext
}
