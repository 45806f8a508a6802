// SPDX-License-Identifier: Apache-2.0

package zap

import (
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"go.uber.org/zap"
)

// loggingSpan logs each call before the span gets it. Methods that return a span return
// that of the tracer underneath, whose type programs may rely on.
type loggingSpan struct {
	logger *zap.Logger
	span   opentracing.Span
}

func (l loggingSpan) Finish() {
	l.logger.Info("Finish", Span(l.span), zap.Stack("debug_stack"))
	l.span.Finish()
}

func (l loggingSpan) FinishWithOptions(opts opentracing.FinishOptions) {
	l.logger.Info("FinishWithOptions", Span(l.span))
	l.span.FinishWithOptions(opts)
}

func (l loggingSpan) Context() opentracing.SpanContext {
	l.logger.Debug("Context")
	return l.span.Context()
}

func (l loggingSpan) SetOperationName(operationName string) opentracing.Span {
	l.logger.Debug("SetOperationName", zap.String("operation_name", operationName))
	return l.span.SetOperationName(operationName)
}

func (l loggingSpan) SetTag(key string, value interface{}) opentracing.Span {
	l.logger.Debug("SetTag", zap.String("key", key), zap.Any("value", value))
	return l.span.SetTag(key, value)
}

func (l loggingSpan) LogFields(f ...log.Field) {
	l.logger.Debug("LogFields", zap.Array("fields", fields(f)))
	l.span.LogFields(f...)
}

func (l loggingSpan) LogKV(alternatingKeyValues ...interface{}) {
	l.logger.Debug("LogKV", zap.Any("keyValues", alternatingKeyValues))
	l.span.LogKV(alternatingKeyValues...)
}

func (l loggingSpan) SetBaggageItem(restrictedKey, value string) opentracing.Span {
	l.logger.Debug("SetBaggageItem", zap.String("key", restrictedKey), zap.String("value", value))
	return l.span.SetBaggageItem(restrictedKey, value)
}

func (l loggingSpan) BaggageItem(restrictedKey string) string {
	l.logger.Debug("BaggageItem", zap.String("key", restrictedKey))
	return l.span.BaggageItem(restrictedKey)
}

func (l loggingSpan) Tracer() opentracing.Tracer {
	l.logger.Debug("Tracer")
	return l.span.Tracer()
}

func (l loggingSpan) LogEvent(event string) {
	l.logger.Debug("Deprecated: LogEvent", zap.String("event", event))
	l.span.LogEvent(event)
}

func (l loggingSpan) LogEventWithPayload(event string, payload interface{}) {
	l.logger.Debug("Deprecated: LogEventWithPayload", zap.String("event", event), zap.Any("payload", payload))
	l.span.LogEventWithPayload(event, payload)
}

func (l loggingSpan) Log(data opentracing.LogData) {
	l.logger.Debug("Deprecated: Log", zap.String("event", data.Event), zap.Time("ts", data.Timestamp), zap.Any("payload", data.Payload))
	l.span.Log(data)
}
