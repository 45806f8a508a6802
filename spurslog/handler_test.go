// SPDX-License-Identifier: Apache-2.0

package spurslog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"testing/slogtest"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/spurslog"
	"github.com/go-spur/spur/spurtest"
)

// inSpan is a handler for loggers that are not given a context: each record has ctx.
type inSpan struct {
	slog.Handler
	ctx context.Context
}

func (h inSpan) Handle(_ context.Context, r slog.Record) error {
	return h.Handler.Handle(h.ctx, r)
}

func (h inSpan) WithAttrs(attrs []slog.Attr) slog.Handler {
	return inSpan{h.Handler.WithAttrs(attrs), h.ctx}
}

func (h inSpan) WithGroup(name string) slog.Handler {
	return inSpan{h.Handler.WithGroup(name), h.ctx}
}

// decode reads the one line that a JSONHandler has written.
func decode(t *testing.T, line []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	return m
}

func TestSlogtest(t *testing.T) {
	tracer, _ := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	t.Cleanup(span.Finish)
	for name, ctx := range map[string]context.Context{"no span": context.Background(), "span": ctx} {
		for _, opts := range [][]spurslog.Option{nil, {spurslog.WithSpanLogs(slog.LevelInfo)}} {
			t.Run(fmt.Sprint(name, len(opts)), func(t *testing.T) {
				var buf bytes.Buffer
				slogtest.Run(t, func(*testing.T) slog.Handler {
					buf.Reset()
					return inSpan{spurslog.NewHandler(slog.NewJSONHandler(&buf, nil), opts...), ctx}
				}, func(t *testing.T) map[string]any {
					m := decode(t, buf.Bytes())
					if _, ok := m["trace_id"]; ok != (name == "span") {
						t.Errorf("trace_id: %v in %s", ok, buf.Bytes())
					}
					return m
				})
			})
		}
	}
}

// Whatever With and WithGroup do, a record with a span is the one without, and the
// ids at its top.
func TestGroups(t *testing.T) {
	tracer, _ := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.Finish()
	var buf bytes.Buffer
	steps := []func(*slog.Logger, int) *slog.Logger{
		func(l *slog.Logger, i int) *slog.Logger { return l.With("a", i) },
		func(l *slog.Logger, i int) *slog.Logger {
			return l.With("b", i, "c", slog.GroupValue(slog.Int("d", i)))
		},
		func(l *slog.Logger, i int) *slog.Logger { return l.WithGroup(fmt.Sprint("g", i)) },
		func(l *slog.Logger, _ int) *slog.Logger { return l.WithGroup("") },
		func(l *slog.Logger, _ int) *slog.Logger { return l.With(slog.Group("empty")) },
	}
	line := func(ctx context.Context, l *slog.Logger, args []any) string {
		buf.Reset()
		l.InfoContext(ctx, "m", args...)
		return buf.String()
	}
	seen := 0
	var walk func(got, plain *slog.Logger, depth int, path string)
	walk = func(got, plain *slog.Logger, depth int, path string) {
		for _, args := range [][]any{nil, {"x", 1}, {"x", 1, "y", 2, "z", 3, "u", 4, "v", 5, "w", slog.GroupValue(slog.Int("q", 1))}} {
			seen++
			want := line(ctx, plain, args)
			if s := line(context.Background(), got, args); s != want {
				t.Fatalf("%s: without a span %s, want %s", path, s, want)
			}
			m := decode(t, []byte(line(ctx, got, args)))
			if m["trace_id"] != "0000000000000001" || m["span_id"] != "0000000000000001" {
				t.Fatalf("%s: no ids at the top of %v", path, m)
			}
			delete(m, "trace_id")
			delete(m, "span_id")
			if w := decode(t, []byte(want)); !reflect.DeepEqual(m, w) {
				t.Fatalf("%s: with a span %v, want %v", path, m, w)
			}
		}
		if depth == 0 {
			return
		}
		for i, step := range steps {
			walk(step(got, depth), step(plain, depth), depth-1, path+fmt.Sprint(i))
		}
	}
	o := &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey && len(groups) == 0 {
			return slog.Attr{}
		}
		return slog.Attr{Key: a.Key, Value: slog.StringValue(strings.Join(groups, "/") + a.Value.String())}
	}}
	h := slog.NewJSONHandler(&buf, o)
	walk(slog.New(spurslog.NewHandler(h)), slog.New(h), 4, "")
	if seen < 2000 {
		t.Errorf("only %d records", seen)
	}
}

