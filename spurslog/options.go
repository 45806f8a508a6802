// SPDX-License-Identifier: Apache-2.0

package spurslog

import "log/slog"

// Option configures NewHandler.
type Option interface{ apply(*config) }

type config struct {
	traceKey, spanKey string
	spanLogs          bool
	spanLevel         slog.Level
}

// leave leaves a key to the program's own attribute. It returns true.
func (c *config) leave(a slog.Attr) bool {
	if a.Key == c.traceKey {
		c.traceKey = ""
	}
	if a.Key == c.spanKey {
		c.spanKey = ""
	}
	return true
}

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithTraceIDKey sets the key of the trace id, trace_id by default. The empty key
// leaves the id out.
func WithTraceIDKey(key string) Option {
	return optionFunc(func(c *config) { c.traceKey = key })
}

// WithSpanIDKey sets the key of the span id, span_id by default. The empty key leaves
// the id out.
func WithSpanIDKey(key string) Option {
	return optionFunc(func(c *config) { c.spanKey = key })
}

// WithSpanLogs copies each record of at least the level onto the span in its context,
// if that is recording, also when the next handler does not want the level. The
// span's log has the fields level and message and one for each attribute. Keys in
// groups are written with dots: request.method. Values become what Span.SetTag makes
// of them, after slog.LogValuer; the limits of the span apply.
//
// An error among the attributes does not mark the span as failed: that is
// Span.SetError's task.
func WithSpanLogs(level slog.Level) Option {
	return optionFunc(func(c *config) { c.spanLogs, c.spanLevel = true, level })
}
