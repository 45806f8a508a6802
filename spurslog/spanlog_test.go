// SPDX-License-Identifier: Apache-2.0

package spurslog_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurslog"
	"github.com/go-spur/spur/spurtest"
)

// valuer is a slog.LogValuer.
type valuer func() slog.Value

func (v valuer) LogValue() slog.Value { return v() }

func TestSpanLogs(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	l := slog.New(spurslog.NewHandler(nil, spurslog.WithSpanLogs(slog.LevelInfo)))
	var nothing *time.Time
	at := time.Date(2020, 2, 3, 4, 5, 6, 7, time.UTC)
	l.DebugContext(ctx, "not this")
	l.InfoContext(ctx, "kinds", "s", "text", "i", -1, "u", uint64(1)<<63, "f", 0.5, "b", true, "d", 1500*time.Millisecond, "t", at,
		"e", errors.New("broken"), "nil", nil, "pointer", nothing, "bytes", []byte("raw"), "list", []int{1, 2})
	l.With("a", 1).WithGroup("g").With("b", 2).WarnContext(ctx, "groups", "c", 3,
		slog.Group("h", "d", 4), slog.Group("", "inline", 5), slog.Group("empty"), slog.Attr{})
	l.Log(ctx, slog.LevelError+1, "valuers",
		"v", valuer(func() slog.Value { return slog.AnyValue(valuer(func() slog.Value { return slog.StringValue("deep") })) }),
		"g", valuer(func() slog.Value { return slog.GroupValue(slog.Int("x", 1)) }))
	l.ErrorContext(ctx, "failed", "error", errors.New("boom"))
	span.Finish()
	spans.AssertTree(t, `
		op  5ms
		  @1ms level=INFO message=kinds s=text i=-1 u="9223372036854775808" f=0.5 b=true d=1.5s
		    | t=2020-02-03T04:05:06.000000007Z e=broken nil=<nil> pointer=<nil> bytes=0x726177 list="[1 2]"
		  @2ms level=WARN message=groups a=1 g.b=2 g.c=3 g.h.d=4 g.inline=5
		  @3ms level=ERROR+1 message=valuers v=deep g.x=1
		  @4ms level=ERROR message=failed error=boom
	`)
	if tags := spans.Spans()[0].Tags; len(tags) != 0 {
		t.Errorf("tags %v", tags)
	}
}

// What next does not want reaches the span alone.
func TestSpanLogsBelowNext(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	var buf bytes.Buffer
	l := slog.New(spurslog.NewHandler(slog.NewTextHandler(&buf, nil), spurslog.WithSpanLogs(slog.LevelDebug)))
	l.DebugContext(ctx, "detail")
	l.Debug("nowhere")
	span.Finish()
	spans.AssertTree(t, `
		op  2ms
		  @1ms level=DEBUG message=detail
	`)
	if buf.Len() > 0 {
		t.Errorf("next got %s", buf.String())
	}
}

// Of a trace that is not recorded no record is copied, and no value asked.
func TestUnsampled(t *testing.T) {
	tracer, _ := spurtest.New(t, spur.WithSampler(sampler.NewConst(false)))
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.Finish()
	l := slog.New(spurslog.NewHandler(nil, spurslog.WithSpanLogs(slog.LevelInfo)))
	if l.Enabled(ctx, slog.LevelError) {
		t.Error("wanted")
	}
	l.ErrorContext(ctx, "m", "v", valuer(func() slog.Value {
		t.Error("asked")
		return slog.Value{}
	}))
}

func TestSpanLogsPanics(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	var none *pointerValuer
	slog.New(spurslog.NewHandler(nil, spurslog.WithSpanLogs(slog.LevelInfo))).InfoContext(ctx, "m",
		"v", valuer(func() slog.Value { panic("oh") }), "nil", none, "e", nilError{nil}, "after", 1)
	span.Finish()
	fields := spans.Spans()[0].Logs[0].Fields
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.Key
	}
	if want := []string{"level", "message", "v", "nil", "e", "after"}; !slices.Equal(keys, want) {
		t.Fatalf("got %v", fields)
	}
	for _, f := range fields[2:4] {
		if !strings.HasPrefix(f.Value.Str(), "LogValue panicked\n") {
			t.Errorf("%s is %q", f.Key, f.Value)
		}
	}
	if s := fields[4].Value.Str(); !strings.Contains(s, "PANIC") {
		t.Errorf("e is %q", s)
	}
}

type pointerValuer struct{ v slog.Value }

func (p *pointerValuer) LogValue() slog.Value { return p.v }

type nilError struct{ error }

// The limits of spans hold, and what they cost is counted.
func TestLimits(t *testing.T) {
	tracer, spans := spurtest.New(t, spur.WithLimits(spur.Limits{FieldsPerLog: 5, LogsPerSpan: 2, LogValueLength: 16}))
	ctx, span := tracer.Start(context.Background(), "op")
	l := slog.New(spurslog.NewHandler(nil, spurslog.WithSpanLogs(slog.LevelInfo)))
	for i := range 10 {
		l.InfoContext(ctx, strings.Repeat("long", 1000), "i", i, "b", 2, "c", 3, "d", 4, "e", 5)
	}
	span.Finish()
	s, cut := spans.Spans()[0], tracer.Stats().Cut
	if len(s.Logs) != 2 || len(s.Logs[0].Fields) != 5 || len(s.Logs[0].Fields[1].Value.Str()) > 16 {
		t.Errorf("got %v", s.Logs)
	}
	if cut.Logs != 8 || cut.Fields != 20 || cut.Values != 10 {
		t.Errorf("cut %+v", cut)
	}
}

// endless expands to groups of itself.
type endless struct{ calls *int }

func (e endless) LogValue() slog.Value {
	*e.calls++
	return slog.GroupValue(slog.Any("l", e), slog.Any("r", e), slog.Int("i", 1))
}

func TestEndlessValuer(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	calls := 0
	slog.New(spurslog.NewHandler(nil, spurslog.WithSpanLogs(slog.LevelInfo))).InfoContext(ctx, "m", "v", endless{&calls})
	span.Finish()
	if calls > 5000 {
		t.Errorf("asked %d times", calls)
	}
	if s := spans.Spans()[0]; len(s.Logs) != 1 || !slices.Contains(s.Logs[0].Fields, model.Tag{Key: "message", Value: model.String("m")}) {
		t.Errorf("logs %v", s.Logs)
	}
	if cut := tracer.Stats().Cut; cut.Fields == 0 {
		t.Errorf("cut %+v", cut)
	}
}

// A record after Finish is passed on with its ids; that the span has ended is counted.
func TestFinished(t *testing.T) {
	tracer, _ := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	span.Finish()
	var buf bytes.Buffer
	slog.New(spurslog.NewHandler(slog.NewTextHandler(&buf, nil), spurslog.WithSpanLogs(slog.LevelInfo))).InfoContext(ctx, "late")
	if !strings.Contains(buf.String(), "trace_id=0000000000000001") {
		t.Error(buf.String())
	}
	if n := tracer.Stats().Spans.UseAfterFinish; n != 1 {
		t.Errorf("UseAfterFinish is %d", n)
	}
}