// Loggers that come from one do not share anything that can change.
func TestSiblings(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	var buf bytes.Buffer
	parent := slog.New(spurslog.NewHandler(slog.NewTextHandler(&buf, &slog.HandlerOptions{ReplaceAttr: onlyKeys}), spurslog.WithSpanLogs(slog.LevelInfo)))
	parent = parent.WithGroup("g").With("a", 1).With("b", 2).With("c", 3)
	one, two := parent.With("one", 1), parent.With("two", 2)
	parent = parent.WithGroup("h").WithGroup("i")
	oneGroup, twoGroup := parent.WithGroup("one"), parent.WithGroup("two")
	one.InfoContext(ctx, "1")
	two.InfoContext(ctx, "2")
	oneGroup.InfoContext(ctx, "3", "x", 1)
	twoGroup.InfoContext(ctx, "4", "x", 2)
	span.Finish()
	const want = `msg=1 trace_id=0000000000000001 span_id=0000000000000001 g.a=1 g.b=2 g.c=3 g.one=1
msg=2 trace_id=0000000000000001 span_id=0000000000000001 g.a=1 g.b=2 g.c=3 g.two=2
msg=3 trace_id=0000000000000001 span_id=0000000000000001 g.a=1 g.b=2 g.c=3 g.h.i.one.x=1
msg=4 trace_id=0000000000000001 span_id=0000000000000001 g.a=1 g.b=2 g.c=3 g.h.i.two.x=2
`
	if buf.String() != want {
		t.Errorf("got\n%swant\n%s", buf.String(), want)
	}
	spans.AssertTree(t, `
		op  5ms
		  @1ms level=INFO message="1" g.a=1 g.b=2 g.c=3 g.one=1
		  @2ms level=INFO message="2" g.a=1 g.b=2 g.c=3 g.two=2
		  @3ms level=INFO message="3" g.a=1 g.b=2 g.c=3 g.h.i.one.x=1
		  @4ms level=INFO message="4" g.a=1 g.b=2 g.c=3 g.h.i.two.x=2
	`)
}

// onlyKeys leaves out time and level.
func onlyKeys(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return slog.Attr{}
	}
	return a
}

