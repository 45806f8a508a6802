// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"log/slog"
	"strconv"
	"strings"

	"github.com/uber/jaeger-client-go/log"
)

// Logger is where a tracer and its parts write about themselves. It is called from
// several goroutines.
type Logger interface {
	Error(msg string)
	Infof(msg string, args ...interface{}) // as in fmt.Sprintf
}

// StdLogger writes with the standard library's log package.
var StdLogger = &stdLogger{}

type stdLogger struct{}

func (*stdLogger) Error(msg string)                      { log.StdLogger.Error(msg) }
func (*stdLogger) Infof(msg string, args ...interface{}) { log.StdLogger.Infof(msg, args...) }

// NullLogger writes nothing.
var NullLogger = &nullLogger{}

type nullLogger struct{}

func (*nullLogger) Error(string)                 {}
func (*nullLogger) Infof(string, ...interface{}) {}

// safeLogger survives the panics of a Logger of the program's own.
type safeLogger struct{ logger log.DebugLogger }

// newSafeLogger returns log.NullLogger for what logs nothing.
func newSafeLogger(l Logger) log.DebugLogger {
	switch l {
	case nil, NullLogger, log.NullLogger:
		return log.NullLogger
	}
	s := safeLogger{log.NullLogger}
	survive(func() { s.logger = log.DebugLogAdapter(l) })
	return s
}

func (l safeLogger) Error(msg string)              { survive(func() { l.logger.Error(msg) }) }
func (l safeLogger) Infof(msg string, args ...any) { survive(func() { l.logger.Infof(msg, args...) }) }

func (l safeLogger) Debugf(msg string, args ...any) {
	survive(func() { l.logger.Debugf(msg, args...) })
}

// slogger returns what spur logs to: everything goes to a Logger, as one line of text.
func slogger(l log.DebugLogger) *slog.Logger {
	if l == log.NullLogger {
		return slog.New(discard{})
	}
	return slog.New(&lines{logger: l})
}

// discard is a slog.Handler that is never enabled.
type discard struct{}

func (discard) Enabled(context.Context, slog.Level) bool  { return false }
func (discard) Handle(context.Context, slog.Record) error { return nil }
func (d discard) WithAttrs([]slog.Attr) slog.Handler      { return d }
func (d discard) WithGroup(string) slog.Handler           { return d }

// lines is a slog.Handler that writes to a Logger: warnings that name the cause of a failure as
// errors, and others, such as one about spans that were never finished, as information.
type lines struct {
	logger log.DebugLogger
	attrs  string // in text, with a leading blank each
	group  string // with a dot behind, or empty
}

func (h *lines) Enabled(context.Context, slog.Level) bool { return true }

func (h *lines) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	b.WriteString(r.Message)
	b.WriteString(h.attrs)
	failure := r.Level >= slog.LevelError
	r.Attrs(func(a slog.Attr) bool {
		failure = failure || r.Level >= slog.LevelWarn && a.Key == "cause"
		writeAttr(&b, h.group, a)
		return true
	})
	switch {
	case failure:
		h.logger.Error(b.String())
	case r.Level >= slog.LevelInfo:
		h.logger.Infof("%s", b.String())
	default:
		h.logger.Debugf("%s", b.String())
	}
	return nil
}

func writeAttr(b *strings.Builder, group string, a slog.Attr) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		for _, inner := range v.Group() {
			writeAttr(b, group+a.Key+".", inner)
		}
		return
	}
	text := v.String()
	if strings.ContainsAny(text, " =\"\n") {
		text = strconv.Quote(text)
	}
	b.WriteString(" " + group + a.Key + "=" + text)
}

func (h *lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	var b strings.Builder
	b.WriteString(h.attrs)
	for _, a := range attrs {
		writeAttr(&b, h.group, a)
	}
	return &lines{logger: h.logger, attrs: b.String(), group: h.group}
}

func (h *lines) WithGroup(name string) slog.Handler {
	return &lines{logger: h.logger, attrs: h.attrs, group: h.group + name + "."}
}
