// SPDX-License-Identifier: Apache-2.0

package spurslog_test

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurslog"
)

// sink is a handler that costs nothing.
type sink struct{}

func (sink) Enabled(context.Context, slog.Level) bool  { return true }
func (sink) Handle(context.Context, slog.Record) error { return nil }
func (s sink) WithAttrs([]slog.Attr) slog.Handler      { return s }
func (s sink) WithGroup(string) slog.Handler           { return s }

func started(t testing.TB, sampled bool) context.Context {
	t.Helper()
	tracer, err := spur.New("bench", spur.WithReporter(reporter.Null{}), spur.WithLogger(nil),
		spur.WithSampler(sampler.NewConst(sampled)), spur.WithLimits(spur.Limits{LogsPerSpan: 10}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, span := tracer.Start(context.Background(), "op")
	t.Cleanup(func() {
		span.Finish()
		tracer.Close()
	})
	return ctx
}

func TestAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	none, on, off := context.Background(), started(t, true), started(t, false)
	plain := spurslog.NewHandler(sink{})
	grouped := plain.WithGroup("g").WithAttrs([]slog.Attr{slog.Int("a", 1)}).WithGroup("h")
	copying := spurslog.NewHandler(sink{}, spurslog.WithSpanLogs(slog.LevelInfo)).WithAttrs([]slog.Attr{slog.Int("a", 1)})
	three, nine := slog.Record{}, slog.Record{}
	three.Add("a", 1, "b", "two", "c", true)
	nine.Add("a", 1, "b", 2, "c", 3, "d", 4, "e", 5, "f", 6, "g", 7, "h", 8, "i", 9)
	for _, c := range []struct {
		name string
		h    slog.Handler
		ctx  context.Context
		r    slog.Record
		want float64
	}{
		{"no span", plain, none, nine, 0},
		{"no span, groups", grouped, none, nine, 0},
		{"no span, copying", copying, none, nine, 0},
		{"span", plain, on, three, 1},      // the digits
		{"span, nine", plain, on, nine, 2}, // and slog's room for attributes beyond five
		{"span, groups", grouped, on, nine, 2},
		{"not sampled, copying", copying, off, three, 1},
		{"copying", copying, on, three, 1},
	} {
		if n := testing.AllocsPerRun(1000, func() { _ = c.h.Handle(c.ctx, c.r) }); n != c.want {
			t.Errorf("%s: %v allocations, want %v", c.name, n, c.want)
		}
	}
}

func BenchmarkHandle(b *testing.B) {
	ctx := started(b, true)
	for _, c := range []struct {
		name string
		h    slog.Handler
	}{
		{"next alone", slog.NewJSONHandler(io.Discard, nil)},
		{"ids", spurslog.NewHandler(slog.NewJSONHandler(io.Discard, nil))},
		{"copy", spurslog.NewHandler(sink{}, spurslog.WithSpanLogs(slog.LevelInfo))},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			l := slog.New(c.h)
			for range b.N {
				l.LogAttrs(ctx, slog.LevelInfo, "paid", slog.Int("cents", 1250), slog.String("currency", "EUR"))
			}
		})
	}
}