func TestKeys(t *testing.T) {
	long, err := spur.New("test", spur.WithReporter(&reporter.Memory{}), spur.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer long.Close()
	ctx, span := long.Start(context.Background(), "op")
	defer span.Finish()
	c := span.SpanContext()
	if len(c.TraceID().String()) != 32 {
		t.Fatalf("trace id %s", c.TraceID())
	}
	for want, opts := range map[string][]spurslog.Option{
		"msg=m trace_id=" + c.TraceID().String() + " span_id=" + c.SpanID().String(): {nil},
		"msg=m trace=" + c.TraceID().String() + " span=" + c.SpanID().String():       {spurslog.WithTraceIDKey("trace"), spurslog.WithSpanIDKey("span")},
		"msg=m trace_id=" + c.TraceID().String():                                     {spurslog.WithSpanIDKey("")},
		"msg=m span_id=" + c.SpanID().String():                                       {spurslog.WithTraceIDKey("")},
		"msg=m":                                                                      {spurslog.WithTraceIDKey(""), spurslog.WithSpanIDKey("")},
	} {
		var buf bytes.Buffer
		h := spurslog.NewHandler(slog.NewTextHandler(&buf, &slog.HandlerOptions{ReplaceAttr: onlyKeys}), opts...)
		slog.New(h).InfoContext(ctx, "m")
		if got := strings.TrimSuffix(buf.String(), "\n"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// No key is there twice: the program's own attribute stays.
func TestOwnIDs(t *testing.T) {
	tracer, _ := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.Finish()
	var buf bytes.Buffer
	l := slog.New(spurslog.NewHandler(slog.NewTextHandler(&buf, &slog.HandlerOptions{ReplaceAttr: onlyKeys})))
	const trace, both = " trace_id=0000000000000001", " trace_id=0000000000000001 span_id=0000000000000001"
	with := l.With("trace_id", "mine")
	for _, c := range []struct {
		l    *slog.Logger
		args []any
		want string
	}{
		{l, []any{"trace_id", "mine", "a", 1}, " trace_id=mine a=1 span_id=0000000000000001"},
		{l, []any{"a", 1, "span_id", 7}, " a=1 span_id=7" + trace},
		{l, []any{"span_id", 7, "trace_id", nil}, " span_id=7 trace_id=<nil>"},
		{with, nil, " trace_id=mine span_id=0000000000000001"},
		{with, []any{"span_id", 7}, " trace_id=mine span_id=7"},
		{with.WithGroup("g"), []any{"span_id", 7}, " trace_id=mine span_id=0000000000000001 g.span_id=7"},
		{l.WithGroup("g"), []any{"trace_id", "mine"}, both + " g.trace_id=mine"},
		{l.WithGroup("g").With("trace_id", "mine"), nil, both + " g.trace_id=mine"},
		{l, []any{slog.Group("g", "span_id", 7)}, " g.span_id=7" + both},
		{l, nil, both}, // With changes only the logger that it returns
	} {
		buf.Reset()
		c.l.InfoContext(ctx, "m", c.args...)
		if got := strings.TrimSuffix(buf.String(), "\n"); got != "msg=m"+c.want {
			t.Errorf("got %q, want %q", got, "msg=m"+c.want)
		}
	}
}

// The handler behind ours may keep records: ours does not write into them again.
func TestRecordIsNotShared(t *testing.T) {
	tracer, _ := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.Finish()
	var buf bytes.Buffer
	plain := slog.NewTextHandler(&buf, &slog.HandlerOptions{ReplaceAttr: onlyKeys})
	r := slog.Record{Message: "m"}
	for i := range 10 { // with room for more behind the last
		r.Add(fmt.Sprint(i), i)
	}
	for range 2 {
		if err := spurslog.NewHandler(plain).Handle(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Count(buf.String(), "trace_id=") != 2 || strings.Contains(buf.String(), "BUG") {
		t.Error(buf.String())
	}
	if r.NumAttrs() != 10 {
		t.Errorf("the caller's record has %d attributes", r.NumAttrs())
	}
}

func TestNil(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	for _, next := range []slog.Handler{nil, (*slog.JSONHandler)(nil)} {
		l := slog.New(spurslog.NewHandler(next, nil, spurslog.WithSpanLogs(slog.LevelWarn))).With("a", 1).WithGroup("g").With("b", 2)
		l.InfoContext(ctx, "no")
		l.WarnContext(ctx, "yes")
		if l.Enabled(context.Background(), slog.LevelError) || !l.Enabled(ctx, slog.LevelWarn) || l.Enabled(ctx, slog.LevelInfo) {
			t.Errorf("%T: wrong levels", next)
		}
	}
	span.Finish()
	spans.AssertTree(t, `
		op  3ms
		  @1ms level=WARN message=yes a=1 g.b=2
		  @2ms level=WARN message=yes a=1 g.b=2
	`)

	var buf bytes.Buffer
	h := spurslog.NewHandler(slog.NewTextHandler(&buf, nil), spurslog.WithSpanLogs(slog.LevelDebug))
	var noSpan *spur.Span
	for _, ctx := range []context.Context{
		nil, (*hostileContext)(nil),
		spur.ContextWithSpan(context.Background(), nil),
		opentracing.ContextWithSpan(context.Background(), noSpan),
		opentracing.ContextWithSpan(context.Background(), opentracing.NoopTracer{}.StartSpan("other")),
	} {
		buf.Reset()
		if h.Enabled(ctx, slog.LevelDebug) || !h.Enabled(ctx, slog.LevelInfo) {
			t.Error("wrong levels")
		}
		if err := h.Handle(ctx, slog.Record{Message: "m"}); err != nil || buf.String() != "level=INFO msg=m\n" {
			t.Errorf("%T: %v, %s", ctx, err, buf.String())
		}
	}
}

// hostileContext has methods that fail when it is nil.
type hostileContext struct{ context.Context }

// What next says comes back.
func TestError(t *testing.T) {
	tracer, _ := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.Finish()
	h := spurslog.NewHandler(failing{})
	for _, h := range []slog.Handler{h, h.WithGroup("g")} {
		for _, ctx := range []context.Context{context.Background(), ctx} {
			if err := h.Handle(ctx, slog.Record{}); !errors.Is(err, errFailing) {
				t.Errorf("got %v", err)
			}
		}
	}
}

var errFailing = errors.New("disk full")

type failing struct{}

func (failing) Enabled(context.Context, slog.Level) bool  { return true }
func (failing) Handle(context.Context, slog.Record) error { return errFailing }
func (f failing) WithAttrs([]slog.Attr) slog.Handler      { return f }
func (f failing) WithGroup(string) slog.Handler           { return f }
