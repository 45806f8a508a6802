// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
)

// Open is what Finish was not called for, whatever the trace; Close says so once.
func TestOpenSpans(t *testing.T) {
	for _, tt := range []struct {
		name   string
		opts   []Option
		finish int // of three spans
		open   uint64
	}{
		{"sampled", []Option{SampleAll()}, 1, 2},
		{"not sampled", []Option{WithSampler(sampler.NewConst(false))}, 1, 2},
		{"undecided", []Option{WithSampler(&scripted{})}, 1, 2},
		{"observed", []Option{WithSampler(sampler.NewConst(false)), WithObserver(make(tagsOnFinish, 3))}, 2, 1},
		{"finished", []Option{SampleAll()}, 3, 0},
		{"disabled", []Option{WithDisabled(true)}, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var logged bytes.Buffer
			tracer, err := New("orders", append(tt.opts, WithReporter(reporter.Null{}), WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))...)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				s := tracer.StartSpan("op")
				if i < tt.finish {
					s.Finish()
					s.Finish() // counts once
				}
			}
			s := tracer.Stats().Spans
			if s.Open != tt.open || s.Started != s.Open+s.FinishedSampled+s.FinishedUnsampled+s.FinishedUndecided {
				t.Errorf("%+v, want %d open", s, tt.open)
			}
			if err := errors.Join(tracer.Close(), tracer.Close()); err != nil {
				t.Error(err)
			}
			want := 0
			if tt.open > 0 {
				want = 1
			}
			text := logged.String()
			if n := strings.Count(text, "spans were never finished"); n != want || want == 1 && !strings.Contains(text, "open="+string(rune('0'+tt.open))) {
				t.Errorf("%d lines, want %d:\n%s", n, want, text)
			}
		})
	}
}

// A program that sees nothing in the browser is told why when it ends.
func TestNoSpanSampled(t *testing.T) {
	for _, tt := range []struct {
		name  string
		opts  []Option
		spans int
		said  bool
	}{
		{"not sampled", []Option{WithSampler(sampler.NewConst(false))}, 2, true},
		{"sampled", []Option{SampleAll()}, 2, false},
		{"no spans", []Option{WithSampler(sampler.NewConst(false))}, 0, false},
		{"disabled", []Option{WithDisabled(true)}, 2, false},
	} {
		var logged bytes.Buffer
		tracer, err := New("orders", append(tt.opts, WithReporter(reporter.Null{}), WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))...)
		if err != nil {
			t.Fatal(err)
		}
		for range tt.spans {
			tracer.StartSpan("op").Finish()
		}
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
		said := strings.Contains(logged.String(), `level=INFO msg="spur: no span was sampled" unsampled=2 sampler=parentbased(const(false)) hint="spur.SampleAll()`)
		if said = said && strings.Contains(logged.String(), "NewOverruling"); said != tt.said {
			t.Errorf("%s: %v, want %v:\n%s", tt.name, said, tt.said, &logged)
		}
	}
}

// unsure is a sampler whose parameter is no number.
type unsure struct{ sampler.Sampler }

func (unsure) Status() sampler.Status {
	return sampler.Status{Type: "unsure", Param: math.NaN(), Description: "unsure"}
}

// What expvar and others make of Stats needs no table of the reasons, and is JSON
// whatever a sampler says.
func TestStatsAsJSON(t *testing.T) {
	tracer, err := New("orders", WithSampler(sampler.NewOverruling(unsure{sampler.NewConst(true)})), WithReporter(&reporter.Memory{Limit: 1}), WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("kept").Finish()
	tracer.StartSpan("dropped").Finish()
	if err := tracer.Close(); err != nil {
		t.Error(err)
	}
	st := tracer.Stats()
	b, err := json.Marshal(st)
	if err != nil || !strings.Contains(string(b), `"Dropped":{"queue_full":1,`) || !strings.Contains(string(b), `"Type":"unsure"`) {
		t.Errorf("%s, %v", b, err)
	}
	var back Stats
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, st) {
		t.Errorf("%+v, %v, want %+v", back, err, st)
	}
}

// stuck is a log that does not return.
type stuck struct {
	slog.Handler
	release chan struct{}
}

func (stuck) Enabled(context.Context, slog.Level) bool { return true }

func (s stuck) Handle(context.Context, slog.Record) error {
	<-s.release
	return nil
}

func TestShutdownDoesNotWaitForTheLog(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	tracer, err := New("orders", SampleAll(), WithReporter(reporter.Null{}), WithLogger(slog.New(stuck{release: release})))
	if err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("never finished")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := tracer.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
