// SPDX-License-Identifier: Apache-2.0

package spurslog

import (
	"context"
	"log"
	"log/slog"
	"reflect"
	"slices"

	otlog "github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/guard"
)

// NewHandler returns a handler that adds the trace id and the span id of the span in
// a record's context and passes the record on to next. Without a span it adds
// nothing. Ids are added whether the trace is sampled or not.
//
// Ids are written as uber-trace-id has them and Jaeger shows them, in lower-case
// hexadecimal digits: 16 for a span, 32 for a trace, or 16 if the tracer makes trace
// ids of 64 bits. They are attributes of the record itself, never of a group, so
// within Logger.WithGroup next gets the group as an attribute of records with a span.
// Values that Logger.With was given within a group must not change later.
//
// An id is left out when the record, outside of groups, or Logger.With has an attribute
// of its key: the program's own stays alone. Not looked at are attributes that next had
// before, those in a group without a name, and keys that a ReplaceAttr changes.
//
// A nil next discards the records. slog's own default handler cannot be next: it writes
// through package log, which slog.SetDefault would lead back here, for ever. In its
// place NewHandler takes a slog.TextHandler with the same output.
func NewHandler(next slog.Handler, opts ...Option) slog.Handler {
	h := &handler{config: config{traceKey: "trace_id", spanKey: "span_id"}}
	for _, o := range opts {
		if o != nil {
			o.apply(&h.config)
		}
	}
	switch v := reflect.ValueOf(next); {
	case next == nil || v.Kind() == reflect.Pointer && v.IsNil():
		next = discard{}
	case v.Type().String() == "*slog.defaultHandler":
		next = slog.NewTextHandler(log.Writer(), nil)
	}
	h.top, h.next = next, next
	return h
}

// handler is never changed once it is handed out.
type handler struct {
	config
	top    slog.Handler // without the groups
	next   slog.Handler // with them
	groups []group      // that are open, the outermost first

	prefix string        // of keys on the span
	fields []otlog.Field // what With was given, for the span
}

// group is an open group, and what With was given in it.
type group struct {
	name  string
	attrs []slog.Attr
}

// Enabled reports whether the next handler or the span wants records of the level.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	ctx = orBackground(ctx)
	return h.next.Enabled(ctx, level) || h.spanLogs && level >= h.spanLevel && spanOf(ctx).IsRecording()
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	ctx = orBackground(ctx)
	span := spanOf(ctx)
	if h.spanLogs {
		if r.Level >= h.spanLevel && span.IsRecording() {
			h.copyTo(span, &r)
		}
		if !h.next.Enabled(ctx, r.Level) {
			return nil
		}
	}
	c := span.SpanContext()
	if !c.IsValid() {
		return h.next.Handle(ctx, r)
	}
	if len(h.groups) == 0 {
		r = r.Clone()
		h.addIDs(&r, c)
		return h.next.Handle(ctx, r)
	}
	out := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	h.addIDs(&out, c)
	if g := h.nest(&r); g.Key != "" {
		out.AddAttrs(g)
	}
	return h.top.Handle(ctx, out)
}

// addIDs adds the attributes of c to r, with one allocation for both.
func (h *handler) addIDs(r *slog.Record, c spur.SpanContext) {
	keys := h.config
	r.Attrs(keys.leave)
	var buf [32 + 16]byte
	b := c.TraceID().AppendHex(buf[:0])
	n := len(b)
	ids := string(c.SpanID().AppendHex(b))
	if keys.traceKey != "" {
		r.AddAttrs(slog.String(keys.traceKey, ids[:n]))
	}
	if keys.spanKey != "" {
		r.AddAttrs(slog.String(keys.spanKey, ids[n:]))
	}
}

// nest returns the outermost open group with everything in it, r's attributes
// innermost. It is zero if there is nothing in it.
func (h *handler) nest(r *slog.Record) slog.Attr {
	size := r.NumAttrs() + len(h.groups)
	for i := range h.groups {
		size += len(h.groups[i].attrs)
	}
	all := make([]slog.Attr, 0, size) // the groups' contents one after the other
	var inner slog.Attr
	for i, g := range slices.Backward(h.groups) {
		start := len(all)
		all = append(all, g.attrs...)
		if i == len(h.groups)-1 {
			r.Attrs(func(a slog.Attr) bool {
				all = append(all, a)
				return true
			})
		}
		if inner.Key != "" {
			all = append(all, inner)
		}
		content := all[start:len(all):len(all)]
		if inner = (slog.Attr{}); len(content) > 0 {
			inner = slog.Attr{Key: g.name, Value: slog.GroupValue(content...)}
		}
	}
	return inner
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	w := *h
	if h.spanLogs {
		w.fields = slices.Clip(h.fields)
		for _, a := range attrs {
			w.fields = appendField(w.fields, h.prefix, a, 0)
		}
	}
	if n := len(h.groups); n > 0 {
		w.groups = slices.Clone(h.groups)
		last := &w.groups[n-1]
		last.attrs = append(slices.Clip(last.attrs), attrs...)
	}
	w.next = h.next.WithAttrs(attrs)
	if len(h.groups) == 0 {
		w.top = w.next
		for _, a := range attrs {
			w.leave(a)
		}
	}
	return &w
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	w := *h
	w.next = h.next.WithGroup(name)
	w.groups = append(slices.Clip(h.groups), group{name: name})
	w.prefix = h.prefix + name + "."
	return &w
}

// spanOf is spur.SpanFromContext for contexts that may panic, such as a nil pointer.
func spanOf(ctx context.Context) *spur.Span {
	var span *spur.Span
	if guard.Run(func() { span = spur.SpanFromContext(ctx) }) != nil {
		return spur.SpanFromContext(context.Background())
	}
	return span
}

// orBackground stands in for a context that is nil.
func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}

// discard is a handler that wants nothing.
type discard struct{}

func (discard) Enabled(context.Context, slog.Level) bool  { return false }
func (discard) Handle(context.Context, slog.Record) error { return nil }
func (d discard) WithAttrs([]slog.Attr) slog.Handler      { return d }
func (d discard) WithGroup(string) slog.Handler           { return d }
