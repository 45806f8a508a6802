// SPDX-License-Identifier: Apache-2.0

package zap

import (
	"context"
	"fmt"

	"github.com/opentracing/opentracing-go"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/uber/jaeger-client-go"
)

// Trace returns the field "trace" with the ids of the context's span, span and trace, and
// whether it is sampled. The field is empty without a span of jaeger's, and left out for a
// nil context.
func Trace(ctx context.Context) zapcore.Field {
	if ctx == nil {
		return zap.Skip()
	}
	return zap.Object("trace", trace{ctx})
}

type trace struct{ ctx context.Context }

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (t trace) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	span := opentracing.SpanFromContext(t.ctx)
	if span == nil {
		return nil
	}
	c, ok := span.Context().(jaeger.SpanContext)
	if !ok {
		return nil
	}
	if !c.IsValid() {
		return fmt.Errorf("invalid span: %v", c.SpanID())
	}
	enc.AddString("span", c.SpanID().String())
	enc.AddString("trace", c.TraceID().String())
	enc.AddBool("sampled", c.IsSampled())
	return nil
}
