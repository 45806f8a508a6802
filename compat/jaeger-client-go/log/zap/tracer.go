// SPDX-License-Identifier: Apache-2.0

package zap

import (
	"github.com/opentracing/opentracing-go"
	"go.uber.org/zap"

	"github.com/uber/jaeger-client-go"
)

// loggingTracer logs each call before or after another tracer gets it.
type loggingTracer struct {
	logger *zap.Logger
	tracer opentracing.Tracer
}

// NewLoggingTracer returns a tracer that hands everything on to another one and logs it:
// the start and the end of spans at level info with a stack trace, the rest at level debug.
// It is made for finding out where spans come from, and is slow. Spans that are not
// jaeger's are returned as they are, and log no further.
func NewLoggingTracer(logger *zap.Logger, tracer opentracing.Tracer) opentracing.Tracer {
	if t, ok := tracer.(*jaeger.Tracer); ok {
		logger.Info("loggingTracer created", zap.Any("sampler", t.Sampler()), zap.Any("tags", t.Tags()))
	} else {
		logger.Info("Non Jaeger Tracer supplied to loggingTracer")
	}
	return loggingTracer{logger, tracer}
}

// StartSpan implements opentracing.Tracer.
func (l loggingTracer) StartSpan(operationName string, opts ...opentracing.StartSpanOption) opentracing.Span {
	span := l.tracer.StartSpan(operationName, opts...)
	fields := []zap.Field{zap.Stack("stack"), zap.String("operation_name", operationName), zap.Any("opts", opts)}
	s, ok := span.(*jaeger.Span)
	if !ok {
		l.logger.Info("StartSpan", fields...)
		return span
	}
	l.logger.Info("StartSpan", append(fields, Context(s.SpanContext()))...)
	return loggingSpan{l.logger, span}
}

// Inject implements opentracing.Tracer.
func (l loggingTracer) Inject(ctx opentracing.SpanContext, format interface{}, carrier interface{}) error {
	fields := []zap.Field{zap.Any("format", format), zap.Any("carrier", carrier)}
	if c, ok := ctx.(jaeger.SpanContext); ok {
		fields = append(fields, Context(c))
	} else {
		l.logger.Error("Inject attempted with Non Jaeger Context")
	}
	l.logger.Debug("Inject", fields...)
	return l.tracer.Inject(ctx, format, carrier)
}

// Extract implements opentracing.Tracer.
func (l loggingTracer) Extract(format interface{}, carrier interface{}) (opentracing.SpanContext, error) {
	l.logger.Debug("Extract", zap.Any("format", format), zap.Any("carrier", carrier))
	ctx, err := l.tracer.Extract(format, carrier)
	c, ok := ctx.(jaeger.SpanContext)
	switch {
	case err != nil:
		l.logger.Error("Extract failed", zap.Error(err))
	case ok:
		l.logger.Debug("Extract succeeded", Context(c))
	default:
		l.logger.Debug("Extract succeeded")
	}
	return ctx, err
}
